"""The town's authority for seals: its own root, an issuing authority, time stamps, and attests that it seals.

Everything in it is a demonstration: its root is trusted by nobody but the portal that `make run` starts.
"""
