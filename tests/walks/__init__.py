"""What tests that walk over all pages use: the URL table, an example of each address, and people who visit it."""
