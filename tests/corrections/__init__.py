"""Reports of errors: taken in, delivered, followed, whatever breaks on the way."""
