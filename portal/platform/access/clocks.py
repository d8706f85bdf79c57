"""What a clock elsewhere may differ from ours, and what is said of it.

Nobody who signs in can mend a clock, so a minute is borne both ways; whoever runs the portal hears of five seconds.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

log = logging.getLogger("portal.access")

LEEWAY = timedelta(seconds=60)
NOTED_FROM = 5.0  # seconds; a token that we waited for is at most four seconds younger than our question


def note_offset(whose: str, moments: Mapping[str, Any], now: datetime) -> None:
    """Log how far a clock is from ours, from five seconds on; plus is ahead.

    whose: who signed, in words that are nobody's personal data. moments: numbers of a signed token, in seconds since
    1970. `iat` tells the difference; where it is not said, a beginning that is yet to come or an end that has passed
    tells the least that it must be.
    """
    seconds = now.timestamp()
    if "iat" in moments:
        offset = moments["iat"] - seconds
    else:
        begins, ends = moments.get("nbf", seconds), moments.get("exp", seconds)
        offset = max(begins - seconds, 0) or min(ends - seconds, 0)
    if abs(offset) >= NOTED_FROM:
        log.warning("the clock of %s is %+.0f s from ours", whose, offset)
