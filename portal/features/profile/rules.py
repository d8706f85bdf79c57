"""Decisions of the profile without I/O: what a nickname may be, how long a code holds, what a value is bound to."""

import re
import secrets
import unicodedata
from datetime import timedelta
from uuid import UUID

from portal.platform.kit.folding import fold
from portal.platform.mail import rules as mail_rules

from .types import KeptKind

# The text that people agree to when they give something: a file in templates/profile/consent. A text to which
# somebody agreed never changes; a new text gets a new name.
CONSENT = {KeptKind.NICKNAME: "roepnaam-1", KeptKind.PHOTO: "foto-1", KeptKind.EMAIL: "e-mail-1"}
CONSENT_ADDRESS = "adressen-1"

LONGEST_NICKNAME = 30  # characters
NICKNAME_WAITS = timedelta(hours=1)

CODE_HOLDS = timedelta(minutes=15)
ATTEMPTS = 5
CODES = 5  # in CODES_PER, for one citizen and for one address
CODES_PER = timedelta(hours=1)

MOST_EMAILS = 5  # the main one and others
MOST_ADDRESSES = 10
MOST_DISMISSALS = 200  # of one citizen; beyond it the oldest are deleted, whose causes are long gone
DISMISSAL_HOLDS = timedelta(days=730)
MOST_PHOTO_BYTES = 15 * 1024 * 1024

_MARKS_IN_A_ROW = 3  # combining marks; more are not used in writing, and overlap the lines above and below
# The scripts of a nickname, which has letters of one only. They are scripts of people's names (of Latin, Greek and
# Cyrillic the ordinary letters): no letter of them is invisible, and none turns the text around it into a link.
_SCRIPT = re.compile(
    r"(LATIN|GREEK|CYRILLIC) (?:SMALL|CAPITAL) LETTER"
    r"|(ARABIC|HEBREW|ARMENIAN|GEORGIAN|ETHIOPIC|DEVANAGARI|BENGALI|TAMIL|THAI) (?!LIGATURE)"
    r"|(HANGUL) SYLLABLE"
    r"|(CJK) UNIFIED|(?:HIRAGANA|KATAKANA) LETTER"
)
_LIGATURES = "ĲĳŒœ"
_KINDS = ("Lu", "Ll", "Lt", "Lo", "Mn", "Mc")  # not Lm, modifier letters: they look like dots and accents
# The joiners, which some scripts need in their spelling ("علی‌رضا").
_JOINERS = "\u200c\u200d"
_JOINING = {"ARABIC", "DEVANAGARI", "BENGALI", "TAMIL"}
_JOINER = "\u034f"  # the combining grapheme joiner, the one invisible combining mark
_POSTCODE = re.compile(r"[1-9][0-9]{3}")


def is_nickname(text: str) -> bool:
    """Tell whether a line that was typed can be a nickname: letters of one script, spaces, hyphens and apostrophes.

    A mail greets with it, so whatever mail would change (what becomes a link, say) is none.
    """
    if not 1 <= len(text) <= LONGEST_NICKNAME or unicodedata.category(text[0])[0] != "L":
        return False
    marks = 0
    scripts = set()
    for char in text:
        kind = unicodedata.category(char)
        marks = marks + 1 if kind[0] == "M" else 0
        if marks > _MARKS_IN_A_ROW or (kind not in _KINDS and char not in " -'’" + _JOINERS):
            return False
        if kind in _KINDS:
            scripts.add(_script(char))
    is_one = len(scripts - {""}) == 1 and None not in scripts
    is_joined = any(joiner in text for joiner in _JOINERS)
    return is_one and (not is_joined or scripts <= _JOINING | {""}) and mail_rules.plain_line(text) == text


def _script(char: str) -> str | None:
    """Name the script of a letter or mark; "" for a mark of any; None when it may not be in a nickname."""
    name = unicodedata.name(char, "")
    if char in _LIGATURES:
        return "LATIN"
    if name.startswith("COMBINING ") and char != _JOINER:
        return ""
    match = _SCRIPT.match(name)
    return (match[1] or match[2] or match[3] or "CJK") if match else None


def is_own_name(nickname: str, given_name: str) -> bool:
    """Tell whether a nickname is one's own given name, which anybody may know."""
    name = fold(given_name)
    return fold(nickname) in {name, *name.split()}


def is_postcode(text: str) -> bool:
    """Tell whether a text is a Belgian postcode: four digits from 1000."""
    return _POSTCODE.fullmatch(text) is not None


def new_code() -> str:
    """Draw a random code of six digits."""
    return f"{secrets.randbelow(10**6):06}"


def mailbox_of(address: str) -> bytes:
    """Give the mailbox behind an address, so that codes to jan+1@… and jan@… are counted together."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}".encode()


def is_same_email(one: str, other: str) -> bool:
    """Tell whether two addresses reach the same mailbox: no provider that people use tells letter cases apart."""
    return one.lower() == other.lower()


def is_written_the_same(one: str, other: str) -> bool:
    """Tell whether two addresses differ in nothing but the letter case of their domain, which has none."""
    return is_same_email(one, other) and one.rpartition("@")[0] == other.rpartition("@")[0]


def bound_kept(kind: KeptKind) -> bytes:
    """Give the additional data that a row of `profile_kept` is sealed with, so that it opens as no other."""
    return b"profile_kept\0" + kind.encode()


def bound_email(email_id: UUID) -> bytes:
    """Give the additional data of a row of `profile_email`."""
    return b"profile_email\0" + email_id.bytes


def bound_proposal(kind: str, proposal_id: UUID) -> bytes:
    """Give the additional data of a row of `profile_proposal`."""
    return b"profile_proposal\0" + kind.encode() + b"\0" + proposal_id.bytes


def bound_address(address_id: UUID) -> bytes:
    """Give the additional data of a row of `profile_address`."""
    return b"profile_address\0" + address_id.bytes


def bound_dismissal(mark: bytes) -> bytes:
    """Give the additional data of a row of `profile_dismissal`."""
    return b"profile_dismissal\0" + mark
