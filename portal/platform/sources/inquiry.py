"""The inquiry, one thing to ask of a body about a person; and the consultation: who asks, about whom, and why."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from portal.platform.access.types import Session
from portal.platform.journal.types import Activity, ActorKind, Occasion, Purpose
from portal.platform.kit.unprinted import Unprinted

from .catalogue import Agency, SourceQuestion
from .manifest import Service
from .reading.facts import Fact
from .reading.outcomes import Outcome


class ReadContent[T](NamedTuple):
    """What a reader made of the content of an answer.

    unread: the places that it did not read. is_empty: the content says nothing about the person.
    """

    value: T
    unread: list[str]
    is_empty: bool


# Reads the content of an answer (the Inhoud as XML, or a decoded JSON object) with the remarks beside it, as notes.
type Reader[T] = Callable[[Any, Sequence[Fact]], ReadContent[T]]
# Asks a second question about a value of the first answer, and gives its outcome.
type AskOne = Callable[["Inquiry[Any, Any]", str], Awaitable[Outcome[Any]]]


class Inquiry[K, T](Unprinted, frozen=True, kw_only=True):
    """One thing to ask of a body about a person, and how its answer becomes a T. Never printed.

    key:         the caller's own name for it, which comes back with the outcome.
    name:        AGENCY.WHAT, by which the journal, the store and the log know it; unique in a consultation.
    question:    what is sent; equal questions with equal values are sent once.
    service:     the table of the question's transport, with all that reading the answer needs.
    values:      what fills in the question beside the person's number (`insz`).
    activity:    gives the journal's activity of asking it for a purpose.
    kept_as:     the type that T is packed by for the session's store; None: it is never kept.
    deadline_s:  seconds from the question to its answer. assurance: how surely its reader must be signed in.
    bound:       cuts an outcome to the size that can be used, and marks it as partial then.
    names_behind: missing parts are named after the source behind MAGDA, where MAGDA's exception names it.
    follow:      asks second questions for what an answer only names, and gives the outcome with their answers.
    """

    key: K
    name: str
    agency: Agency
    question: SourceQuestion
    service: Service
    reader: Reader[T]
    activity: Callable[[Purpose], Activity]
    kept_as: Any = None
    deadline_s: float = 2.0
    assurance: str = "substantial"
    values: Mapping[str, str] = {}
    names_behind: bool = False
    bound: Callable[[Outcome[T]], Outcome[T]] | None = None
    follow: Callable[[Outcome[T], AskOne], Awaitable[Outcome[T]]] | None = None

    @property
    def transport(self) -> str:
        """Name the transport that speaks the service's protocol."""
        return self.service.transport


# An inquiry with its outcome.
type InquiryOutcome[K, T] = tuple[Inquiry[K, T], Outcome[T]]


class Consultation(Unprinted, frozen=True):
    """Who consults bodies, about whom, and why. Never printed.

    session:  in which answers are kept; None before there is one.
    occasion: about whom, when, and who consults; a parent who consults is not the data subject.
    insz:     the number of the data subject, whose pseudonym stands in the occasion.
    purpose:  why it is asked, as the journal writes it.

    Raises ValueError for a number and an occasion of two people, or another's data without the name of who looks.
    """

    session: Session | None
    occasion: Occasion
    insz: str
    purpose: Purpose

    def __post_init__(self) -> None:
        """Refuse a number of another person than the occasion's, and another's data looked at as one's own."""
        if self.session is None:
            return
        is_own = self.session.citizen_id == self.occasion.citizen_id
        if is_own != (self.session.identity.insz == self.insz):
            raise ValueError("the number and the occasion are not of the same person")
        if not is_own and self.occasion.actor.kind is ActorKind.CITIZEN:
            raise ValueError("the occasion does not say who looks at another's data")

    @property
    def is_about_another(self) -> bool:
        """Tell whether somebody who is signed in consults about somebody else."""
        return self.session is not None and self.kept_under is not None

    @property
    def kept_under(self) -> str | None:
        """Give the number under which the session keeps answers: None for those about its own citizen."""
        is_own = self.session is not None and self.session.citizen_id == self.occasion.citizen_id
        return None if is_own else self.insz


def of_oneself(session: Session, occasion: Occasion, purpose: Purpose) -> Consultation:
    """Make the consultation of somebody who looks at their own data."""
    known = msgspec.structs.replace(occasion, subject=session.journal_subject)
    return Consultation(session, known, session.identity.insz, purpose)
