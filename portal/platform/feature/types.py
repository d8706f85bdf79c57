"""The nouns with which a feature declares itself, in `FEATURE` of its own `feature.py`.

Whatever is not declared there does not exist for the rest of the portal: no page, no navigation, no job, no mail.
docs/architecture.md explains what each part leads to.
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
    """A page in the navigation, which has two levels.

    title: in Dutch. route, arguments: of its address. under: the route of the place on the first level that it stands
    under, which may be another feature's; without one, or in a portal without that feature, it stands on the first
    level itself. about: what people find there, one sentence in Dutch for visitors who are not signed in; icon: the
    drawing beside that (`ui/icons`).
    """

    title: str
    route: str
    arguments: Mapping[str, str] = {}
    under: str = ""
    about: str = ""
    icon: str = ""


class LoanLine(msgspec.Struct, frozen=True):
    """One line in a list of another feature: words in the language of the request, the address, since when (UTC)."""

    title: str
    state: str
    href: str
    since: datetime


class Loan(msgspec.Struct, frozen=True):
    """The lines that a feature lends to a list of another.

    to: the id of the feature whose list it is. lines: gives the lines for the occasion on which a citizen looks
    (`journal.types.Occasion`, which this room cannot name), and journals that they are shown.
    """

    to: str
    lines: Callable[[Any], Awaitable[Sequence[LoanLine]]]


class Record(Unprinted, frozen=True):
    """One thing that a feature keeps of a citizen, for their own copy of all that we have. Never printed.

    kind: a key of `Tables.words`. value: a text, the bytes of a picture, or what JSON can hold; None when it cannot
    be opened any more. since: UTC. consent: the name of the text that they agreed to (a template in the feature's
    `consent`), "" where it is kept on another ground.
    """

    kind: str
    value: object
    since: datetime
    consent: str = ""


class GivenConsent(msgspec.Struct, frozen=True):
    """A consent that a citizen gave, and did not withdraw.

    kind: that of the Record that `export` gives of it. since: UTC. href: where it is withdrawn by one button.
    """

    kind: str
    since: datetime
    href: str


class KeptFiles(Protocol):
    """Files that a feature keeps of a citizen, on their way into the ZIP of their own copy.

    count: how many there are. pieces: gives the bytes of the ZIP as they come. left_out: which files are missing from
    it and why, in words for the citizen; complete once `pieces` has ended.
    """

    @property
    def count(self) -> int: ...

    @property
    def left_out(self) -> Sequence[str]: ...

    def pieces(self) -> AsyncGenerator[bytes]: ...


class Tables(msgspec.Struct, frozen=True):
    """The duties of a feature with tables towards the citizens in them.

    export: gives all that is kept of a citizen.
    forget: deletes all of that, in the caller's transaction (`pool.as_citizen`).
    expire: deletes, in the role of the worker, what ended before a moment (UTC); returns how many rows.
    retire: deletes what these citizens gave us themselves, as they were not here for two years: in the worker's
    transaction (`pool.as_citizens`), for many at once; returns of whom there was anything. None: they give nothing.
    consents: lists the consents that a citizen gave and did not withdraw, the oldest first; opens nothing. None: no
    consent is asked.
    title: Dutch, the heading in a copy, where that is not the title of the feature's first place.
    words: Dutch for each kind of Record that `export` gives.
    after: ids of features whose `forget` runs before, since they put rows into these tables.
    forget_late: deletes what a request that was under way stored after everything was erased, and spares what arrived
    since and waits for its citizen. None: `forget` can do that.
    farewell: called in the transaction that erases everything, before any `forget`, with the citizen, their national
    number and the moment (UTC); keeps what a body is still to be told of the erasure, which `forget` spares; tells
    whether there is anything. None: no body is told.
    files: for the request of somebody signed in (`access.types.SignedInRequest`), gives the files that are kept of
    them, to be written into a ZIP (`ui.zipping.GrowingZip`) in the folder of that name. None: there are none.
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
    """An answer to a machine, in the OpenAPI document.

    means: in English, for whoever writes the machine's program. body: the type of the body, None without one. media:
    the media type of the body.
    """

    means: str
    body: Any = None
    media: str = "application/json"


class MachineOperation(msgspec.Struct, frozen=True, kw_only=True):
    """An operation that machines of bodies can ask, for the OpenAPI document; texts are English.

    route, method: the name of the address, and the HTTP method. summary, about: what it does, in some words, and what
    else there is to know, or "". scope: what the token must hold; "" where no token is needed.
    parts, query, body: the structs that read the parts of the address, its query and the body of the request; None
    where there is none. media: the media type of the body; one other than JSON, without a struct, is that of a file.
    answers: by status. Those that are the same everywhere (a bad token, a body too large, trouble of ours) are left
    out.
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
    """The declaration of a feature: all that it is to the rest of the portal. A module is given by its name, or "".

    package:    its package, with its templates, migrations and `help.toml`.
    urls:       the module with its addresses; prefix: the path that they begin with.
    navigation: gives its places in the navigation, in order; called once, when the first page is shown.
    blocks:     its blocks on the home page (`home`).
    manifest:   the module with the SECTION of bodies' manifests that it reads (`sources.sections`), or with the
                SECTIONS of datasets and of bodies.
    jobs:       the module with its tasks.
    mails:      the kinds of mail that it sends, subclasses of `mail.types.MailContent`.
    cookies:    what it keeps in browsers, for the cookie page.
    bodies:     its pages that accept larger requests than a form: name of the route -> most bytes. A larger one leads
                back to the page with `?te-groot=1`.
    checks:     system checks of Django, whose messages have an id and a cure.
    policy:     directive of the content security policy -> origins that its pages and blocks need beside our own.
    help:       what people can do with it, by the names in the help's `topics.toml`.
    links:      the module with links to its pages that others may show (`ui.links`).
    loans:      its lines in lists of other features.
    tables:     its duties towards citizens in its tables; None: it keeps nothing of anybody.
    unread:     its SQL function that counts what is new to a citizen, FEATURE_…(uuid) returning an int, "" for none.
                The statement that finds the session calls it on every page, so it must cost one look into an index,
                of rows that the citizen may see. The count is shown at the first place of its navigation.
    operations: all that machines of bodies can ask at its addresses (`/api/openapi.json`).
    programs:   modules that parse what strangers made, for `confined`.
    processings: the module whose function `processings` lists all that it does with personal data
                (`journal.types.Processing`), for the privacy policy and its register. Where that looks at manifests,
                `kept` lists those with tables without: they are listed also of a feature that is left out.
    rounds:     work that each process of the portal does about once a minute (`rounds`), with the moment (UTC): what
                needs keys or rights that the worker lacks. It locks the rows that it works on, since all do it.
    parsing:    the module for `manage.py parse FEATURE`, with `inquiry_about(insz)` and `describe(outcome)`: it shows
                what the feature reads of answers that are no dataset.
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
        """Give the last part of its package, with which its routes, templates and tables begin."""
        return self.package.rpartition(".")[2]
