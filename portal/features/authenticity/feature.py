"""What the check page is to the rest of the portal."""

from portal.platform.feature.types import Feature
from portal.platform.seals import checking, checks

from .operations import OPERATIONS

AROUND = 256 * 1024  # bytes that a multipart form may add to a file

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
