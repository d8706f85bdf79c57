"""The one queue: work that a page must not wait for, or that comes round by itself.

Owns the tables of procrastinate (`procrastinate_*`). A job is put in with the transaction that gave cause for it and
names only ids; what they stand for is looked up when it runs. It runs at least once, so a task must bear a repeat.
"""
