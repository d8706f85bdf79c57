"""Reports go the whole way: page, queue, worker, desk of the town, and back."""

from tests.desks import lies, pieter, running_desks, town

__all__ = ["lies", "pieter", "running_desks", "town"]
