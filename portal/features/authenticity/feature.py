"""What the check page is to the rest of the portal."""

from portal.platform.feature.types import Feature
from portal.platform.seals import checking, checks

from .operations import OPERATIONS

# What a form puts around a file.
AROUND = 256 * 1024

FEATURE = Feature(
    package=__package__,
    urls=f"{__package__}.urls",
    prefix="controle/",
    links=f"{__package__}.links",
    bodies={"authenticity:check": checking.LARGEST + AROUND},
    checks=(checks.trust_can_be_read,),
    programs=(checking.PROGRAM,),
    operations=OPERATIONS,
)
