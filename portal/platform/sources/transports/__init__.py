"""The transports: for each protocol, how a question reaches a body (`ask`) and what its answer means (`read`)."""
