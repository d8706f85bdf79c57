"""How far another party's clock may differ from ours, and from which difference on we log it.

Whoever signs in cannot correct a clock, so a difference of a minute either way is accepted. The operator reads in the
log of differences from five seconds on.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

log = logging.getLogger("portal.access")

LEEWAY = timedelta(seconds=60)
NOTED_FROM = 5.0  # seconds; waiting for a token accounts for at most four of them


def note_offset(whose: str, moments: Mapping[str, Any], now: datetime) -> None:
    """Log how far a clock is from ours, from five seconds on; plus is ahead.

    whose: who signed, in words that are nobody's personal data. moments: numbers of a signed token, in seconds since
    1970. `iat` gives the difference. Without it, an `nbf` in the future or an `exp` in the past gives the least that
    the difference can be.
    """
    seconds = now.timestamp()
    if "iat" in moments:
        offset = moments["iat"] - seconds
    else:
        begins, ends = moments.get("nbf", seconds), moments.get("exp", seconds)
        offset = max(begins - seconds, 0) or min(ends - seconds, 0)
    if abs(offset) >= NOTED_FROM:
        log.warning("the clock of %s is %+.0f s from ours", whose, offset)
