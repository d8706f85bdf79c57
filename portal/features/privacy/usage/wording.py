"""Entries of the journal in plain words: who it was, what they did, with what result. No person is named."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Activity, Actor, ActorKind, Use
from portal.platform.language import dates, texts
from portal.platform.language.current import current
from portal.platform.language.dates import BRUSSELS
from portal.platform.language.offer import DUTCH
from portal.platform.language.translations import InDutch
from portal.platform.sources import catalogue

WORKER = "worker"  # the actor that the journal names for jobs
WHO: Mapping[ActorKind, str] = {
    ActorKind.CITIZEN: _("U zelf"),
    ActorKind.PARENT: _("Een ouder van u"),
    ActorKind.SYSTEM: _("Het portaal"),
    ActorKind.EMPLOYEE: _("Een medewerker"),
}
NOT_CONNECTED = _("Een dienst waarmee dit portaal niet meer verbonden is")
BY_ITSELF = _("Het portaal, zonder dat er iemand keek")
APPLICATION = _("Mijn Burgerprofiel")
APPLICATION_BEHIND = _("Mijn Burgerprofiel, op de achtergrond")

# What became of one kind of data.
RESULTS: Mapping[str | None, str] = {
    "ready": _("gegeven"),
    "partial": _("gedeeltelijk gegeven"),
    "nothing": _("er waren geen gegevens"),
    "late": _("niet gekregen: het antwoord kwam niet op tijd"),
    "down": _("niet gekregen: niet bereikbaar of geweigerd"),
    "left": _("niet getoond: de pagina was al gesloten voor het antwoord kwam"),
    "kept_ready": _("getoond uit wat eerder in dezelfde sessie was opgehaald"),
    "kept_nothing": _("er waren geen gegevens, zo bleek eerder in dezelfde sessie"),
    None: _("niet bekend: het einde werd niet opgeschreven"),
}
# The same for what the portal keeps itself, where somebody did something rather than being given it.
OWN_RESULTS: Mapping[str | None, str] = {**RESULTS, "ready": _("gelukt"), "down": _("niet gelukt")}

# What was done, by the name of the operation. One that the portal no longer has is shown by its purpose alone.
DONE: Mapping[str, str] = {
    "sign in": _("Aangemeld"),
    "look at own data": _("Gegevens bekeken"),
    "look at a child's data": _("Gegevens van een kind bekeken"),
    "look at who used own data": _("Bekeken wie gegevens gebruikte"),
    "look at own sessions": _("Aanmeldingen bekeken"),
    "list own certificates": _("Lijst van attesten bekeken"),
    "fetch own certificate": _("Attest opgevraagd"),
    "look at own dossiers": _("Dossiers bekeken"),
    "look at reported dossiers": _("Gemelde dossiers bekeken"),
    "mark dossiers as seen": _("Dossiers als gezien aangeduid"),
    "report wrong data": _("Fout gemeld"),
    "deliver a correction": _("Melding van een fout bezorgd"),
    "status of a correction": _("Antwoord op een melding gegeven"),
    "look at own reports": _("Eigen meldingen bekeken"),
    "list own mailbox messages": _("Lijst van de eBox bekeken"),
    "read own mailbox message": _("Document in de eBox geopend"),
    "look at own mailbox consents": _("Koppelingen van de eBox bekeken"),
    "ask whether who linked their mailbox died": _("Nagegaan of de koppeling nog geldt"),
    "hide or show own mailbox message": _("Document in de eBox verborgen of getoond"),
    "look at own mailbox link": _("Koppeling van de eBox bekeken"),
    "link own mailbox": _("eBox gekoppeld"),
    "withdraw own mailbox link": _("eBox ontkoppeld"),
    "end mailbox link of who died": _("Koppeling van de eBox beëindigd"),
    "mark own document as paid": _("Document als betaald aangeduid"),
    "mark own document as not paid": _("Document als niet betaald aangeduid"),
    "tell own mailbox consent": _("Koppeling doorgegeven aan de eBox"),
    "arrange own documents": _("Documenten in de eBox geordend"),
    "make own document folder": _("Map in de eBox gemaakt"),
    "rename own document folder": _("Map in de eBox een andere naam gegeven"),
    "remove own document folder": _("Map in de eBox verwijderd"),
    "ask to be reminded of own document": _("Herinnering aan een document gevraagd"),
    "take back a reminder of own document": _("Herinnering aan een document weggenomen"),
    "look at own reminders of documents": _("Herinneringen aan documenten bekeken"),
    "remind of own document": _("Aan een document herinnerd"),
    "begin own archive of mailbox copies": _("Eigen archief begonnen"),
    "end own archive of mailbox copies": _("Eigen archief gestopt"),
    "look at own archive of mailbox copies": _("Eigen archief bekeken"),
    "keep copy of own document": _("Kopie van een document bewaard"),
    "open own copy of document": _("Kopie van een document geopend"),
    "delete own copy of document": _("Kopie van een document gewist"),
    "take in events of own mailbox": _("Nieuws uit de eBox opgehaald"),
    "look at own notices": _("Meldingen bekeken"),
    "look at own contact preferences": _("Contactvoorkeuren bekeken"),
    "choose contact preferences": _("Contactvoorkeuren gekozen"),
    "withdraw contact preferences": _("Contactvoorkeuren ingetrokken"),
    "ask whether a mail is wanted": _("Nagegaan of een e-mail gewenst is"),
    "send a mail": _("E-mail verstuurd"),
    "mail a code": _("E-mail met een code klaargezet"),
    "warn of a new device": _("E-mail over een nieuw toestel klaargezet"),
    "tell of a changed address": _("E-mail over een gewijzigd adres klaargezet"),
    "look at own profile": _("Profiel bekeken"),
    "propose for own profile": _("Iets voor het profiel voorgesteld"),
    "withdraw what was proposed": _("Voorstel voor het profiel ingetrokken"),
    "five wrong codes": _("Vijf keer een foute code ingevuld"),
    "give to own profile": _("Profiel aangevuld"),
    "choose the main address of own profile": _("Hoofdadres gekozen"),
    "remove from own profile": _("Iets uit het profiel verwijderd"),
    "announce that the profile goes": _("E-mail klaargezet: uw profiel verdwijnt binnenkort"),
    "take away the profile after two years": _("Profiel weggehaald na twee jaar"),
    "take own copy of everything": _("Kopie van alles opgehaald"),
    "ask for a right": _("Verzoek over een recht gedaan"),
    "look at own requests": _("Eigen verzoeken bekeken"),
    "close an own request": _("Eigen verzoek afgesloten"),
    "forward a request": _("Verzoek doorgestuurd"),
    "say what became of a request": _("Antwoord op een verzoek gegeven"),
}


def who(actor: Actor, journal_name: str) -> str:
    """Say who it was: oneself, a parent, the portal, a body by its name. journal_name: as in `name_of_body`."""
    if actor.kind is ActorKind.BODY:
        return name_of_body(actor.name or "", journal_name)
    if actor.kind is ActorKind.SYSTEM and actor.name == WORKER:
        return texts.gettext(BY_ITSELF)
    return texts.gettext(WHO[actor.kind])


def name_written(actor: Actor, uses: Iterable[Use]) -> str:
    """Find how the register names the body that did it, by its own data; "" where it was with others'."""
    return next((use.activity.body_name for use in uses if use.activity.body == actor.name), "")


def function_of(actor: Actor) -> str:
    """Say the function in which an employee did it; "" for others."""
    return _dutch(actor.name or "") if actor.kind is ActorKind.EMPLOYEE else ""


def application_of(actor: Actor, journal_name: str) -> str:
    """Say from which application it was done: the portal for people, its own work, or that of a body (as `who`)."""
    if actor.kind is ActorKind.BODY:
        return texts.gettext(_("Een toepassing van %(body)s")) % {"body": who(actor, journal_name)}
    return texts.gettext(APPLICATION_BEHIND if actor.kind is ActorKind.SYSTEM else APPLICATION)


def in_words(name: str) -> str:
    """Say what an operation did, by its name; "" for one without words in DONE."""
    return texts.gettext(DONE[name]) if name in DONE else ""


def result_of(use: Use) -> str:
    """Say with what result one kind of data was used."""
    return texts.gettext((RESULTS if use.activity.services else OWN_RESULTS)[use.result])


def services_of(activity: Activity) -> Sequence[str]:
    """Name the services of a body by which it was asked; an address in its place is for programs alone."""
    return [service for service in activity.services if not service.startswith(("/", "http"))]


def title_of(activity: Activity) -> str:
    """Name the data of an activity in the current language; a body's as its manifest translates it."""
    entry = catalogue.installed().entry(activity.name)
    if entry is not None and entry.dataset.title == activity.title:
        return entry.words.title
    return own_text(activity.title)


def legal_basis_of(activity: Activity) -> str:
    """Give the legal basis in the current language; a body's as its manifest translates it."""
    entry = catalogue.installed().entry(activity.name)
    if entry is not None and entry.dataset.legal_basis == activity.legal_basis:
        return entry.words.legal_basis
    return own_text(activity.legal_basis)


def name_of_body(body: str, journal_name: str) -> str:
    """Name a body by its id; by its name in the journal, where this portal is not connected to it any more."""
    for agency in catalogue.installed().agencies:
        if agency.id == body:
            return agency.words.name
    return _dutch(journal_name) if journal_name else texts.gettext(NOT_CONNECTED)


def own_text(text: str) -> str:
    """Translate a text of ours in the journal; one without translation stays, marked as Dutch."""
    return texts.translate(text) if texts.translate(text) != text else _dutch(text)


def texts_of(activity: Activity) -> Iterator[str]:
    """Give all texts of an activity that people read, in Dutch and in the current language, to be searched."""
    yield from (activity.title, activity.body_name, activity.purpose, activity.legal_basis, *activity.services)
    if current() != DUTCH:
        yield title_of(activity)
        yield name_of_body(activity.body, activity.body_name)
        yield own_text(activity.purpose)


def time_of(moment: datetime) -> str:
    """Write the time of day in Belgium; in the hour that comes twice when summer time ends, also which one it was."""
    local = moment.astimezone(BRUSSELS)
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return dates.clock(moment)
    words = _("%(time)s (wintertijd)") if local.fold else _("%(time)s (zomertijd)")
    return texts.gettext(words) % {"time": dates.clock(moment)}


def _dutch(text: str) -> str:
    return text if current() == DUTCH else InDutch(text)
