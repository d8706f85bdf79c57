"""A system check of the operator's roots and revocation lists; every feature that judges documents declares it."""

from collections.abc import Iterable
from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Caution

from . import configured


def trust_can_be_read(**_: Any) -> Iterable[CheckMessage]:
    """Report roots or revocation lists that cannot be used; warn where there are no roots."""
    try:
        roots, _lists = configured.roots(), configured.lists()
    except configured.SealTrustError as error:
        hint = (
            "SEAL_ROOTS_FILE is PEM with one root or more; SEAL_LISTS a folder with one revocation list or more "
            f"(*.crl, DER), of at most {configured.MOST_OF_A_LIST // 1024**2} MiB each and "
            f"{configured.MOST_OF_ALL_LISTS // 1024**2} MiB together."
        )
        return [Error(str(error), hint=hint, id="portal.E061")]
    if roots:
        return []
    hint = "Name in SEAL_ROOTS_FILE the roots of the authorities whose seals count."
    return [Caution("No root is trusted: no document will be found valid.", hint=hint, id="portal.W061")]
