"""Journeys in a house of their own: with other bodies, other settings, or one that does not start."""
