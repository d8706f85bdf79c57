"""What privacy reads of bodies' manifests: of each dataset what is withheld, of each body where requests go."""

from .rights.section import SECTION as RIGHTS
from .usage.section import SECTION as USAGE

SECTIONS = (USAGE, RIGHTS)
