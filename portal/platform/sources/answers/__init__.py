"""What is done with an answer that arrived: it is read and cut to size, and what it only names is asked."""
