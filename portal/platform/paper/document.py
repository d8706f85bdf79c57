"""Put the frame of every document around its content: whose data it shows, when, and that it proves nothing.

Only plain text goes into a document.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from portal.platform.language.current import current
from portal.platform.language.dates import moment

# Control characters, which separate words.
_APART = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
# Characters that are invisible or reverse the text around them: they could hide what a document says, and would be
# copied along with a reference.
_UNSEEN = re.compile(
    r"[\xad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ud800-\udfff\ue000-\uf8ff]+"
)

# A section of a block, with the keys heading, level, lines, and facts (lists of rows of a label and a value).
DocumentSection = dict[str, Any]


def visible_text(text: str) -> str:
    """Remove invisible characters from a text, and put one space between words."""
    return " ".join(_UNSEEN.sub("", _APART.sub(" ", text)).split())


def document(groups: Sequence[dict[str, Any]], *, title: str, who: str, now: datetime) -> dict[str, Any]:
    """Put groups of blocks in a document, as `typesetting.typeset` takes it.

    who: the name of whom the data is about. now: when it was requested (UTC).
    """
    made = _("Opgevraagd op %(when)s") % {"when": moment(now)}
    return {
        "language": current(),
        "title": visible_text(title),
        "portal": "Mijn Burgerprofiel",
        "warning": _("Dit is geen officieel attest"),
        "explained": visible_text(
            _(
                "Dit zijn gegevens van %(who)s, zoals overheidsdiensten ze doorgaven. Bij elk blok staan de bron en "
                "het tijdstip. Hebt u een bewijs nodig? Vraag dan een attest aan."
            )
            % {"who": who}
        ),
        "squares": _("Een □ staat voor een teken dat dit document niet kan tonen. Op de pagina zelf staat het wel."),
        "made": made,
        "page": _("Bladzijde {at} van {of}"),
        "timestamp": int(now.timestamp()),
        "groups": groups,
    }
