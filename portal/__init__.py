"""Everything that runs when a citizen opens the portal."""
