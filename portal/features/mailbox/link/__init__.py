"""The link with somebody's eBox: made, withdrawn, ended; who sends there, and where else it can be read."""
