"""The search among offers by words, kind and theme, and their order on a page. No I/O."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import batched
from typing import NamedTuple

from django.utils.translation import gettext as _

from portal.platform.ipdc.themes import THEMES
from portal.platform.kit import typed_text
from portal.platform.kit.folding import fold, have_words
from portal.platform.kit.national_number import WRITTEN

from .types import CertificateKind, Offer

AT_ONCE = 50  # offers that are searched before the event loop may do other work
LONGEST = 100  # characters of what is sought
_WORD = re.compile(r"\w+")


class SoughtCertificates(NamedTuple):
    """What somebody looks for; "" sets no condition."""

    text: str = ""
    kind: str = ""
    theme: str = ""


def sought_in(query: Mapping[str, str]) -> SoughtCertificates:
    """Read a search from the query of an address; a value that makes no sense sets no condition."""
    kind, theme = query.get("soort", ""), query.get("thema", "")
    return SoughtCertificates(
        " ".join(WRITTEN.sub(" ", typed_text.beginning(query.get("zoek", ""), most=LONGEST)).split()),
        kind if kind in list(CertificateKind) else "",
        theme if theme in list(THEMES) else "",
    )


def has_number(query: Mapping[str, str]) -> bool:
    """Tell whether a national number stands in the words of a search."""
    # Invisible characters may stand between its digits, so more characters are read than a search may have.
    return WRITTEN.search(typed_text.beginning(query.get("zoek", ""), most=4 * LONGEST)) is not None


def is_sought(offer: Offer, body: str, sought: SoughtCertificates) -> bool:
    """Tell whether an offer of a body is what somebody looks for.

    Every word must occur in a present or former title in any language, in its description, its theme, its body, its
    year, or the words by which people look for it. Case and accents do not count.
    """
    if sought.kind and offer.kind != sought.kind:
        return False
    if sought.theme and offer.theme != sought.theme:
        return False
    typed = fold(sought.text)
    # Punctuation does not count; a search for nothing else finds nothing.
    words = _WORD.findall(typed) or typed.split()
    if not words:
        return True
    theme = _(THEMES[offer.theme]) if offer.theme else ""
    year = str(offer.year) if offer.year else ""
    former = (_("voorheen"), *offer.former) if offer.former else ()
    texts = (offer.title, *offer.titles.values(), *former, *offer.words, offer.about, theme, body, year)
    return have_words(texts, words)


def order(offers: Iterable[Offer]) -> list[Offer]:
    """Sort offers by title, and by year, the newest first, where the title is the same."""
    return sorted(offers, key=lambda offer: (fold(offer.title), -(offer.year or 0), offer.key))


def portions(offers: Iterable[Offer], body: str, sought: SoughtCertificates) -> Iterator[Sequence[Offer]]:
    """Give the offers of a body that are sought, in order, those among each AT_ONCE together."""
    for batch in batched(order(offers), AT_ONCE, strict=False):
        yield [offer for offer in batch if is_sought(offer, body, sought)]
