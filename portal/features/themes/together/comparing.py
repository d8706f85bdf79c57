"""Compare what two sources say: names, dates, addresses, texts. No I/O; safe for any text.

Capitals, accents, spaces and punctuation do not count. A source that says less does not differ: a date without its
day, an address with only the municipality, a name with fewer given names.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from itertools import combinations

from portal.platform.kit import incomplete_date
from portal.platform.kit.folding import fold

_WORD = re.compile(r"[^\W_]+")
_ABBREVIATED = {"st": "sint", "ste": "sint"}
_LINKING_S = re.compile(r"s(?=straat|steenweg|singel)")  # `Sint-Jansstraat`, and as often `Sint-Janstraat`
# Words that may be joined to the name behind them (`Van den Broeck`, `Vandenbroeck`).
_SMALL = frozenset(
    _WORD.findall("al d da de del den der des di do dos du el la le op t te ten ter van vande vanden vander von zu")
)
_STREET = re.compile(r"(?P<street>.*[^\W\d].*?) (?P<number>\d+ ?[a-z]?(?:[-/]\d+[a-z]?)?)")
# A box has a word before it, or is one of three words by itself. A `b` with nothing behind it belongs to the number
# (`3 b`), and any other word that begins with one is no box (`Berchem`).
_BOX = re.compile(r"(.+?) ?\b(?:(?:bus|bte|boite|box|b(?![a-z]|$)) ?|(?=(?:bis|boven|beneden)$))(?P<box>\S*)")
# A postcode may have two letters (`1012 AB Amsterdam`). Four words begin names of municipalities (`8660 De Panne`),
# and are not taken for letters unless they are joined to the digits.
_TOWN = re.compile(r"(?P<postcode>\d{4,5}(?:(?: (?!(?:de|la|le|st) ))?[a-z]{2}(?= ))?)(?: (?P<municipality>\D.*))?")
# Characters of a part of a name, or of an address on one line, written or folded; no source says more. A longer name
# is compared as one text. A longer address is kept whole (`AddressParts.rest`), so it differs only from one that has
# another rest.
LONGEST = 300
_AT_HOME = frozenset({"belgie", "belgique", "belgium"})


class Agreement(IntEnum):
    """How far two statements agree: the higher, the more they differ."""

    SAME = 0
    LESS = 1  # one of them says less than the other, and nothing different
    DIFFERENT = 2


@dataclass(frozen=True, slots=True, repr=False)
class PersonName:
    """A name as a source gives it: given and family name apart, or `whole` in one."""

    given: str = ""
    family: str = ""
    whole: str = ""

    def __str__(self) -> str:
        return self.whole or f"{self.given} {self.family}".strip()


@dataclass(frozen=True, slots=True, repr=False)
class AddressParts:
    """An address in its parts; "" for a part that the source does not give.

    country: "" in Belgium too. rest: what is in no other part.
    """

    street: str = ""
    number: str = ""
    box: str = ""
    postcode: str = ""
    municipality: str = ""
    country: str = ""
    rest: str = ""


def compare_all[Value](
    one: Sequence[Value], other: Sequence[Value], compare: Callable[[Value, Value], Agreement]
) -> Agreement:
    """Compare all values that two sources give of one thing: each value needs its match at the other.

    Each is compared with each, so a caller gives few (`differences.MOST`).
    """
    if not one or not other:
        return Agreement.SAME if not one and not other else Agreement.LESS
    best = [min(compare(mine, theirs) for theirs in other) for mine in one]
    best += [min(compare(mine, theirs) for mine in one) for theirs in other]
    return max(best)


def compare_any[Value](values: Sequence[Value], compare: Callable[[Value, Value], Agreement]) -> Agreement:
    """Compare values pairwise; give the agreement of the two that differ most."""
    return max((compare(one, other) for one, other in combinations(values, 2)), default=Agreement.SAME)


def compare_texts(one: str, other: str) -> Agreement:
    """Compare two texts by their letters and digits."""
    return Agreement.SAME if "".join(_words(one)) == "".join(_words(other)) else Agreement.DIFFERENT


def compare_identifiers(one: str, other: str) -> Agreement:
    """Compare two identifying numbers (a national number): the same where their digits are, else as texts."""
    mine, theirs = (re.sub(r"[^0-9]", "", text) for text in (one, other))
    return Agreement.SAME if mine == theirs != "" else compare_texts(one, other)


def compare_dates(one: str, other: str) -> Agreement:
    """Compare two dates, which may be incomplete (`1971-00-00`)."""
    mine, theirs = incomplete_date.read(one), incomplete_date.read(other)
    if mine is None or theirs is None:
        return compare_texts(one, other)
    pairs = [(mine.year, theirs.year), (mine.month, theirs.month), (mine.day, theirs.day)]
    if any(a and b and a != b for a, b in pairs):
        return Agreement.DIFFERENT
    return Agreement.SAME if mine == theirs else Agreement.LESS


def compare_names(one: PersonName, other: PersonName) -> Agreement:
    """Compare two names of a person: given names in any order, and fewer of them is not another name.

    A part that one of them lacks is not compared.
    """
    if any(_is_long(part) for name in (one, other) for part in (name.given, name.family, name.whole)):
        return compare_texts(str(one), str(other))
    if one.whole or other.whole:
        return _wholes(one, other)
    mine, theirs = _name_words(one.family), _name_words(other.family)
    if mine and theirs and not _is_same(mine, theirs):
        return Agreement.DIFFERENT
    given = _compare_given(_name_words(one.given), _name_words(other.given))
    return given if bool(mine) == bool(theirs) else max(given, Agreement.LESS)


def compare_addresses(one: AddressParts, other: AddressParts) -> Agreement:
    """Compare two addresses part by part; a part that only one of them has is no difference."""
    one, other = _with_box(one), _with_box(other)
    if one.number and other.number and _house(one) == _house(other):
        # "1 A" and "1 bus A" are the same house, cut into number and box in two ways.
        one, other = replace(one, number="", box=""), replace(other, number="", box="")
    # Keys of parts: a part without letters or digits has none, and says nothing.
    pairs = {
        part.name: (_key(part.name, getattr(one, part.name)), _key(part.name, getattr(other, part.name)))
        for part in fields(AddressParts)
    }
    (mine, theirs), (my_town, their_town) = pairs["postcode"], pairs["municipality"]
    if mine + my_town == theirs + their_town:
        # "1017 LE Amsterdam" and "1017LE Amsterdam" are the same, cut into postcode and name in two ways.
        del pairs["postcode"], pairs["municipality"]
    elif mine and mine == theirs:
        # One postcode may have several names: of a former municipality or of the whole, in two languages.
        del pairs["municipality"]
    if any(mine and theirs and mine != theirs for mine, theirs in pairs.values()):
        return Agreement.DIFFERENT
    return Agreement.LESS if any(bool(mine) != bool(theirs) for mine, theirs in pairs.values()) else Agreement.SAME


def address_in(line: str) -> AddressParts:
    """Read an address on one line: `Veldstraat 1 bus 2, 9000 Gent`, `Den Haag, Nederland`, or `Gent` alone.

    A street is the part with a house number, or the one before the part with a postcode. Where there is neither, the
    first part is read as the municipality and the last as the country, also in `Nieuwstraat, Gent`.
    """
    if _is_long(line):
        return AddressParts(rest=line)
    parts = [words for part in line.split(",") if (words := " ".join(fold(part).split()))]
    streets = [(at, street) for at, part in enumerate(parts) if (street := _street_in(part))]
    towns = [(at, town) for at, part in enumerate(parts) if (town := _TOWN.fullmatch(part))]
    at, street = streets[0] if streets else (-1, dict[str, str]())
    town_at, postcode, municipality = -1, "", ""
    if towns:
        town_at, town = towns[-1]
        postcode, municipality = town["postcode"], town["municipality"] or ""
        if not street and town_at > 0:
            at, street = town_at - 1, {"street": parts[town_at - 1]}
    elif at + 1 < len(parts):
        town_at, municipality = at + 1, parts[at + 1]
    other = [place for place in range(len(parts)) if place not in (at, town_at)]
    country_at = other.pop() if other and 0 <= town_at < other[-1] else -1
    country = parts[country_at] if country_at >= 0 and parts[country_at] not in _AT_HOME else ""
    rest = " ".join(parts[place] for place in other)
    return AddressParts(**street, postcode=postcode, municipality=municipality, country=country, rest=rest)


def _street_in(part: str) -> dict[str, str]:
    """Read a street with its number, and its box if there is one; nothing when it is no street."""
    with_box = _BOX.fullmatch(part)
    if with_box and (match := _STREET.fullmatch(with_box[1])):
        return match.groupdict() | {"box": with_box["box"]}
    match = _STREET.fullmatch(part)
    return match.groupdict() if match and not _TOWN.fullmatch(part) else {}


def _wholes(one: PersonName, other: PersonName) -> Agreement:
    """Compare names of which one at least is whole, so that it is not known where its family name begins."""
    mine, theirs = _name_words(str(one)), _name_words(str(other))
    if _is_same(mine, theirs):
        return Agreement.SAME
    if not mine or not theirs:
        return Agreement.LESS
    family = _name_words(one.family or other.family)
    if family:
        my_rest, their_rest = _without(mine, family), _without(theirs, family)
        if my_rest is None or their_rest is None:
            return Agreement.DIFFERENT
        return _compare_given(my_rest, their_rest)
    # "Van den Broeck" is one word, as in "Vandenbroeck".
    pairs = ((mine, theirs), (_join(mine), _join(theirs)))
    # A single word may be any part of a whole name; where only given names are known, it is one of them.
    fewest = 2 if one.whole and other.whole else 1
    return min(_compare_given(*pair) if min(map(len, pair)) >= fewest else Agreement.DIFFERENT for pair in pairs)


def _without(words: Sequence[str], family: Sequence[str]) -> Sequence[str] | None:
    """Take a family name out of a whole name, whether its words are joined or not; None when it is not in it."""
    sought = "".join(family)
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            joined = "".join(words[start:end])
            if joined == sought:
                return [*words[:start], *words[end:]]
            if len(joined) >= len(sought):
                break
    rest, parts = Counter(words), Counter(family)
    return list((rest - parts).elements()) if parts <= rest else None


def _join(words: Sequence[str]) -> list[str]:
    """Join small words (_SMALL) to the word behind them."""
    joined: list[str] = []
    before = ""
    for word in words:
        if word in _SMALL:
            before += word
        else:
            joined.append(before + word)
            before = ""
    return [*joined, before] if before else joined


def _name_words(text: str) -> list[str]:
    """Cut a name into words, however they are joined: `Jean-Pierre` is `Jean Pierre`."""
    return _WORD.findall(fold(text))


def _compare_given(one: Sequence[str], other: Sequence[str]) -> Agreement:
    """Compare given names, by how often each occurs; no given names say less."""
    if _is_same(one, other):
        return Agreement.SAME
    mine, theirs = Counter(one), Counter(other)
    is_less = mine <= theirs or theirs <= mine or _is_shortened(mine, theirs) or _is_shortened(theirs, mine)
    return Agreement.LESS if is_less else Agreement.DIFFERENT


def _is_shortened(one: Counter[str], other: Counter[str]) -> bool:
    """Tell whether one has initials where the other has names: "Jan K.", "Jan Karel"."""
    initials, names = one - other, other - one
    return bool(initials) and all(
        len(letter) == 1 and any(name.startswith(letter) for name in names) for letter in initials
    )


def _is_same(one: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether words are the same in any order, or joined as they stand: `Vanden Broeck`, `Vandenbroeck`."""
    return sorted(one) == sorted(other) or "".join(one) == "".join(other)


def _is_long(text: str) -> bool:
    """Tell whether a text is longer than LONGEST, as it was written or as it is compared: folding lengthens some."""
    return len(text) > LONGEST or len(fold(text)) > LONGEST


def _words(text: str) -> list[str]:
    plain = fold(text)
    return _WORD.findall(plain) or plain.split()


def _key(part: str, text: str) -> str:
    """Give the key by which a part of an address is compared, the same for all ways in which people write it."""
    words = [_ABBREVIATED.get(word, word) for word in _WORD.findall(fold(text))]
    if part == "street":
        words = [f"{word[:-3]}straat" if word.endswith("str") else word for word in words]
    if part in ("number", "box"):
        return " ".join(_cut_number(text))
    return _LINKING_S.sub("", "".join(words)) if part == "street" else "".join(words)


def _with_box(place: AddressParts) -> AddressParts:
    """Take the box out of a number with a slash, unless there is a box beside it: `16/3` is `16 bus 3`."""
    number, slash, box = place.number.partition("/")
    return replace(place, number=number, box=box) if slash and not place.box else place


def _house(place: AddressParts) -> list[str]:
    return [*_cut_number(place.number), *_cut_number(place.box)]


def _cut_number(text: str) -> list[str]:
    """Cut the number of a house or a box into numbers and letters, without leading zeros: "1/2" is not "12"."""
    return [part.lstrip("0") or part for part in re.findall(r"\d+|[^\W\d_]+", fold(text))]
