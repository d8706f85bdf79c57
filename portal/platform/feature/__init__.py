"""What a feature says of itself in its `feature.py`, and which features this portal has. Knows none by name."""
