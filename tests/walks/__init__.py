"""What the walks over all pages stand on: the URL table, an example of each address, and somebody who visits it."""
