"""One document: its page, its letter as part of ours, its files, and what its reader changes of it."""
