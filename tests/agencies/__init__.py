"""The contract every neighbour keeps, with every sample."""
