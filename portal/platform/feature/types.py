"""The nouns with which a feature declares itself, in `FEATURE` of its own `feature.py`.

What is not declared there does not exist for the rest of the portal: no page, no navigation, no job, no mail.
docs/architecture.md tells what each part leads to.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import msgspec
from django.core.checks import CheckMessage
from psycopg import AsyncConnection

from portal.platform.kit.unprinted import Unprinted

from .home import Block


class Place(msgspec.Struct, frozen=True):
    """A page in the navigation: its title in Dutch, the name of its route, and the arguments of that.

    There are two levels. under: the route of the place on the first level that it stands under, which may be another
    feature's; without one, or in a portal that does not have that feature, it stands on the first level itself.
    about: what people find there, one sentence in Dutch for who is not signed in yet; icon: the drawing beside that
    (`ui/icons`).
    """

    title: str
    route: str
    arguments: Mapping[str, str] = {}
    under: str = ""
    about: str = ""
    icon: str = ""


class LoanLine(msgspec.Struct, frozen=True):
    """One line in a list of another feature: words in the language that holds, the address, and since when (UTC)."""

    title: str
    state: str
    href: str
    since: datetime


class Loan(msgspec.Struct, frozen=True):
    """What a feature lends to a list of another.

    to: the id of the feature whose list it is. lines: for the occasion on which a citizen looks
    (`journal.types.Occasion`, which this room cannot name); whoever lends writes down what is shown.
    """

    to: str
    lines: Callable[[Any], Awaitable[Sequence[LoanLine]]]


class Record(Unprinted, frozen=True):
    """One thing that a feature keeps of a citizen, for their own copy of all that we have. Never printed.

    kind: which sort of thing it is, in code. value: words, the bytes of a picture, or what JSON can hold; None when
    it cannot be opened any more. since: UTC. consent: the text that they agreed to, "" where the ground is another.
    """

    kind: str
    value: object
    since: datetime
    consent: str = ""


class GivenConsent(msgspec.Struct, frozen=True):
    """A consent that a citizen gave, and did not take back.

    kind: as of the Record that `export` gives of it. since: UTC. href: where it is taken back, at one press.
    """

    kind: str
    since: datetime
    href: str


class KeptFiles(Protocol):
    """Files that a feature keeps of a citizen, on their way into the ZIP of their own copy.

    count: how many things were found. left_out: what of it did not come along and why, in the citizen's words; whole
    once `pieces` has ended, which gives the bytes of the ZIP as they come.
    """

    @property
    def count(self) -> int: ...

    @property
    def left_out(self) -> Sequence[str]: ...

    def pieces(self) -> AsyncGenerator[bytes]: ...


class Tables(msgspec.Struct, frozen=True):
    """What a feature with tables owes the citizens in them.

    export: gives a citizen all that is kept of them.
    forget: takes all of that away, in the caller's transaction (`pool.as_citizen`).
    expire: takes away, in the role of the worker, what ended before a moment (UTC); returns how many rows.
    retire: takes away what these citizens gave us themselves, as they were not here for two years: in the worker's
    transaction (`pool.as_citizens`), for many at once; returns of whom there was anything. None: there is no such.
    consents: lists what a citizen gave consent for and did not take back, the oldest first; opens nothing. None: no
    consent is asked.
    title: Dutch, what it is called in a copy, where that is not the title of its first place.
    words: Dutch for each kind of Record that `export` gives.
    after: ids of features that forget before this one, since they put rows into its tables.
    forget_late: takes away, in the same way, what a page that was under way put in after all was erased, where
    `forget` would take too what arrived since and waits for its citizen. None: `forget` does it.
    farewell: keeps, in the transaction that erases everything and before anything is forgotten, what a body is still
    to be told of it: of a citizen, by their national number, at a moment (UTC); tells whether there is anything.
    `forget` leaves that. None: nobody is told.
    files: writes what is kept as files, for the request of somebody signed in, into a ZIP that grows
    (`access.types.SignedInRequest`, `ui.zipping.GrowingZip`), in the folder of that name. None: there are none.
    """

    export: Callable[[UUID], Awaitable[Sequence[Record]]]
    forget: Callable[[AsyncConnection[Any], UUID], Awaitable[None]]
    expire: Callable[[datetime], Awaitable[int]]
    retire: Callable[[AsyncConnection[Any], Sequence[UUID]], Awaitable[Collection[UUID]]] | None = None
    consents: Callable[[UUID], Awaitable[Sequence[GivenConsent]]] | None = None
    title: str = ""
    words: Mapping[str, str] = {}
    after: Sequence[str] = ()
    forget_late: Callable[[AsyncConnection[Any], UUID], Awaitable[None]] | None = None
    farewell: Callable[[AsyncConnection[Any], UUID, str, datetime], Awaitable[bool]] | None = None
    files: Callable[[Any, Any, str], KeptFiles] | None = None


class CookieDeclaration(msgspec.Struct, frozen=True):
    """A cookie or storage key as the policy's annex 2 lists it; texts in Dutch.

    names may hold `*` patterns; validity is the annex's "geldigheid".
    """

    component: str
    names: tuple[str, ...]
    purpose: str
    type: str
    domain: str
    processor: str
    validity: str


class MachineAnswer(msgspec.Struct, frozen=True):
    """What a machine can be answered; means: in English, for whoever writes its program.

    body: the type of what comes, None where nothing does. media: how that is written.
    """

    means: str
    body: Any = None
    media: str = "application/json"


class MachineOperation(msgspec.Struct, frozen=True, kw_only=True):
    """Something that machines of bodies can ask here, as the OpenAPI document tells it; texts are English.

    route, method: the name of the address, and the method of HTTP. summary, about: what it does, in some words, and
    what else there is to know, or "".
    scope: what the token must hold; "" where no token is asked for.
    parts, query, body: the structs by which the parts of the address, its query and what is sent are read; None where
    there is nothing. media: how what is sent is written; another one than JSON's without a body is that of a file.
    answers: by status. What holds everywhere (a bad token, a body that is too large, trouble of ours) is not named.
    """

    route: str
    method: str
    summary: str
    answers: Mapping[int, MachineAnswer]
    about: str = ""
    scope: str = ""
    parts: Any = None
    query: Any = None
    body: Any = None
    media: str = "application/json"


def _nowhere() -> Sequence[Place]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """All that a feature is to the rest of the portal.

    package:    where it stands; its templates, migrations and `help.toml` are found there.
    urls:       the module with its addresses, "" for none; prefix: what they begin with.
    navigation: gives its places in the navigation, in order; called once, when the first page is shown.
    blocks:     what it brings to the home page: cards, and rules of what asks for attention (`home`).
    manifest:   the module with the SECTION of bodies' manifests that it reads (`sources.sections`), or with the
                SECTIONS of datasets and of bodies; "" for none.
    jobs:       the module with its tasks, "" for none.
    mails:      the kinds of mail that it sends, subclasses of `mail.types.Content`.
    cookies:    what it keeps in browsers, for the cookie page.
    bodies:     its pages that take more than a form: name of the route -> most bytes. What is larger leads back to
                the page with `?te-groot=1`.
    checks:     system checks of Django, whose messages have an id and a cure.
    policy:     directive of the content policy -> origins that its pages, and its blocks, need beside our own.
    help:       what people can do with it, by the names in the help's `topics.toml`.
    links:      the module with links to its pages that others may show (`ui.links`), "" for none.
    loans:      what it lends to lists of other features.
    tables:     None: it keeps nothing of anybody.
    unread:     its SQL function that counts what is new to a citizen, FEATURE_…(uuid) returning an int, "" for none.
                It rides on the statement that finds a session, on every page: one look into an index, of the rows
                that the citizen may see. Shown at the first place of its navigation.
    operations: what machines of bodies can ask at its addresses (`/api/openapi.json`); all of them.
    programs:   modules that read what strangers made, for `confined`.
    processings: the module whose function of that name lists all that it does with personal data
                (`journal.types.Processing`), for the policy and its register; "" for nothing.
    rounds:     what the portal's processes do about once a minute, beside pages (`rounds`), at a moment (UTC): what
                needs keys or rights that the worker lacks. Each process does it: it holds what it is about.
    parsing:    the module that shows what the feature reads of answers that are no dataset: its `inquiry_about(insz)`
                and `describe(outcome)`, for `manage.py parse FEATURE`; "" for none.
    """

    package: str
    urls: str = ""
    prefix: str = ""
    navigation: Callable[[], Sequence[Place]] = _nowhere
    blocks: Sequence[Block] = ()
    manifest: str = ""
    jobs: str = ""
    mails: Sequence[type[msgspec.Struct]] = ()
    cookies: Sequence[CookieDeclaration] = ()
    bodies: Mapping[str, int] = field(default_factory=dict)
    checks: Sequence[Callable[..., Iterable[CheckMessage]]] = ()
    policy: Mapping[str, Sequence[str]] = field(default_factory=dict)
    help: Sequence[str] = ()
    links: str = ""
    loans: Sequence[Loan] = ()
    tables: Tables | None = None
    unread: str = ""
    operations: Sequence[MachineOperation] = ()
    programs: Sequence[str] = ()
    processings: str = ""
    rounds: Sequence[Callable[[datetime], Awaitable[None]]] = ()
    parsing: str = ""

    @property
    def id(self) -> str:
        """Name it by the last part of its package, as its routes, templates and tables do."""
        return self.package.rpartition(".")[2]
