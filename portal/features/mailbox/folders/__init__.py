"""The pages on which folders are made, renamed and removed."""
