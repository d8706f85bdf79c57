"""The cookies of access: their names, how they are set and removed, and what the cookie policy says of them."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpResponseBase
from django.utils.translation import gettext_noop as _

from portal.platform.feature.types import CookieDeclaration
from portal.platform.language.middleware import COOKIE as LANGUAGE_COOKIE

SESSION = "__Host-mbp-sessie"
PENDING = "__Host-mbp-aanmelden-"  # followed by the beginning of the state: one for each sign-in
PENDING_SECONDS = 600
DESTINATION_SECONDS = 60  # within which a double click, a reload or a second tab repeats a return
OUR_HOST = urlsplit(settings.PORTAL_ORIGIN).hostname or ""

# Every cookie that signing in sets, ours and the provider's, as annex 2 lists them.
DECLARED = (
    CookieDeclaration(
        component="Mijn Burgerprofiel",
        names=(SESSION,),
        purpose=_(
            "Herkent uw browser zolang u aangemeld bent. Zonder deze cookie kunnen wij uw gegevens niet openen."
        ),
        type="Cookie",
        domain=OUR_HOST,
        processor="Vlaamse overheid",
        validity=_("Sessie: tot u afmeldt, 15 minuten niets doet, of ten laatste na 12 uur"),
    ),
    CookieDeclaration(
        component="Mijn Burgerprofiel",
        names=(f"{PENDING}*",),
        purpose=_("Zorgt ervoor dat alleen de browser waarin u begint met aanmelden, het aanmelden kan afronden."),
        type="Cookie",
        domain=OUR_HOST,
        processor="Vlaamse overheid",
        validity=_("10 minuten, of korter als u eerder aangemeld bent"),
    ),
    CookieDeclaration(
        component="Vlaams toegangsbeheer",
        names=(
            "AMWEBJCT!%2Fsps!JSESSIONID",
            "AMWEBJCT!%2Fsps!https://authenticatie.vlaanderen.be/sps/spfas2/saml20FIMSAML20",
            "PD-H-SESSION-ID",
            "PD_STATEFUL_*",
            "tbsession",
        ),
        purpose=_(
            "Sessiegebaseerde cookies die het mogelijk maken om gebruikers te herkennen op een webpagina "
            "van het Vlaams toegangsbeheer."
        ),
        type="Cookie",
        domain="authenticatie.vlaanderen.be",
        processor="Vlaamse overheid",
        validity=_("Sessie"),
    ),
    CookieDeclaration(
        component="Vlaams toegangsbeheer",
        names=("vo-authmethod", "vo-cot"),
        purpose=_(
            "Permanente cookies die gebruikt worden door het Vlaams toegangsbeheer om de laatst gebruikte "
            "aanmeldkeuzes bij te houden. Een voorbeeld hiervan is het laatst gebruikte authenticatiemiddel "
            "(zoals itsme)."
        ),
        type="Cookie",
        domain="authenticatie.vlaanderen.be",
        processor="Vlaamse overheid",
        validity=_("1 maand"),
    ),
)

LANGUAGE = CookieDeclaration(
    component="Mijn Burgerprofiel",
    names=(LANGUAGE_COOKIE,),
    purpose=_("Onthoudt de taal die u koos. Wie de site in het Nederlands leest, krijgt deze cookie niet."),
    type="Cookie",
    domain=OUR_HOST,
    processor="Vlaamse overheid",
    validity=_("Sessie: tot u uw browser afsluit, of opnieuw Nederlands kiest"),
)


def set_session(response: HttpResponseBase, value: str) -> None:
    """Give the browser its session secret, until it is closed."""
    _set(response, SESSION, value, max_age=None)


def set_pending(response: HttpResponseBase, name: str, value: str) -> None:
    """Give the browser the secret of a sign-in under way, for ten minutes."""
    _set(response, name, value, max_age=PENDING_SECONDS)


def set_destination(response: HttpResponseBase, name: str, value: str) -> None:
    """Replace the secret of a sign-in by the address that it led to (`pending.write_destination`), for a minute."""
    _set(response, name, value, max_age=DESTINATION_SECONDS)


def pending_names(cookies: Mapping[str, str]) -> list[str]:
    """Name the cookies of the sign-ins under way."""
    return [name for name in cookies if name.startswith(PENDING)]


def remove(response: HttpResponseBase, *names: str) -> None:
    """Make the browser forget cookies of ours."""
    for name in names:
        response.delete_cookie(name, path="/", samesite="Lax")


def _set(response: HttpResponseBase, name: str, value: str, *, max_age: int | None) -> None:
    response.set_cookie(name, value, max_age=max_age, path="/", secure=True, httponly=True, samesite="Lax")
