"""Which certificates somebody looks for: by words, kind and theme; and in which order they stand. No I/O."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import batched
from typing import NamedTuple

from django.utils.translation import gettext as _

from portal.platform.ipdc.themes import THEMES
from portal.platform.kit import typed_text
from portal.platform.kit.folding import fold, have_words
from portal.platform.kit.national_number import WRITTEN

from .types import Kind, Offer

AT_ONCE = 50  # offers that are looked through and shown before others have a turn
LONGEST = 100  # characters of what is sought
_WORD = re.compile(r"\w+")


class SoughtCertificates(NamedTuple):
    """What somebody looks for; "" where they leave it open."""

    text: str = ""
    kind: str = ""
    theme: str = ""


def sought_in(query: Mapping[str, str]) -> SoughtCertificates:
    """Read what is sought from the query of an address; what makes no sense counts as left open."""
    kind, theme = query.get("soort", ""), query.get("thema", "")
    return SoughtCertificates(
        " ".join(WRITTEN.sub(" ", typed_text.beginning(query.get("zoek", ""), most=LONGEST)).split()),
        kind if kind in list(Kind) else "",
        theme if theme in list(THEMES) else "",
    )


def has_number(query: Mapping[str, str]) -> bool:
    """Tell whether a national number stands in what is sought."""
    # What nobody sees may stand between its digits in the address too.
    return WRITTEN.search(typed_text.beginning(query.get("zoek", ""), most=4 * LONGEST)) is not None


def is_sought(offer: Offer, body: str, sought: SoughtCertificates) -> bool:
    """Tell whether an offer of a body is what somebody looks for.

    Every word must occur in what it is or was called, in any language, in what it says, in its theme, or in words by
    which people look for it; case and accents do not count.
    """
    if sought.kind and offer.kind != sought.kind:
        return False
    if sought.theme and offer.theme != sought.theme:
        return False
    typed = fold(sought.text)
    # Signs between words, and which apostrophe there is, do not count; nothing but signs is in no title.
    words = _WORD.findall(typed) or typed.split()
    if not words:
        return True
    theme = _(THEMES[offer.theme]) if offer.theme else ""
    year = str(offer.year) if offer.year else ""
    former = (_("voorheen"), *offer.former) if offer.former else ()
    said = (offer.title, *offer.titles.values(), *former, *offer.words, offer.about, theme, body, year)
    return have_words(said, words)


def order(offers: Iterable[Offer]) -> list[Offer]:
    """Put offers in the order of their titles, of the same title the newest year first."""
    return sorted(offers, key=lambda offer: (fold(offer.title), -(offer.year or 0), offer.key))


def portions(offers: Iterable[Offer], body: str, sought: SoughtCertificates) -> Iterator[Sequence[Offer]]:
    """Give what is found of a body's offers, in order, a portion at a time: a long list would hold everybody up."""
    for some in batched(order(offers), AT_ONCE, strict=False):
        yield [one for one in some if is_sought(one, body, sought)]
