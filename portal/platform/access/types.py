"""Nouns of access: who may see a page, by which means and how surely someone signed in, who they are, until when."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any, Concatenate
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Occasion
from portal.platform.kit.unprinted import Unprinted

LONGEST_SESSION = timedelta(hours=12)


class Audience(StrEnum):
    """Who may use an address; the guard of its view sets it (`guards`)."""

    ANYONE = "anyone"
    CITIZEN = "citizen"
    MACHINE = "machine"
    OPERATOR = "operator"


class Assurance(IntEnum):
    """How surely we know who is here, in the three steps of eIDAS."""

    LOW = 1
    SUBSTANTIAL = 2
    HIGH = 3

    @property
    def label(self) -> str:
        """Name the level as a citizen reads it, in Dutch."""
        return str((_("laag"), _("substantieel"), _("hoog"))[self - 1])


class SignInMeans(StrEnum):
    """The means of Vlaams toegangsbeheer; the value is the last part of its `authmech` URN."""

    EID = "eid"
    EIDAS_HIGH = "eidashigh"
    ITSME = "itsme"
    APP_CODE = "csamtotp"
    SMS_CODE = "csamsms"
    EIDAS_SUBSTANTIAL = "eidassubstantial"
    FEDERAL_TOKEN = "fedtoken"  # noqa: S105 - the name of a means
    PASSWORD = "csampassword"  # noqa: S105 - the name of a means
    SELF_REGISTERED = "csamselfreg"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        """Name the means as a citizen reads it, in Dutch."""
        return str(_LABELS[self])


_LABELS = {
    SignInMeans.EID: _("eID en kaartlezer"),
    SignInMeans.EIDAS_HIGH: _("buitenlandse elektronische identiteitskaart"),
    SignInMeans.ITSME: _("itsme"),
    SignInMeans.APP_CODE: _("beveiligingscode via app"),
    SignInMeans.SMS_CODE: _("beveiligingscode via sms"),
    SignInMeans.EIDAS_SUBSTANTIAL: _("buitenlands aanmeldmiddel"),
    SignInMeans.FEDERAL_TOKEN: _("federaal token"),
    SignInMeans.PASSWORD: _("gebruikersnaam en wachtwoord"),
    SignInMeans.SELF_REGISTERED: _("zelfregistratie"),
    SignInMeans.UNKNOWN: _("onbekend aanmeldmiddel"),
}


class SignInFailure(StrEnum):
    """Why a sign-in did not come about. The value stands in the address of the page that explains it."""

    MEANS_TOO_WEAK = "means_too_weak"
    FEDERAL_TOKEN = "federal_token"  # noqa: S105 - the name of a means
    NO_NATIONAL_NUMBER = "no_national_number"
    NOT_A_CITIZEN = "not_a_citizen"
    MINOR = "minor"
    AGE_NOT_KNOWN = "age_not_known"
    BIRTH_DATE_INCOMPLETE = "birth_date_incomplete"
    PROVIDER_UNAVAILABLE = "provider_unavailable"
    PROVIDER_SLOW = "provider_slow"
    EXPIRED = "expired"
    NOT_ANEW = "not_anew"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Admitted(msgspec.Struct, frozen=True):
    """Whoever signs in may come in."""


class Refused(msgspec.Struct, frozen=True):
    """Whoever signs in may not come in, and why."""

    reason: SignInFailure


Admission = Admitted | Refused


class Identity(Unprinted, frozen=True):
    """Who signed in, as Vlaams toegangsbeheer says. Never printed."""

    insz: str
    given_name: str
    family_name: str
    means: SignInMeans
    assurance: Assurance
    provider_subject: str
    authenticated_at: datetime | None = None  # UTC; None: nobody says when

    @property
    def name(self) -> str:
        """Write the full name, given name first."""
        return f"{self.given_name} {self.family_name}".strip()


class Session(Unprinted, frozen=True):
    """One signed-in browser.

    id:         32 bytes, derived from the cookie's secret; safe to store.
    citizen_id: the pseudonym under which the database knows them.
    opened_at:  UTC.
    expires_at: UTC, when it ends if nothing happens (idle limit).
    ends_at:    UTC, when it ends in any case (absolute limit).
    seal_key:   32 bytes, for `sources.traces.store`; derived from the secret, never stored.
    form_token: what a form of this session must post back as `form_token`.
    journal_subject: the citizen's name in the journal (`keys.subjects`); None where it was not known at sign-in, and
                the journal looks for it each time.
    unread:     what is new to the citizen, as features count it: id of the feature -> how many, where there are any.
    is_counted: False where counting it failed: then nobody knows whether something is new.
    """

    id: bytes
    citizen_id: UUID
    identity: Identity
    opened_at: datetime
    expires_at: datetime
    ends_at: datetime
    seal_key: bytes
    form_token: str
    journal_subject: UUID | None = None
    unread: Mapping[str, int] = {}
    is_counted: bool = True

    def seconds_left(self, now: datetime | None = None) -> int:
        """Count the seconds until it ends if nothing happens."""
        return max(0, int((self.expires_at - (now or datetime.now(UTC))).total_seconds()))


class SessionAbout(msgspec.Struct, frozen=True):
    """What the citizen's list of sessions says of a session: the means, and the kind of device in words."""

    means: SignInMeans
    device: str


class SessionListing(msgspec.Struct, frozen=True):
    """A session in the citizen's own list. handle: the name by which a form ends it; never its id."""

    handle: str
    about: SessionAbout | None
    opened_at: datetime
    last_seen_at: datetime
    is_this_one: bool


class MachineClient(msgspec.Struct, frozen=True):
    """A body whose machines may call us: its name, its public keys by their id, and what it may ask for."""

    id: str
    keys: Mapping[str, RSAPublicKey]
    scopes: frozenset[str]


class Machine(msgspec.Struct, frozen=True):
    """The body that is calling, as its token says."""

    client: str
    scopes: frozenset[str]


class MachineToken(Unprinted, frozen=True):
    """What a machine gets for its assertion. Never printed. expires_in: seconds."""

    access_token: str
    expires_in: int
    scope: str
    token_type: str = "Bearer"  # noqa: S105 - the kind of a token


class MachineRefusal(msgspec.Struct, frozen=True):
    """Why a machine gets no token, in the fields of the JSON answer (RFC 6749, 5.2)."""

    error: str
    error_description: str


class Request(HttpRequest):
    """A request as it comes to a view. Django makes the object; these are the attributes that our middleware sets.

    correlation_id:  a UUID as text, the number of the action in the log and in the journal.
    csp_nonce:       what a script of the page must carry.
    session:         None when nobody is signed in, or when `session_trouble` kept us from finding out.
    is_from_before:  whether its form is of an earlier session (`guards.keeps_typed`).
    """

    correlation_id: str
    csp_nonce: str
    session: Session | None  # type: ignore[assignment]  # the stubs assume Django's sessions
    session_trouble: Exception | None
    is_from_before: bool


class SignedInRequest(Request):
    """A request of somebody who is signed in, as `guards.signed_in` hands it to a view."""

    session: Session
    occasion: Occasion


class MachineRequest(Request):
    """A request of a body, as `machine_guard.machine_client` hands it to a view."""

    machine: Machine


Respond = Callable[[Request], Awaitable[HttpResponseBase]]
type Answering = Coroutine[Any, Any, HttpResponseBase]
# A view of any request; below, views for anyone, for whoever is signed in and for machines. After the request come
# the parts of the address.
View = Callable[..., Answering]
type Open[**Parts] = Callable[Concatenate[Request, Parts], Answering]
type SignedIn[**Parts] = Callable[Concatenate[SignedInRequest, Parts], Answering]
type ForMachine[**Parts] = Callable[Concatenate[MachineRequest, Parts], Answering]
