"""The questions to providers of messages and to the federation, and the reading of their answers."""
