"""What a feature declares in its `feature.py`, and which features this portal has (decision 0019). Knows none by
name.

Every walk over features, in platform, channels and tests, begins with `installed`.
"""
