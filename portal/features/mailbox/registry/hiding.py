"""Whether a document can be hidden at its provider: not every one has that call. No I/O.

It is optional for citizens. A provider that has it says of each message whether it is shown (`visible`); one that
answers that it knows no such call is not offered it again for a day.
"""

from datetime import datetime, timedelta

from portal.platform.access.types import SignedInRequest
from portal.platform.sources.reading.outcomes import Down, Outcome

from .. import framing
from ..types import EboxMessage

UNKNOWN_CALLS = ("HTTP 405", "HTTP 501")
UNTIL_TRIED_AGAIN = timedelta(days=1)
SHOW = "tonen"  # the field of a form that says so: "1" to show, "0" to hide
RECEIPTS = ("verborgen", "getoond", "niet-gelukt", "kan-niet")

# Providers that know no such call, and when that was learned; of nobody.
_without: dict[str, datetime] = {}


def is_possible(message: EboxMessage, now: datetime) -> bool:
    """Tell whether a message can be hidden, or shown again."""
    learned = _without.get(message.provider)
    return message.is_visible is not None and (learned is None or now - learned > UNTIL_TRIED_AGAIN)


def learn_lack(provider_id: str, now: datetime) -> None:
    """Remember that a provider knows no such call."""
    _without[provider_id] = now


def is_unknown_call(outcome: Outcome[None]) -> bool:
    """Tell whether a provider answers that it knows no such call."""
    return isinstance(outcome, Down) and outcome.detail in UNKNOWN_CALLS


def receipt(request: SignedInRequest) -> str:
    """Name what was done just before: one of RECEIPTS, or ""."""
    done = request.GET.get(framing.DONE, "")
    return done if done in RECEIPTS else ""
