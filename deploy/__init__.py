"""What it takes to run the portal somewhere."""
