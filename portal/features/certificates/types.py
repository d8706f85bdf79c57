"""Types of certificates: offers, lists, documents, and why there is no document."""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.translation import gettext_noop as _

from portal.platform.ipdc.themes import ServiceTheme
from portal.platform.journal.types import Purpose
from portal.platform.kit.unprinted import Unprinted

# Why bodies are asked, in the journal and its register.
LIST = Purpose("list own certificates", _("U bekijkt welke attesten en vergunningen u kunt opvragen."))
FETCH = Purpose("fetch own certificate", _("U vraagt een attest of een vergunning op."))

PDF = "application/pdf"
LARGEST = 20 * 1024 * 1024  # bytes of a document


class CertificateKind(StrEnum):
    """Which of the two lists a certificate stands in."""

    ATTEST = "attest"
    PERMIT = "permit"


class Offer(Unprinted, frozen=True):
    """A certificate that somebody can ask for. Never printed: which one has may say much of them.

    source: the id of the body; key: the offer's own in addresses, without anything personal. The key of an offer from
        a list holds for one session only, as the body's own id may hold a national number.
    title: official, in the current language; titles: by language, as far as they are known.
    languages: of the document (nl, fr, de, en), in that order.
    former: earlier titles; words: others by which people look for it; about: what it says, "" if unknown.
    year: that the certificate is about, if any. product: its number in the IPDC, "" where none is known.
    municipality: the NIS code of the municipality that it is about, if any.
    is_of_municipality: the municipality where the citizen lives issues it, and not all do.
    """

    source: str
    key: str
    title: str
    languages: tuple[str, ...]
    kind: CertificateKind
    theme: ServiceTheme | None = None
    titles: Mapping[str, str] = {}
    former: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    about: str = ""
    year: int | None = None
    product: str = ""
    municipality: str | None = None
    is_of_municipality: bool = False


class Offers(Unprinted, frozen=True):
    """What one body offers a citizen. left_out: how many more items of its list could not be read."""

    found: tuple[Offer, ...]
    left_out: int = 0


class CertificateVersion(Unprinted, frozen=True):
    """A certificate of a list in one language. below: its path, below the body's address about the person."""

    language: str
    name: str
    below: str


class Certificate(Unprinted, frozen=True):
    """A certificate that a body holds for a citizen, as its list says. Never printed. id: the body's own."""

    id: str
    versions: tuple[CertificateVersion, ...]
    year: int | None = None
    municipality: str | None = None


class CertificateList(Unprinted, frozen=True):
    """A body's list for a citizen. left_out: how many more of its items could not be read."""

    found: tuple[Certificate, ...]
    left_out: int = 0


class Document(Unprinted, frozen=True):
    """A certificate as its body sent it, not judged yet. Never printed. name: its title in Dutch."""

    content: bytes
    media_type: str
    name: str


class NoDocument(StrEnum):
    """Why a certificate was not handed over, as a page explains it."""

    NOT_OFFERED = "not_offered"  # the municipality does not offer this one
    BRUSSELS = "brussels"  # the municipality lies in Brussels, and issues certificates itself
    WALLONIA = "wallonia"
    ABROAD = "abroad"
    NOWHERE = "nowhere"  # the register names no municipality
    RESIDENCE_UNKNOWN = "residence_unknown"  # the register could not be asked where the citizen lives
    UNKNOWN = "unknown"  # nobody here offers such a certificate
    NOT_IN_LANGUAGE = "not_in_language"  # the body does not make it in this language
    NUMBER = "number"  # the body refuses the national number
    NONE = "none"  # the body has nothing of this kind for this person
    GONE = "gone"  # it was in the body's list, and is not any more
    NOT_ALLOWED = "not_allowed"  # the body does not answer this question to us
    BUSY = "busy"
    DOWN = "down"
    LATE = "late"
    ANOTHER = "another"  # the document is about somebody else
    NO_PDF = "no_pdf"  # the answer is no document: a page, a text, or nothing
    DAMAGED = "damaged"  # the document is broken off, or cannot be read
    TOO_LARGE = "too_large"
    OFF = "off"  # switched off, or in announced maintenance
    NOT_SURE = "not_sure"  # the citizen signed in at too low an assurance


class NotHanded(StrEnum):
    """Why a document that was fetched was not handed over, or none was asked for, in a ZIP or alone."""

    CHANGED = "changed"  # its seal does not fit what it says
    UNCHECKED = "unchecked"  # it could not be judged now
    NO_ROOM = "no_room"  # the documents chosen together are too large for one ZIP
    NO_TIME = "no_time"  # the documents chosen together take too long
    ENDED = "ended"  # the session ended meanwhile
