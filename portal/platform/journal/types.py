"""Nouns of the journal, after the Dutch processing-log standard (Logboek Dataverwerkingen).

The standard's terms are kept: trace and operation ids, status 0, 1 or 2, start and end in milliseconds since 1970
(UTC), the processing activity as the URI of a versioned register entry. The data subject has a random name of the
journal's own.
"""

import base64
import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec

from .errors import NotJournalled

# How one kind of data ended. `left`: the reader left before it came; `kept_…`: shown from what the session had kept.
Result = Literal["ready", "partial", "nothing", "late", "down", "left", "kept_ready", "kept_nothing"]


class OperationStatus(IntEnum):
    """How an operation ended, in the standard's numbers."""

    UNSET = 0  # the reader left half-way, or nothing was written of the end
    OK = 1
    ERROR = 2


class ActorKind(StrEnum):
    """Who did it."""

    CITIZEN = "citizen"  # the data subject in person: their name in the journal is not repeated
    BODY = "body"
    SYSTEM = "system"
    EMPLOYEE = "employee"
    PARENT = "parent"  # of the data subject, who is a minor or has died; named as the journal names them


class Purpose(msgspec.Struct, frozen=True):
    """Why personal data is asked or shown: a constant of whoever does so.

    operation: the name of the operation in the journal, in English. sentence: the purpose in the register, in Dutch.
    """

    operation: str
    sentence: str


class Actor(msgspec.Struct, frozen=True):
    """Who did it: a body by its folder's name, a component of the system by its own, a parent by their name in
    the journal (in entries of before by their pseudonym).

    A citizen who looks at their own data has no name here.
    """

    kind: ActorKind
    name: str | None = None


CITIZEN = Actor(ActorKind.CITIZEN)
WORKER = Actor(ActorKind.SYSTEM, "worker")
PORTAL = Actor(ActorKind.SYSTEM, "portal")


class Occasion(msgspec.Struct, frozen=True):
    """Whose data is read or changed, when, on account of what, and by whom: an argument of every such function.

    citizen_id:     the data subject.
    now:            UTC. The clock is read once, so all that one request leads to bears one time.
    correlation_id: a UUID as text; that of the request, or of the job's row when nobody asks.
    subject:        the data subject as the journal names them (`keys.subjects`), where the transaction was begun with
                    it; without it, it is found when something is written down.
    """

    citizen_id: UUID
    now: datetime
    correlation_id: str
    actor: Actor = CITIZEN
    subject: UUID | None = None


class Activity(msgspec.Struct, frozen=True, dict=True):
    """A processing activity, as it stands in the register: which data, of whom, for what, on which ground.

    body, dataset: the names in their manifests. services: SERVICE/VERSION each, those of lookups too. retention: how
    long the portal keeps the data, in Dutch, as title, purpose and legal_basis. The id is a hash of all of this: an
    activity that is changed is another one, and none can be changed unseen.
    """

    body: str
    body_name: str
    dataset: str
    title: str
    purpose: str
    legal_basis: str
    services: tuple[str, ...]
    retention: str

    @cached_property
    def id(self) -> bytes:
        """Hash all fields (SHA-256, 32 bytes): the key of the register."""
        return hashlib.sha256(msgspec.msgpack.encode(("journal activity 1", *msgspec.structs.astuple(self)))).digest()

    @property
    def name(self) -> str:
        """Write AGENCY.DATASET, the dataset's name everywhere."""
        return f"{self.body}.{self.dataset}"

    @property
    def uri(self) -> str:
        """Write the processing activity id of the standard, as a named information URI (RFC 6920)."""
        return f"ni:///sha-256;{base64.urlsafe_b64encode(self.id).rstrip(b'=').decode()}"


def own_activity(dataset: str, *, title: str, purpose: str, legal_basis: str, retention: str) -> Activity:
    """Describe an activity with data that the portal itself keeps; title, purpose and the rest are Dutch."""
    return Activity(
        body="burgerprofiel",
        body_name="Mijn Burgerprofiel",
        dataset=dataset,
        title=title,
        purpose=purpose,
        legal_basis=legal_basis,
        services=(),
        retention=retention,
    )


class Processing(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of work with personal data, as its room declares it for the policy and the register; texts are Dutch.

    function:      the part of the portal that it is for, as people read it.
    activities:    all that can be journalled of it; an `*` in the name of a dataset stands for any letters.
    is_controller: the portal's own data controller decides about it; else it works on behalf of the body.
    tables:        what is kept of citizens and visitors for it (`[terms]` of `rights.toml`).
    body:          whose data it is about, by its folder's name, where no activity says it: it only comes in.
    data:          which data these are, where the titles of its activities do not say it.
    purpose, legal_basis: where no activity says them.
    """

    function: str
    activities: tuple[Activity, ...] = ()
    is_controller: bool = False
    tables: tuple[str, ...] = ()
    body: str = ""
    data: tuple[str, ...] = ()
    purpose: str = ""
    legal_basis: str = ""


class Operation(msgspec.Struct, frozen=True):
    """One processing of one citizen's data, about to begin. Its activities differ in their names.

    trace_id:     16 bytes, the same for all that one request leads to.
    operation_id: 8 bytes.
    citizen_id:   the data subject; None for what the system does to nobody in particular.
    started_at:   UTC.
    subject:      as in an Occasion; an operation that was written down has it, where it is about somebody.
    """

    trace_id: bytes
    operation_id: bytes
    name: str
    actor: Actor
    citizen_id: UUID | None
    started_at: datetime
    activities: tuple[Activity, ...]
    parent_operation_id: bytes | None = None
    subject: UUID | None = None


class Journalled(msgspec.Struct, frozen=True):
    """An operation that stands in the journal: what whoever asks or opens personal data must hold.

    Only `journal.actions` gives one (tests/house asserts it); it counts from the commit on.
    """

    operation: Operation

    def check(self, names: Iterable[str]) -> None:
        """Raise NotJournalled unless all of these datasets (AGENCY.DATASET) are in it."""
        missing = set(names) - {activity.name for activity in self.operation.activities}
        if missing:
            raise NotJournalled(", ".join(sorted(missing)))


class JoinedCall(NamedTuple):
    """A call of an SQL function in the same message that writes an entry (`actions.record_asked_at_once`).

    call:       in SQL, with placeholders; it sets by itself whose rows the function sees.
    parameters: of its placeholders, by name; none has a name that the journal's own statements use.
    """

    call: str
    parameters: Mapping[str, object]

    @property
    def statement(self) -> str:
        """Write the statement of the call by itself, without an entry."""
        return f"select * from {self.call}"  # noqa: S608 - a fixed text of ours


def begin(name: str, activities: Sequence[Activity], occasion: Occasion) -> Operation:
    """Make a new operation for an occasion; writes nothing yet.

    Raise ValueError when the occasion's correlation id is no UUID.
    """
    trace_id = UUID(occasion.correlation_id).bytes
    return Operation(
        trace_id,
        os.urandom(8),
        name,
        occasion.actor,
        occasion.citizen_id,
        occasion.now,
        tuple(activities),
        subject=occasion.subject,
    )


class Use(msgspec.Struct, frozen=True):
    """One kind of data in an access. result: None when no end was written."""

    activity: Activity
    result: Result | None


class Access(msgspec.Struct, frozen=True):
    """An entry of the journal with its end: one access to a citizen's data, as they may read it.

    at, ended_at: UTC. trace_id, operation_id: those of its `Operation`.
    """

    id: int
    at: datetime
    ended_at: datetime | None
    name: str
    actor: Actor
    status: OperationStatus
    uses: tuple[Use, ...]
    trace_id: bytes
    operation_id: bytes


class SealingState(msgspec.Struct, frozen=True):
    """When a worker last came to seal the journal (UTC; None: never), and what keeps it from that; for operators.

    age: how long ago that was, by the clock of the database.
    """

    looked_at: datetime | None
    trouble: str | None
    age: timedelta | None = None
