"""The master key of the mailbox: it marks boxes and what happened in them, so that the worker knows them again.

Under a new version all marks would be others, and every event that is told again a new one.
"""

from portal.platform.keys.names import MasterKey

EBOX = "ebox"
KEYS = (MasterKey(EBOX, ("worker",), is_rotated=False),)
