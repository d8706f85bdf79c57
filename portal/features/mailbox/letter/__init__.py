"""One document of the eBox: its page, the cleaning of its letter, its files, and the buttons on its page."""
