"""Addresses of dossiers, for other rooms (`ui.links`)."""

from portal.platform.access import sessions
from portal.platform.access.types import Session

from . import addresses, rules, section


def dossier(session: Session, source: str, number: str) -> str:
    """Give the path of one's own dossier, by its `Bron` and number; "" for a source that we do not know.

    No body is asked here: only the page itself finds out whether there is such a dossier.
    """
    if section.body_of(source) is None:
        return ""
    return addresses.of_dossier(sessions.item_handle(session, rules.identity_by_number(source, number)))
