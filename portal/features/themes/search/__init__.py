"""Search in what the session has kept; the words that somebody seeks leave no trace."""
