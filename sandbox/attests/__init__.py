"""The attests of the town: made of what its register says, sealed by its authority, given out by GeefAttest.

Each page says that it is a demonstration.
"""
