"""The messages with which a body reports a dossier, and our answers, by the contract of DOSIS; reads and checks them.

Source: docs/dosis.md, which has the published contract, and says what is our own design where that leaves room.
"""

import re
from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec

from portal.platform.access import machine_json
from portal.platform.kit import national_number
from portal.platform.kit.errors import PortalError
from portal.platform.kit.folding import fold
from portal.platform.kit.unprinted import Unprinted

from .. import moments, section
from ..wording import Phase

READER = "Raadpleger"
CLOCKS_DIFFER = timedelta(days=1)  # how far the clock of a body may be ahead of ours
MOST_AGENTS = 100

RequiredText = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
ShortText = Annotated[str, msgspec.Meta(max_length=300)]
LongText = Annotated[str, msgspec.Meta(max_length=4000)]

# What msgspec says of a missing field, and of the place of an error.
_MISSING = re.compile(r"missing required field `(\w+)`")
_PLACE = re.compile(r" - at `\$\.?([\w.\[\]]*)`$")


class Identification(Unprinted, frozen=True):
    """Which dossier it is: its Bron, one of the body's own sources, and its number there."""

    source: RequiredText = msgspec.field(name="Bron")
    number: RequiredText = msgspec.field(name="DossierNummer")


class ReportedAction(Unprinted, frozen=True):
    """Whether the citizen must do something, and what."""

    is_needed: bool | None = msgspec.field(name="ActieNodig", default=None)
    what: LongText | None = msgspec.field(name="Actie", default=None)


class ReportedStatus(Unprinted, frozen=True):
    """How far a dossier is. A code that is not known here is shown in the words of Detail1."""

    code: RequiredText = msgspec.field(name="VlaamsCode")
    phase: Phase = msgspec.field(name="VlaamsFase")
    detail: LongText | None = msgspec.field(name="Detail1", default=None)
    action: ReportedAction | None = msgspec.field(name="Actie", default=None)


class Product(msgspec.Struct, frozen=True):
    """A product of the IPDC, by its number."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,10}$")] = msgspec.field(name="Id")


class ReportedAddress(Unprinted, frozen=True):
    """The address of a handler."""

    street: ShortText | None = msgspec.field(name="Straat", default=None)
    number: ShortText | None = msgspec.field(name="Nummer", default=None)
    postcode: ShortText | None = msgspec.field(name="Postcode", default=None)
    municipality: ShortText | None = msgspec.field(name="Gemeente", default=None)


class Handler(Unprinted, frozen=True):
    """Who handles a dossier, and how to reach them."""

    name: ShortText | None = msgspec.field(name="Naam", default=None)
    service: ShortText | None = msgspec.field(name="Dienst", default=None)
    phone: ShortText | None = msgspec.field(name="Telefoon", default=None)
    email: ShortText | None = msgspec.field(name="Email", default=None)
    website: LongText | None = msgspec.field(name="Website", default=None)
    address: ReportedAddress | None = msgspec.field(name="Adres", default=None)


class Right(msgspec.Struct, frozen=True):
    """What an agent may do; an agent with Raadpleger may see the dossier."""

    code: RequiredText = msgspec.field(name="Code")


class Agent(Unprinted, frozen=True):
    """Whom a dossier concerns: a national number, or that of an enterprise or association, which is not kept."""

    identification: RequiredText = msgspec.field(name="Identificatie")
    rights: Annotated[tuple[Right, ...], msgspec.Meta(max_length=100)] = msgspec.field(name="Toegangsrechten")


class Push(Unprinted, frozen=True, kw_only=True):
    """A report: the whole state of a dossier, as its body sends it."""

    identification: Identification = msgspec.field(name="Identificatie")
    upload_id: RequiredText = msgspec.field(name="UploadId")
    name: RequiredText = msgspec.field(name="Naam")
    changed: Annotated[
        str,
        msgspec.Meta(
            min_length=1,
            max_length=40,
            description="When it came to stand so: date and time in ISO 8601. Without an offset it is Belgian time.",
        ),
    ] = msgspec.field(name="WijzigingsDatum")
    status: ReportedStatus = msgspec.field(name="Status")
    kind: Literal["DossierStatus"] = msgspec.field(name="TypeDossierCode")
    products: Annotated[tuple[Product, ...], msgspec.Meta(min_length=1, max_length=1)] = msgspec.field(
        name="Producten"
    )
    agents: Annotated[tuple[Agent, ...], msgspec.Meta(min_length=1, max_length=MOST_AGENTS)] = msgspec.field(
        name="Agenten"
    )
    link: LongText | None = msgspec.field(name="Doorverwijzing", default=None)
    handler: Handler | None = msgspec.field(name="DossierBeheerder", default=None)


class DossierQuery(Unprinted, frozen=True):
    """The query parameters that name a dossier."""

    source: RequiredText = msgspec.field(name="bron")
    number: RequiredText = msgspec.field(name="dossierNummer")


class UploadQuery(msgspec.Struct, frozen=True):
    """The query parameter that names an upload."""

    upload_id: RequiredText = msgspec.field(name="uploadId")


class Acceptance(msgspec.Struct, frozen=True):
    """The answer to a report that was accepted, now or before."""

    upload_id: str = msgspec.field(name="UploadId")
    status: Literal["OK"] = msgspec.field(name="Status", default="OK")


class Fault(msgspec.Struct, frozen=True):
    """What was wrong with an upload; none occur, because a faulty report is refused at once."""

    description: str = msgspec.field(name="Omschrijving")
    line: int = msgspec.field(name="LijnNummer")


class Result(Unprinted, frozen=True):
    """What became of an upload. VerwerktVoorOpvraging: nothing newer was known of the dossier when it arrived."""

    identification: Identification = msgspec.field(name="Identificatie")
    upload_id: str = msgspec.field(name="UploadId")
    processed_at: Annotated[
        str, msgspec.Meta(description="Belgian time, without an offset, as clients of DOSIS read it.")
    ] = msgspec.field(name="TijdstipVerwerking")
    is_newest: bool = msgspec.field(name="VerwerktVoorOpvraging")
    is_success: bool = msgspec.field(name="Success", default=True)
    file: str | None = msgspec.field(name="Bestand", default=None)
    fault: str | None = msgspec.field(name="Fout", default=None)
    faults: tuple[Fault, ...] = msgspec.field(name="Fouten", default=())


class ReportSettings(msgspec.Struct, frozen=True):
    """The codes and limits by which a report is checked."""

    phases: tuple[str, ...] = msgspec.field(name="VlaamseFases")
    codes: tuple[str, ...] = msgspec.field(name="VlaamseCodes")
    kinds: tuple[str, ...] = msgspec.field(name="TypeDossierCodes")
    rights: tuple[str, ...] = msgspec.field(name="Toegangsrechten")
    most_agents: int = msgspec.field(name="MaximumAgenten")


class FieldError(msgspec.Struct, frozen=True):
    """What is wrong with one field; never what was sent."""

    code: str
    message: str
    description: str
    field: str


class Refusal(msgspec.Struct, frozen=True):
    """Why a report was refused; nothing of it was kept."""

    code: str
    message: str
    description: str
    errors: tuple[FieldError, ...]


class PushRefused(PortalError):
    """A body sent what is not as the contract says. field: the place, as `Status.VlaamsFase`; description: for
    people.
    """

    code = "badRequest"

    def __init__(self, code: str, field: str, description: str) -> None:
        super().__init__(code)
        self.refusal = Refusal(
            code,
            "The request is not as the contract says.",
            "Nothing of it was kept.",
            (FieldError(code, f"{field}: {description}", description, field),),
        )


_decoder = msgspec.json.Decoder(Push)


def read(content: bytes, *, body: str, now: datetime) -> tuple[Push, datetime]:
    """Read a report of a body and since when its state holds; raise PushRefused, which never quotes what was sent."""
    try:
        push = machine_json.decode(content, _decoder)
    except machine_json.NameTwice:
        raise PushRefused("json", "", "A name stands there twice.") from None
    except msgspec.ValidationError as error:
        raise _refusal(str(error)) from None
    except (ValueError, RecursionError):
        raise PushRefused("json", "", "This is no JSON.") from None
    check_source(push.identification.source, body, "Identificatie.Bron")
    for field, value in (("Identificatie.DossierNummer", push.identification.number), ("UploadId", push.upload_id)):
        check_plain(value, field)
    at = moments.exact(push.changed)
    if at is None or moments.read(push.changed) == moments.UNKNOWN:
        raise PushRefused("value", "WijzigingsDatum", "Give a date with a time, in ISO 8601.")
    if at > now + CLOCKS_DIFFER:
        raise PushRefused("value", "WijzigingsDatum", "It lies more than a day ahead.")
    for place, agent in enumerate(push.agents):
        if _is_reader(agent) and _is_number(agent) and not national_number.is_valid(agent.identification):
            raise PushRefused("value", f"Agenten[{place}].Identificatie", "This is no national number.")
    return push, at


def readers_of(push: Push) -> tuple[str, ...]:
    """List the national numbers of those who may see the dossier, each once."""
    numbers = (agent.identification for agent in push.agents if _is_reader(agent) and _is_number(agent))
    return tuple(dict.fromkeys(numbers))


def query_of[Query: msgspec.Struct](parameters: dict[str, str], struct: type[Query]) -> Query:
    """Read query parameters into a struct; raise PushRefused."""
    try:
        return msgspec.convert(parameters, struct)
    except msgspec.ValidationError as error:
        raise _refusal(str(error)) from None


def check_source(source: str, body: str, field: str) -> None:
    """Refuse a Bron that is not the body's own; raise PushRefused."""
    agency = section.body_of(source)
    if agency is None or agency.id != body:
        raise PushRefused("source", field, "This is none of your own sources; see /api/v2/dosis/bronnen/uris.")


def check_plain(value: str, field: str) -> None:
    """Refuse control characters and spaces around what identifies something; raise PushRefused."""
    if not value.isprintable() or value != value.strip():
        raise PushRefused("value", field, "It may have no control characters, nor spaces around it.")


def _is_reader(agent: Agent) -> bool:
    return any(fold(right.code) == fold(READER) for right in agent.rights)


def _is_number(agent: Agent) -> bool:
    """Tell whether an agent is a person: an enterprise has ten digits, an association a V with seven or more."""
    return len([sign for sign in agent.identification if sign.isdigit()]) == 11


def _refusal(message: str) -> PushRefused:
    place = match[1] if (match := _PLACE.search(message)) else ""
    if missing := _MISSING.search(message):
        return PushRefused("required", f"{place}.{missing[1]}".lstrip("."), "It is missing.")
    return PushRefused("value", place, "What stands there is not as the contract says.")
