"""A mail server that accepts every mail and shows it, instead of delivering it."""
