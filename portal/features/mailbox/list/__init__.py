"""The list of documents of every provider, what is sought in it, and what is done with several at once."""
