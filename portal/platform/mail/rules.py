"""Rules for every mail: what may be sent, for how long, and how texts by other people are written. No I/O."""

import re
from datetime import datetime

from portal.platform.kit import typed_text

from . import addresses
from .errors import MessageRefused
from .types import MailMessage

# Always in Dutch: the questions and answers tell people to look for these very words.
ADVICE = (
    "Om phishing te voorkomen, surft u best rechtstreeks naar {portal}. Daar vindt u uw officiële berichten van de "
    "overheid terug. Tips om phishing te vermijden, leest u op {phishing}."
)
LONGEST = 60  # characters of a text by somebody else in a mail, such as a nickname

# Mail programs turn these into links by themselves: schemes, paths, addresses, and names with a dot or colon inside.
_LINKING = re.compile(r"\b(?:https?|ftp|mailto|tel|www|href)\b|[@/\\<>+。．｡]", re.IGNORECASE)
_JOINT = re.compile(r"(?<=\w)[.:](?=\w)")


def advice(portal: str, phishing: str) -> str:
    """Write the advice against phishing, with the two addresses as plain text."""
    return ADVICE.format(portal=portal, phishing=phishing)


def check(message: MailMessage) -> None:
    """Raise MessageRefused when the address is not usable or the content cannot be sent (`MailContent.is_sound`)."""
    if not addresses.is_usable(message.to):
        raise MessageRefused("The address is not usable.")
    if not message.content.is_sound:
        raise MessageRefused("The content is not sound.")


def plain_line(text: str) -> str:
    """Write a text by somebody else as one line, at most LONGEST characters, that no mail program turns into a link.

    Control and formatting characters (line ends, writing direction) are removed, and links are broken up: "jan.be"
    becomes "jan. be".
    """
    kept = typed_text.beginning(text, most=typed_text.ROOM * LONGEST)
    without_links = _JOINT.sub(lambda joint: f"{joint[0]} ", _LINKING.sub(" ", kept))
    line = " ".join(without_links.split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"


def is_stale(message: MailMessage, created_at: datetime, now: datetime) -> bool:
    """Tell whether a mail would come too late to be of use."""
    return now >= message.content.useful_until(created_at)
