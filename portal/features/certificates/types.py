"""The nouns of certificates."""

from collections.abc import Mapping
from enum import StrEnum

from django.utils.translation import gettext_noop as _

from portal.platform.ipdc.themes import ServiceTheme
from portal.platform.journal.types import Purpose
from portal.platform.kit.unprinted import Unprinted

# Why it is asked, as the journal and its register say it.
LIST = Purpose("list own certificates", _("U bekijkt welke attesten en vergunningen u kunt opvragen."))
FETCH = Purpose("fetch own certificate", _("U vraagt een attest of een vergunning op."))

PDF = "application/pdf"
LARGEST = 20 * 1024 * 1024  # bytes of a document


class Kind(StrEnum):
    """What a document is to its holder: each has a list of its own."""

    ATTEST = "attest"
    PERMIT = "permit"


class Offer(Unprinted, frozen=True):
    """A certificate that somebody can ask for. Never printed: which one has may say much of them.

    source: the body's folder; key: the offer's own in addresses, without anything of anybody in it. That of an offer
        from a list is of one session only: what its body calls it may hold a national number.
    title: official, in the language that holds; titles: the same by language, as far as it is known.
    languages: those that it can be had in (nl, fr, de, en), in that order.
    former: titles that it had before; words: others by which people look for it; about: what it says, "" if unknown.
    year: of which it is, where it is of a year. product: its number in the IPDC, "" where none is known.
    municipality: the NIS code of the municipality that it is of, where it is of one.
    is_of_municipality: it is issued by the municipality where somebody lives, and only some offer it.
    """

    source: str
    key: str
    title: str
    languages: tuple[str, ...]
    kind: Kind
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
    """What one source offers somebody; left_out: of how many others in its list nobody can make anything."""

    found: tuple[Offer, ...]
    left_out: int = 0


class Version(Unprinted, frozen=True):
    """A certificate of a list in one language. below: where the body has it, below its address about the person."""

    language: str
    name: str
    below: str


class Certificate(Unprinted, frozen=True):
    """A certificate that a body has for somebody, as its list says. Never printed. id: the body's own."""

    id: str
    versions: tuple[Version, ...]
    year: int | None = None
    municipality: str | None = None


class CertificateList(Unprinted, frozen=True):
    """A body's list for somebody. left_out: of how many nobody can make anything."""

    found: tuple[Certificate, ...]
    left_out: int = 0


class Document(Unprinted, frozen=True):
    """A certificate as its body made it, whole and unjudged. Never printed. name: what it is called, in Dutch."""

    content: bytes
    media_type: str
    name: str


class NoDocument(StrEnum):
    """Why a certificate was not handed over, as a page explains it."""

    NOT_OFFERED = "not_offered"  # the municipality does not offer this one
    BRUSSELS = "brussels"  # the municipality lies there, and answers itself
    WALLONIA = "wallonia"
    ABROAD = "abroad"
    NOWHERE = "nowhere"  # the register names no municipality
    RESIDENCE_UNKNOWN = "residence_unknown"  # it could not be asked where somebody lives
    UNKNOWN = "unknown"  # nobody here offers such a certificate
    NOT_IN_LANGUAGE = "not_in_language"  # the body does not make it in this language
    NUMBER = "number"  # the body refuses the national number
    NONE = "none"  # the body has nothing of this kind for this person
    GONE = "gone"  # it was in the list, and is there no more
    NOT_ALLOWED = "not_allowed"  # the body does not answer this question to us
    BUSY = "busy"
    DOWN = "down"
    LATE = "late"
    ANOTHER = "another"  # what came is about somebody else
    NO_PDF = "no_pdf"  # what came is no document: a page, a text, or nothing
    DAMAGED = "damaged"  # what came is broken off, or cannot be read
    TOO_LARGE = "too_large"
    OFF = "off"  # switched off, or in announced maintenance
    NOT_SURE = "not_sure"  # somebody did not sign in surely enough


class NotHanded(StrEnum):
    """Why a document that came was not handed over, or one was not asked for."""

    CHANGED = "changed"  # its seal does not fit what it says
    UNCHECKED = "unchecked"  # it could not be judged now
    NO_ROOM = "no_room"  # what was chosen together is too large for one file
    NO_TIME = "no_time"  # what was chosen together takes too long
