"""Waking who waits for news of a citizen.

The database wakes, within a second of what happened, and says nothing else: whoever was woken reads again.
"""
