"""What people come to do, in a real browser against the model town."""
