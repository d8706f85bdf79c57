"""The master key of the journal. It marks links and anchors: a new version would make every old one a stranger's."""

from portal.platform.keys import service
from portal.platform.keys.names import MasterKey

KEYS = (MasterKey(service.JOURNAL, ("worker",), is_rotated=False),)
