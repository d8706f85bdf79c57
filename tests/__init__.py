"""Whole-house tests only: the agencies' contract, the walls, the docs, journeys in a browser."""
