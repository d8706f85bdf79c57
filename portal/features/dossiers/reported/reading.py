"""Read a report into a dossier, of the same types as those of the live answer."""

from portal.platform.kit import typed_text
from portal.platform.sources.reading import places

from .. import moments
from ..types import Change, Contact, Dossier
from .contract import Handler, Push, ReportedAddress

MOST_NAME = 300  # characters
MOST_TEXT = 4_000


def dossier_of(push: Push) -> Dossier:
    """Give the dossier of a report, with one change; characters that cannot be seen are taken out of its texts."""
    status, moment = push.status, moments.read(push.changed)
    detail = _text(status.detail)
    action_words = _text(status.action.what) if status.action else ""
    needs_action = status.action is not None and (
        status.action.is_needed or (status.action.is_needed is None and action_words)
    )
    change = Change(
        name=_name(push.name),
        kind="",
        phase=status.phase.value,
        status=_name(status.code),
        details=(detail,) if detail else (),
        day=moment.day,
        time=moment.time,
        needs_action=bool(needs_action),
        action=action_words,
        products=tuple(product.id for product in push.products),
        contact=_contact(push.handler),
        link=_text(push.link),
    )
    return Dossier(push.identification.source, push.identification.number, (change,))


def _contact(handler: Handler | None) -> Contact | None:
    if handler is None:
        return None
    contact = Contact(
        name=_name(handler.name),
        service=_name(handler.service),
        phone=_name(handler.phone),
        email=_name(handler.email),
        website=_text(handler.website),
        address=_address(handler.address),
    )
    return contact if contact != Contact() else None


def _address(address: ReportedAddress | None) -> str:
    if address is None:
        return ""
    lines = ((address.street, address.number), (address.postcode, address.municipality))
    written = (" ".join(filled for part in line if (filled := places.without_filler(_name(part)))) for line in lines)
    return ", ".join(line for line in written if line)


def _name(written: str | None) -> str:
    return typed_text.beginning(written or "", most=MOST_NAME)


def _text(written: str | None) -> str:
    return typed_text.beginning(written or "", most=MOST_TEXT)
