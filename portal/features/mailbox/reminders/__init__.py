"""Reminders of documents that a citizen asked for: kept, told by the worker on their day, and forgotten."""
