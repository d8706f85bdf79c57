"""Reminders of documents that citizens ask for: stored, sent by the worker on the chosen day, and deleted."""
