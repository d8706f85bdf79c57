"""The kind of device someone signs in with, in words they recognise, out of what their browser says of itself.

Deliberately coarse: a browser and a system. More would be a fingerprint, and browsers say less each year; the names
are the ones people use, which no list of thousands of products gives.
"""

import re

from portal.platform.language.texts import gettext as _

# The first match counts. Browsers also name the older browsers that they descend from, so the newest comes first.
_BROWSERS = (
    ("Edge", re.compile(r"Edg(e|A|iOS)?/")),
    ("Samsung Internet", re.compile(r"SamsungBrowser/")),
    ("Opera", re.compile(r"OPR/|Opera")),
    ("Firefox", re.compile(r"Firefox/|FxiOS/")),
    ("Chrome", re.compile(r"Chrom(e|ium)/|CriOS/")),
    ("Safari", re.compile(r"Safari/")),
)
_SYSTEMS = (
    ("iPhone", re.compile(r"iPhone")),
    ("iPad", re.compile(r"iPad")),
    ("Android", re.compile(r"Android")),
    ("Windows", re.compile(r"Windows")),
    ("Mac", re.compile(r"Macintosh|Mac OS X")),
    ("Chromebook", re.compile(r"CrOS")),
    ("Linux", re.compile(r"Linux")),
)
LONGEST = 512  # characters read of a header that anybody can fill


def kind_of(user_agent: str) -> str:
    """Name browser and system, as "Firefox op Windows"; "onbekend toestel" when neither is recognised."""
    read = user_agent[:LONGEST]
    browser = next((name for name, pattern in _BROWSERS if pattern.search(read)), "")
    system = next((name for name, pattern in _SYSTEMS if pattern.search(read)), "")
    if browser and system:
        return f"{browser} op {system}"
    return browser or system or "onbekend toestel"


def in_words(kind: str) -> str:
    """Translate what `kind_of` gave, which is kept in Dutch, into the language of this request."""
    browser, _is_both, system = kind.partition(" op ")
    return _("%(browser)s op %(system)s") % {"browser": browser, "system": system} if system else _(kind)
