"""The words for a notice, the same on its page, in the list and in mails.

The constants, `sentence_of` and `phase_of` are in Dutch, for whoever shows them to translate (`translated` in
templates); `body_of` and `service_of` give names in the current language.
"""

from django.utils.translation import gettext_noop as _

from portal.platform.dosis import codes
from portal.platform.language.current import current
from portal.platform.language.texts import translate

from . import section
from .types import EBOX, EboxDocument, EboxNews, ListedNotice

UNREADABLE = _("Deze melding kunnen wij niet meer lezen.")
CHANGED = _("De stand van uw dossier is veranderd.")
# What stands in the place of a body that is no longer connected, for which `body_of` gives "".
GONE = _("een dienst die niet meer aangesloten is")

EBOX_NAME = _("Overheidsdocumenten (eBox)")
EBOX_SENDER = _("een overheidsdienst")
# They name neither sender nor subject, since mails have them too.
EBOX_NEWS = {
    EboxNews.NEW: _("Er staat een nieuw document in uw eBox."),
    EboxNews.UNREAD: _("Een document in uw eBox is nog niet gelezen."),
    EboxNews.EXPIRING: _("Een document in uw eBox is nog niet gelezen en verdwijnt binnenkort."),
    EboxNews.ASKED: _("U vroeg om u opnieuw over een document in uw eBox te vertellen."),
}


def document_of(listed: ListedNotice) -> EboxDocument | None:
    """Give the document of the eBox that a notice is about; None for any other, and one that we cannot read."""
    return listed.notice.document if listed.notice else None


def body_of(listed: ListedNotice) -> str:
    """Give the name of the sender of a notice, in the current language; "" for a body that is no longer connected."""
    if listed.body == EBOX:
        document = document_of(listed)
        names = document.sender if document else {}
        return names.get(current()) or names.get("nl") or next(iter(names.values()), translate(EBOX_SENDER))
    agency = section.body(listed.body)
    return agency.words.short if agency else ""


def service_of(listed: ListedNotice) -> str:
    """Give the name of the service of a notice, in the current language.

    "" where it is in no manifest any more, and for a notice that we cannot read.
    """
    if listed.body == EBOX:
        return translate(EBOX_NAME)
    agency, notice = section.body(listed.body), listed.notice
    found = section.of(agency).services.get(notice.product) if agency and notice else None
    return found.name if found else ""


def sentence_of(listed: ListedNotice) -> str:
    """Give our sentence for what changed, in Dutch; a general one for a status that we do not know."""
    if listed.notice is None:
        return UNREADABLE
    if listed.notice.document is not None:
        return EBOX_NEWS[listed.notice.document.news]
    return codes.STATUSES.get(codes.status_of(listed.notice.status), CHANGED)


def phase_of(listed: ListedNotice) -> str:
    """Give our word for the phase of a notice, in Dutch; "" for a code that we do not know."""
    phase = codes.phase_of(listed.notice.phase) if listed.notice else None
    return codes.PHASES[phase] if phase else ""


def own_words_of(listed: ListedNotice) -> str:
    """Give the body's own words, or else its code, for a status that we have no sentence for; "" otherwise."""
    notice = listed.notice
    if notice is None or notice.document is not None or codes.status_of(notice.status):
        return ""
    return notice.said or notice.detail or notice.status
