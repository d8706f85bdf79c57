"""What `make run` needs, tried on this machine as whoever runs the tests."""
