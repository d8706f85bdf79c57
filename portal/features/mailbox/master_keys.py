"""The master key of the mailbox, with which the worker makes keyed hashes of boxes and events (`events.marks`).

It is not rotated: under another version all marks would change, and every event would count as new again.
"""

from portal.platform.keys.names import MasterKey

EBOX = "ebox"
KEYS = (MasterKey(EBOX, ("worker",), is_rotated=False),)
