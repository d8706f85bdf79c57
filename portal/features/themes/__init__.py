"""What government knows about you, by theme, streamed tile by tile.

Owns no tables; never shows "nothing" for what could not be asked.
"""
