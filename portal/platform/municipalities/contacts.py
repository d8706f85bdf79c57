"""Read how the population desk of each municipality is reached: from a CSV file of the operator, once per process.

The setting MUNICIPALITIES_FILE names it; docs/operations.md says what it may hold. A line that sends people to a
wrong desk is worse than none, so a file with anything wrong is refused, with every line that is wrong.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from portal.platform.kit.errors import PortalError
from portal.platform.kit.folding import fold

from . import known
from .known import Municipality

COLUMNS = ("nis", "name", "desk", "phone", "mail", "website")
NEEDED = ("nis", "name")
MOST_BYTES = 1024 * 1024
LONGEST = 200  # characters of a cell
DESK = "dienst bevolking"  # what such a desk is called, where a line says nothing else

# A short number (1700), or one that begins with 0 or with the country. Without its zero, which a spreadsheet takes
# away, a number may call somebody else (112 23 34 45); behind the country of Belgium nobody dials a zero.
_PHONE = re.compile(r"1[0-9]{2,3}|(?!(\+|00[ ./-]?)3[ ./-]?2[ ./-]?0)[+0][0-9]([ ./-]?[0-9]){1,15}")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
_WEBSITE = re.compile(r"https://([a-z0-9-]{1,63}\.)+[a-z]{2,63}(/[\x21-\x7e]*)?")
_FORMS = (
    ("phone", _PHONE, "no phone number: write it as 056 27 70 00 or +32 56 27 70 00"),
    ("mail", _MAIL, "no address of mail: write it as bevolking@gemeente.example"),
    ("website", _WEBSITE, "no address of a page: write it whole, as https://www.gemeente.example/bevolking"),
)


class ContactsError(PortalError):
    """The file with the contacts of municipalities cannot be used. wrong: a message for each wrong line."""

    code = "municipalities"

    def __init__(self, wrong: Sequence[str]) -> None:
        super().__init__(wrong[0])
        self.wrong = wrong


class DeskContact(NamedTuple):
    """How the population desk of one municipality is reached; "" for what nobody wrote down."""

    code: str
    name: str
    desk: str = DESK
    phone: str = ""
    mail: str = ""
    website: str = ""

    @property
    def dialled(self) -> str:
        """Write the phone number as a telephone takes it: with the country, but for short numbers."""
        digits = re.sub(r"[^0-9+]", "", self.phone)
        return f"+32{digits[1:]}" if digits.startswith("0") and not digits.startswith("00") else digits


@cache
def installed() -> Mapping[str, DeskContact]:
    """Give the contacts of this portal, by NIS code; raises ContactsError."""
    return read(Path(settings.MUNICIPALITIES_FILE)) if settings.MUNICIPALITIES_FILE else {}


def list_missing(contacts: Mapping[str, DeskContact]) -> list[Municipality]:
    """List the municipalities that have no line, in the order of their codes."""
    return [municipality for code, municipality in known.by_code().items() if code not in contacts]


def read(file: Path) -> Mapping[str, DeskContact]:
    """Read a file, by NIS code; raises ContactsError with everything that is wrong, each with its line and cure."""
    rows = _rows(file)
    _, header = next(rows, (1, []))
    columns = [name.strip().lower() for name in header]
    strange = [name for name in columns if name not in COLUMNS]
    if strange or len(set(columns)) != len(columns) or not set(NEEDED) <= set(columns):
        error = f"{file}, line 1: the columns are {', '.join(columns) or 'not named'}"
        raise ContactsError([f"{error}; name nis and name, and of {', '.join(COLUMNS[2:])} those that you have."])
    contacts: dict[str, DeskContact] = {}
    wrong: list[str] = []
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        try:
            contact = _contact(columns, cells)
            if contact.code in contacts:
                raise ValueError(f"{contact.code} ({contact.name}) stands here twice; keep one line")
        except ValueError as refusal:
            wrong.append(f"{file}, line {line}: {refusal}.")
        else:
            contacts[contact.code] = contact
    if wrong:
        raise ContactsError(wrong)
    return contacts


def _rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of the line at which it ends; a byte order mark is skipped."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(MOST_BYTES + 1)
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise ContactsError(
            [f"{file} cannot be read ({type(error).__name__}). Correct MUNICIPALITIES_FILE."]
        ) from error
    except UnicodeDecodeError as error:
        raise ContactsError([f"{file} is no UTF-8. Save it as CSV UTF-8."]) from error
    if len(raw) > MOST_BYTES:
        raise ContactsError([f"{file} is larger than 1 MB. It needs one line a municipality."])
    lines = text.splitlines(keepends=True)
    reader = csv.reader(lines, delimiter=";" if lines and ";" in lines[0] else ",", strict=True)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise ContactsError([f"{file}, line {reader.line_num}: {error}. Mend the quotes."]) from error


def _contact(columns: Sequence[str], cells: Sequence[str]) -> DeskContact:
    """Read one line; raises ValueError with what is wrong and its cure."""
    if len(cells) > len(columns):
        raise ValueError(
            f"it has {len(cells)} cells for {len(columns)} columns; quote a cell that holds the separator"
        )
    row = {name: " ".join(cell.split()) for name, cell in zip(columns, cells, strict=False)}
    if any(len(text) > LONGEST or not text.isprintable() for text in row.values()):
        raise ValueError(f"a cell is longer than {LONGEST} characters, or holds signs that cannot be seen; retype it")
    code, name = row.get("nis", ""), row.get("name", "")
    municipality = known.by_code().get(code)
    if municipality is None:
        raise ValueError(f"no municipality has the NIS code {code!r}; take it from Statbel's list (REFNIS, 2025)")
    official = municipality.name
    if fold(name) not in (fold(official), fold(municipality.french)):
        raise ValueError(f"{code} is {official}, not {name!r}; correct the code or the name")
    for column, form, cure in _FORMS:
        text = row.get(column, "")
        if text and not form.fullmatch(text):
            raise ValueError(f"{column} {text!r} is {cure}")
    ways = {column: text for column, _, _ in _FORMS if (text := row.get(column, ""))}
    if not ways:
        raise ValueError(f"nothing says how {official} is reached; fill in phone, mail or website, or leave it out")
    return DeskContact(code, official, row.get("desk") or DESK, **ways)
