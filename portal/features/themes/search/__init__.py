"""Search in the answers that the session kept; the words of a search leave no trace."""
