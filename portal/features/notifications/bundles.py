"""Read and check a bundle (NotificatieBundel) as docs/notifications.md describes it: accepted whole, or refused."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec

from portal.platform.access import machine_json
from portal.platform.kit import national_number, typed_text
from portal.platform.kit.errors import PortalError
from portal.platform.kit.unprinted import Unprinted

from . import section
from .categories import Category
from .types import Notice

LARGEST = 1024 * 1024  # bytes
MOST_RECIPIENTS = 100
LONGEST_VALUE = 500  # characters
LONGEST_DETAIL = 200
# Programs write moments outside these for "none" (1970-01-01, 0001-01-01) and for "no end" (9999-12-31).
FIRST = datetime(2000, 1, 1, tzinfo=UTC)
NEVER = datetime(2500, 1, 1, tzinfo=UTC)

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]

_MISSING = re.compile(r"missing required field `(\w+)`")
_PLACE = re.compile(r" - at `(\$[\w.\[\]]*)`$")


class BundleRefused(PortalError):
    """A bundle is not as docs/notifications.md describes it."""

    code = "badRequest"


class Recipient(Unprinted, frozen=True, forbid_unknown_fields=True):
    """A citizen whom a bundle is for. number: as it was sent; `read` checks it."""

    kind: Literal["RRN"] = msgspec.field(name="Soort")
    number: Annotated[str, msgspec.Meta(max_length=40)] = msgspec.field(name="Identificatie")


class KeyValue(Unprinted, frozen=True, forbid_unknown_fields=True):
    """A key with its value, from the list SleutelWaardeParen."""

    key: Name = msgspec.field(name="Sleutel")
    value: Annotated[str, msgspec.Meta(max_length=4000)] = msgspec.field(name="Waarde")


class Bundle(Unprinted, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A NotificatieBundel, as a body sends it: one notice, for one or more citizens.

    id: the body's own. provider: AanbiederUri, one of the URIs in its manifest. changed_at: when the thing changed;
    until: after which the notice is of no use (both UTC once read). transaction: the body's id of what the notice is
    about, such as a dossier; notices with the same one share a thread. channels: where the body wants the citizen
    notified; without any, the notice is silent. product: number of the service in the IPDC.
    """

    id: Name = msgspec.field(name="Id")
    provider: Name = msgspec.field(name="AanbiederUri")
    recipients: Annotated[tuple[Recipient, ...], msgspec.Meta(min_length=1, max_length=MOST_RECIPIENTS)] = (
        msgspec.field(name="Bestemmelingen")
    )
    category: Name = msgspec.field(name="Categorie")
    changed_at: Moment = msgspec.field(name="DatumNotificatie")
    transaction: Annotated[str, msgspec.Meta(max_length=300)] = msgspec.field(name="TransactieId", default="")
    until: Moment | None = msgspec.field(name="Vervaldatum", default=None)
    channels: Annotated[tuple[Literal["Portaal", "Email"], ...], msgspec.Meta(max_length=2)] = msgspec.field(
        name="Kanalen"
    )
    product: Annotated[str, msgspec.Meta(pattern=section.PRODUCT)] = msgspec.field(name="ProductId")
    brand: Annotated[str, msgspec.Meta(max_length=100)] = msgspec.field(name="MerkCode")
    pairs: Annotated[tuple[KeyValue, ...], msgspec.Meta(max_length=100)] = msgspec.field(name="SleutelWaardeParen")

    @property
    def is_silent(self) -> bool:
        """Whether the body does not want the citizen notified: the notice is only kept."""
        return not self.channels

    @property
    def numbers(self) -> tuple[str, ...]:
        """The national numbers of its recipients, each once."""
        return tuple(dict.fromkeys(recipient.number for recipient in self.recipients))


_decoder = msgspec.json.Decoder(Bundle)


def read(content: bytes) -> Bundle:
    """Read the JSON of a bundle and check it.

    Raise BundleRefused, which names the place of a fault, never a value.
    """
    try:
        bundle = machine_json.decode(content, _decoder)
        moments = [each.astimezone(UTC) for each in (bundle.changed_at, bundle.until) if each is not None]
    except machine_json.NameTwice:
        raise BundleRefused("A member stands there twice.") from None
    except (ValueError, RecursionError, OverflowError) as error:
        raise BundleRefused(_detail_of(error)) from None
    changed_at, until = moments[0], (moments[1] if len(moments) > 1 else None)
    for name, value in (("Id", bundle.id), ("AanbiederUri", bundle.provider), ("TransactieId", bundle.transaction)):
        if not (value.isprintable() and value == value.strip()):
            raise BundleRefused(f"{name} may have no control characters, nor spaces around it.")
    wrong = [at for at, each in enumerate(bundle.recipients) if not national_number.is_valid(each.number)]
    if wrong:
        raise BundleRefused(f"Bestemmelingen[{wrong[0]}] is no national number: eleven digits with their check.")
    if changed_at < FIRST:
        raise BundleRefused("DatumNotificatie lies before 2000: say when it changed.")
    until = None if until is not None and until >= NEVER else until
    if until is not None and until <= changed_at:
        raise BundleRefused("Vervaldatum must be later than DatumNotificatie.")
    return msgspec.structs.replace(bundle, changed_at=changed_at, until=until)


def notice_of(bundle: Bundle, categories: Mapping[str, Category]) -> Notice:
    """Make the notice that is kept of a bundle: the keys of its category, without any others.

    Raise BundleRefused where the category is unknown, a required key is missing, or a key is there twice.
    """
    category = categories.get(bundle.category)
    if category is None:
        raise BundleRefused(f"Categorie must be one of {', '.join(sorted(categories))}.")
    known, values = {*category.required, *category.kept}, dict[str, str]()
    for pair in bundle.pairs:
        if pair.key in known:
            if pair.key in values:
                raise BundleRefused(f"SleutelWaardeParen has {pair.key} twice.")
            values[pair.key] = _clean(pair.key, pair.value)
    missing = [name for name in category.required if not values.get(name)]
    if missing:
        raise BundleRefused(f"SleutelWaardeParen lacks {', '.join(missing)}, required in this Categorie.")
    notice = Notice(bundle.category, bundle.product, bundle.id, bundle.transaction, until=bundle.until)
    kept = {field: values[key] for key, field in category.kept.items() if key in values}
    return msgspec.structs.replace(notice, **kept)


def canonical(bundle: Bundle) -> bytes:
    """Encode a bundle so that two with the same contents have the same bytes, whatever their JSON looked like."""
    return msgspec.json.encode(bundle)


def _clean(name: str, value: str) -> str:
    try:
        return typed_text.line(value, most=LONGEST_VALUE)
    except typed_text.TooLong:
        raise BundleRefused(f"{name} is longer than {LONGEST_VALUE} characters.") from None


def _detail_of(error: Exception) -> str:
    """Describe the fault in a bundle by its place, in names of the contract only."""
    message = str(error)
    place = found[1] if (found := _PLACE.search(message)) else "$"
    if missing := _MISSING.search(message):
        return f"{missing[1]} is missing at {place}."[:LONGEST_DETAIL]
    if isinstance(error, msgspec.ValidationError):
        return f"What stands at {place} is not as docs/notifications.md says."[:LONGEST_DETAIL]
    return "This is no JSON, or a moment in it does not exist."
