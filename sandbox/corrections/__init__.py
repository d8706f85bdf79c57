"""Where bodies receive reports of errors, and tell the portal what they do with them."""
