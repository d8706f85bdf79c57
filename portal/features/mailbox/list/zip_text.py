"""Write the text file in a ZIP of files of the eBox: what is in it, and what is not and why. No I/O."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_noop as _

from portal.platform.kit.unprinted import Unprinted
from portal.platform.language import dates
from portal.platform.ui import zipping

WHY: Mapping[str, str] = {
    "digest": _("het bestand dat kwam, is niet het bestand dat de afzender aankondigde"),
    "broken": _("het kwam niet helemaal toe"),
    "late": _("de aanbieder antwoordt traag"),
    "down": _("wij konden het nu niet opvragen"),
    "nothing": _("het is er niet meer"),
    "no-address": _("de bron gaf het een nummer waarmee wij het niet kunnen opvragen"),
    "full": _("u haalt al andere bestanden op; probeer het daarna opnieuw"),
    "registered": _("een aangetekende zending die u nog niet opende; open ze eerst in Mijn Burgerprofiel"),
    "empty": _("er horen geen bestanden bij; de tekst leest u in Mijn Burgerprofiel"),
    "partial": _("wij konden niet alles van dit document lezen; misschien horen er meer bestanden bij"),
    "time": _("het werd te veel voor één keer; haal het apart op"),
}


class NotInZip(Unprinted, frozen=True):
    """A file, or all files of a message (file is ""), that is not in a ZIP.

    why: a key of WHY; others count as "down".
    """

    subject: str
    file: str
    why: str


def write(names: Sequence[str], left_out: Sequence[NotInZip], at: datetime) -> bytes:
    """Write the text. names: paths of the files in the ZIP. at: when it was made."""
    return zipping.read_me(_lines(names, left_out, at))


def _lines(names: Sequence[str], left_out: Sequence[NotInZip], at: datetime) -> Iterator[str]:
    yield _t("Opgehaald in Mijn Burgerprofiel op %(time)s") % {"time": dates.moment(at)}
    if names:
        yield ""
        yield _t("In dit bestand:")
        yield from (f"- {name}" for name in names)
    if left_out:
        yield ""
        yield _t("Niet in dit bestand:")
        for one in left_out:
            name = " ".join(f"{one.subject} ({one.file})".split() if one.file else one.subject.split())
            yield f"- {name}: {_t(WHY.get(one.why, WHY['down']))}"
