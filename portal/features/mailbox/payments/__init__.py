"""What documents want paid: read, checked, and noted by their reader."""
