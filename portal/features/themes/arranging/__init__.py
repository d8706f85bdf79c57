"""Arrange an answer as a tile: what stands first, what is folded, how much of it a page shows."""
