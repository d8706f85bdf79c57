"""Rights on the queue."""
