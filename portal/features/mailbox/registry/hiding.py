"""Remember which providers can hide a message and show it again: the call is optional in their API. No I/O.

A provider that has it gives `visible` with each message. Where one nevertheless answers that it does not have the
call, pages of this process do not offer it for a day.
"""

from datetime import datetime, timedelta

from portal.platform.access.types import SignedInRequest
from portal.platform.sources.reading.outcomes import Down, Outcome

from .. import framing
from ..types import EboxMessage

UNKNOWN_CALLS = ("HTTP 405", "HTTP 501")
UNTIL_TRIED_AGAIN = timedelta(days=1)
SHOW = "tonen"  # field of a form: "1" to show, "0" to hide
RECEIPTS = ("verborgen", "getoond", "niet-gelukt", "kan-niet")  # values of `framing.DONE`

# Providers (their ids) without the call, and when that was learned. No personal data.
_without: dict[str, datetime] = {}


def is_possible(message: EboxMessage, now: datetime) -> bool:
    """Tell whether a message can be hidden, or shown again, as far as is known."""
    learned = _without.get(message.provider)
    return message.is_visible is not None and (learned is None or now - learned > UNTIL_TRIED_AGAIN)


def learn_lack(provider_id: str, now: datetime) -> None:
    """Remember that a provider does not have the call."""
    _without[provider_id] = now


def is_unknown_call(outcome: Outcome[None]) -> bool:
    """Tell whether a provider answered that it does not have the call."""
    return isinstance(outcome, Down) and outcome.detail in UNKNOWN_CALLS


def receipt(request: SignedInRequest) -> str:
    """Read from the address what was done a moment ago: one of RECEIPTS, or ""."""
    done = request.GET.get(framing.DONE, "")
    return done if done in RECEIPTS else ""
