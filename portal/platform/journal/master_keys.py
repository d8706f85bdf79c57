"""The master key of the journal. It authenticates links and anchors: under a new version all earlier ones would count
as foreign.
"""

from portal.platform.keys import service
from portal.platform.keys.names import MasterKey

KEYS = (MasterKey(service.JOURNAL, ("worker",), is_rotated=False),)
