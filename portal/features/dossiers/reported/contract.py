"""What a body sends when it reports a dossier, and what it is answered, as the contract of DOSIS has it.

Source: the published contract, in docs/dosis.md; what it leaves open is of our own design, and said there.
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
CLOCKS_DIFFER = timedelta(days=1)  # at most, a body's and ours
MOST_AGENTS = 100

Named = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
Short = Annotated[str, msgspec.Meta(max_length=300)]
Long = Annotated[str, msgspec.Meta(max_length=4000)]

_MISSING = re.compile(r"missing required field `(\w+)`")
_PLACE = re.compile(r" - at `\$\.?([\w.\[\]]*)`$")


class Identification(Unprinted, frozen=True):
    """Which dossier it is: its Bron, one of the body's own, and its number there."""

    source: Named = msgspec.field(name="Bron")
    number: Named = msgspec.field(name="DossierNummer")


class ActionSaid(Unprinted, frozen=True):
    """Whether the citizen must do something, and what."""

    is_needed: bool | None = msgspec.field(name="ActieNodig", default=None)
    what: Long | None = msgspec.field(name="Actie", default=None)


class StatusSaid(Unprinted, frozen=True):
    """How far it is. A code that is not known here is shown in the words of Detail1."""

    code: Named = msgspec.field(name="VlaamsCode")
    phase: Phase = msgspec.field(name="VlaamsFase")
    detail: Long | None = msgspec.field(name="Detail1", default=None)
    action: ActionSaid | None = msgspec.field(name="Actie", default=None)


class Product(msgspec.Struct, frozen=True):
    """A product of the IPDC, by its number."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,10}$")] = msgspec.field(name="Id")


class AddressSaid(Unprinted, frozen=True):
    """Where the handler is."""

    street: Short | None = msgspec.field(name="Straat", default=None)
    number: Short | None = msgspec.field(name="Nummer", default=None)
    postcode: Short | None = msgspec.field(name="Postcode", default=None)
    municipality: Short | None = msgspec.field(name="Gemeente", default=None)


class Handler(Unprinted, frozen=True):
    """Who handles it, and how they are reached."""

    name: Short | None = msgspec.field(name="Naam", default=None)
    service: Short | None = msgspec.field(name="Dienst", default=None)
    phone: Short | None = msgspec.field(name="Telefoon", default=None)
    email: Short | None = msgspec.field(name="Email", default=None)
    website: Long | None = msgspec.field(name="Website", default=None)
    address: AddressSaid | None = msgspec.field(name="Adres", default=None)


class Right(msgspec.Struct, frozen=True):
    """What an agent may do; who has Raadpleger may see the dossier."""

    code: Named = msgspec.field(name="Code")


class Agent(Unprinted, frozen=True):
    """Whom it concerns: a national number, or the number of an enterprise or association, which is not kept."""

    identification: Named = msgspec.field(name="Identificatie")
    rights: Annotated[tuple[Right, ...], msgspec.Meta(max_length=100)] = msgspec.field(name="Toegangsrechten")


class Push(Unprinted, frozen=True, kw_only=True):
    """The whole state of a dossier, as its body reports it."""

    identification: Identification = msgspec.field(name="Identificatie")
    upload_id: Named = msgspec.field(name="UploadId")
    name: Named = msgspec.field(name="Naam")
    changed: Annotated[
        str,
        msgspec.Meta(
            min_length=1,
            max_length=40,
            description="When it came to stand so: date and time in ISO 8601. Without an offset it is Belgian time.",
        ),
    ] = msgspec.field(name="WijzigingsDatum")
    status: StatusSaid = msgspec.field(name="Status")
    kind: Literal["DossierStatus"] = msgspec.field(name="TypeDossierCode")
    products: Annotated[tuple[Product, ...], msgspec.Meta(min_length=1, max_length=1)] = msgspec.field(
        name="Producten"
    )
    agents: Annotated[tuple[Agent, ...], msgspec.Meta(min_length=1, max_length=MOST_AGENTS)] = msgspec.field(
        name="Agenten"
    )
    link: Long | None = msgspec.field(name="Doorverwijzing", default=None)
    handler: Handler | None = msgspec.field(name="DossierBeheerder", default=None)


class Whose(Unprinted, frozen=True):
    """Which dossier is meant."""

    source: Named = msgspec.field(name="bron")
    number: Named = msgspec.field(name="dossierNummer")


class Which(msgspec.Struct, frozen=True):
    """Which upload is meant."""

    upload_id: Named = msgspec.field(name="uploadId")


class Accepted(msgspec.Struct, frozen=True):
    """That a report was taken, now or before."""

    upload_id: str = msgspec.field(name="UploadId")
    status: Literal["OK"] = msgspec.field(name="Status", default="OK")


class Fault(msgspec.Struct, frozen=True):
    """What was wrong with an upload; there are none, because what is wrong is refused at once."""

    description: str = msgspec.field(name="Omschrijving")
    line: int = msgspec.field(name="LijnNummer")


class Result(Unprinted, frozen=True):
    """What became of an upload. VerwerktVoorOpvraging: nothing newer was known of the dossier when it came."""

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


class Settings(msgspec.Struct, frozen=True):
    """By what a report is checked."""

    phases: tuple[str, ...] = msgspec.field(name="VlaamseFases")
    codes: tuple[str, ...] = msgspec.field(name="VlaamseCodes")
    kinds: tuple[str, ...] = msgspec.field(name="TypeDossierCodes")
    rights: tuple[str, ...] = msgspec.field(name="Toegangsrechten")
    most_agents: int = msgspec.field(name="MaximumAgenten")


class ErrorOfField(msgspec.Struct, frozen=True):
    """What is wrong with one field; never what was sent."""

    code: str
    message: str
    description: str
    field: str


class Refusal(msgspec.Struct, frozen=True):
    """Why nothing was taken."""

    code: str
    message: str
    description: str
    errors: tuple[ErrorOfField, ...]


class PushRefused(PortalError):
    """What a body sent is not as the contract says; `field` is the place, as `Status.VlaamsFase`."""

    code = "badRequest"

    def __init__(self, code: str, field: str, description: str) -> None:
        super().__init__(code)
        self.refusal = Refusal(
            code,
            "The request is not as the contract says.",
            "Nothing of it was kept.",
            (ErrorOfField(code, f"{field}: {description}", description, field),),
        )


_decoder = msgspec.json.Decoder(Push)


def read(content: bytes, *, body: str, now: datetime) -> tuple[Push, datetime]:
    """Read a report, and when the dossier came to stand so; raise PushRefused, which never repeats what was sent."""
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
    found = (one.identification for one in push.agents if _is_reader(one) and _is_number(one))
    return tuple(dict.fromkeys(found))


def query_of[Query: msgspec.Struct](given: dict[str, str], kind: type[Query]) -> Query:
    """Read a query; raise PushRefused."""
    try:
        return msgspec.convert(given, kind)
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
    place = found[1] if (found := _PLACE.search(message)) else ""
    if missing := _MISSING.search(message):
        return PushRefused("required", f"{place}.{missing[1]}".lstrip("."), "It is missing.")
    return PushRefused("value", place, "What stands there is not as the contract says.")
