"""The sections of manifests that privacy reads: of a dataset, what is withheld; of a body, where requests go."""

from .rights.section import SECTION as RIGHTS
from .usage.section import SECTION as USAGE

SECTIONS = (USAGE, RIGHTS)
