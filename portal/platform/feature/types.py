"""The nouns with which a feature declares itself, in `FEATURE` of its own `feature.py`.

What is not declared there does not exist for the rest of the portal: no page, no navigation, no job, no mail.
docs/architecture.md tells what each part leads to.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.core.checks import CheckMessage
from psycopg import AsyncConnection


class Place(msgspec.Struct, frozen=True):
    """A page in the navigation: its title in Dutch, the name of its route, and the arguments of that.

    stands_alone: pages whose address begins with its own have places of their own, so it is not shown as theirs.
    """

    title: str
    route: str
    arguments: Mapping[str, str] = {}
    stands_alone: bool = False


class Block(msgspec.Struct, frozen=True):
    """A part of the start page of whoever is signed in: a template, and its `content` for a citizen.

    order: the lowest comes first; blocks of the same order stand as their features do.
    """

    name: str
    order: int
    template: str
    content: Callable[[UUID], Awaitable[Mapping[str, Any]]]


class Line(msgspec.Struct, frozen=True):
    """One line in a list of another feature: Dutch words, the address behind them, and since when (UTC)."""

    title: str
    state: str
    href: str
    since: datetime


class Loan(msgspec.Struct, frozen=True):
    """What a feature lends to a list of another. to: the id of the feature whose list it is."""

    to: str
    lines: Callable[[UUID], Awaitable[Sequence[Line]]]


class Record(msgspec.Struct, frozen=True):
    """One thing that a feature keeps of a citizen, for their own copy of all that we have. Never printed.

    kind: which sort of thing it is, in code. value: words, the bytes of a picture, or what JSON can hold; None when
    it cannot be opened any more. since: UTC. consent: the text that they agreed to, "" where the ground is another.
    """

    kind: str
    value: object
    since: datetime
    consent: str = ""

    def __repr__(self) -> str:
        return "Record(…)"


class Tables(msgspec.Struct, frozen=True):
    """What a feature with tables owes the citizens in them.

    export: gives a citizen all that is kept of them.
    forget: takes all of that away, in the caller's transaction (`pool.as_citizen`).
    expire: takes away, in the role of the worker, what ended before a moment (UTC); returns how many rows.
    """

    export: Callable[[UUID], Awaitable[Sequence[Record]]]
    forget: Callable[[AsyncConnection[Any], UUID], Awaitable[None]]
    expire: Callable[[datetime], Awaitable[int]]


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


def _nowhere() -> Sequence[Place]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """All that a feature is to the rest of the portal.

    package:    where it stands; its templates, migrations and `help.toml` are found there.
    urls:       the module with its addresses, "" for none; prefix: what they begin with.
    navigation: gives its places in the navigation, in order; called once, when the first page is shown.
    blocks:     its parts of the start page.
    manifest:   the module with the SECTION of bodies' manifests that it reads (`sources.sections`), "" for none.
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
    programs:   modules that read what strangers made, for `confined`.
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
    programs: Sequence[str] = ()

    @property
    def id(self) -> str:
        """Name it by the last part of its package, as its routes, templates and tables do."""
        return self.package.rpartition(".")[2]
