"""Read the parts of an address as bodies fill them in: the country, the box, and fillers of empty places.

The name of a country has many spellings and languages, its code has one; so a code decides before a name.
"""

import re

from portal.platform.kit.folding import fold

LONGEST = 64  # characters; a longer text is shown as it was written

# Belgium, as its own languages and the registers write it.
_BELGIUM = frozenset(
    {
        "belgie",
        "belgique",
        "belgien",
        "belgium",
        "koninkrijk belgie",
        "royaume de belgique",
        "konigreich belgien",
        "kingdom of belgium",
        # Its codes, which some bodies write in place of the name.
        "be",
        "bel",
    }
)
_ISO_OF_BELGIUM = frozenset({"BEL", "BE", "056", "56"})
_NIS_OF_BELGIUM = "150"  # of the national institute of statistics, for countries
_NO_CODE = re.compile(r"0*|[xX]+|[zZ]+|[-?]+")
# Words before the number of a box. A letter without a sign after it ("B3") is part of the number.
_BOX_WORD = re.compile(
    r"(?:(?:postbus|busnummer|busnr|bus|bte|bo[iî]te|box)(?:[.:/# -]+|(?=[0-9])|$)|b(?:[.:] *| +)|[/#]+ *"
    r"|(?:nr|no|n[°º])(?:[.: ]+(?=[0-9])|(?<=[°º])(?=[0-9])))",
    re.IGNORECASE,
)
_BOX_WORD_BEHIND = re.compile(r" (?:bus|bte|bo[iî]te|box)\.?$", re.IGNORECASE)
# Another word than "bus": "app 3", "verdieping 2".
_OTHER_WORD = re.compile(r"[^\W0-9_]{2,}[. ]")
_NOTHING = re.compile(r"0+|[-?./]+")


def is_belgium(words: str, iso: str = "", nis: str = "") -> bool | None:
    """Tell whether a country is Belgium, by its codes or else its name; None when the country is not known."""
    if not _NO_CODE.fullmatch(iso):
        return iso.upper() in _ISO_OF_BELGIUM
    if not _NO_CODE.fullmatch(nis):
        return nis.lstrip("0") == _NIS_OF_BELGIUM
    return _is_called_belgium(words) if words else None


def country_abroad(words: str, iso: str = "", nis: str = "") -> str:
    """Name a country for an address: "" for Belgium, and when the country is not known."""
    return "" if is_belgium(words, iso, nis) in (True, None) else country_name(words, iso, nis)


def country_name(words: str, iso: str = "", nis: str = "") -> str:
    """Name a country: Belgium in Dutch, another by the name given, or by its code when it has none; "" for none.

    Where the name is Belgium's and a code is not, the code counts.
    """
    is_home = is_belgium(words, iso, nis)
    if is_home:
        return "België"
    code = next((code for code in (iso, nis) if not _NO_CODE.fullmatch(code)), "")
    if words and not (code and _is_called_belgium(words)):
        # Registers write names in capitals; a short name in capitals is an abbreviation.
        return words.title() if words.isupper() and len(words) > 3 else words
    return f"land met code {code}" if code else ""


def box_number(written: str) -> str:
    """Give the number of a box without the word before it: "bus 3", "Bte. 3" and "3" are all "3"; "" for none."""
    if len(written) > LONGEST:
        return written
    rest = _BOX_WORD_BEHIND.sub("", written)
    while word := _BOX_WORD.match(rest):
        rest = rest[word.end() :]
    return without_filler(rest)


def box_in_words(written: str) -> str:
    """Write a box as it stands after a house number: "bus 3", or "app 3" as it was written; "" for none."""
    number = box_number(written)
    return f"bus {number}" if number and not _OTHER_WORD.match(number) else number


def without_filler(written: str) -> str:
    """Give a house number or a postcode unchanged; "" for zeros and dashes, which stand in an empty place."""
    return "" if _NOTHING.fullmatch(written) else written


def _is_called_belgium(words: str) -> bool:
    return len(words) <= LONGEST and fold(words) in _BELGIUM
