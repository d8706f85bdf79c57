"""The index page: it explains the town and has the forms that set its switches."""

from typing import get_args

from aiohttp import web

from .faults.handshakes import HANDSHAKES, HandshakeMode
from .faults.switches import Mode
from .pages import no_icon, page, style
from .people import personas
from .provider.state import Tampering
from .state import TOWN
from .watching import state_of

# What each fault is called in the form, and what it does.
_WORDS: dict[Mode, tuple[str, str]] = {
    "ok": ("werkt", "antwoordt zoals het hoort"),
    "hang": ("antwoordt nooit", "houdt de vraag vast zonder iets te zeggen"),
    "503": ("niet beschikbaar", "HTTP 503"),
    "soap-fault": ("defect", "HTTP 500 met een SOAP-fout; JSON-bronnen: HTTP 502"),
    "broken": ("afgebroken", "de eerste helft van een antwoord, alsof dat alles is"),
    "partial": (
        "onvolledig",
        "het antwoord en de melding dat een bron erachter ontbreekt; bij aanmelden: geen ID-token",
    ),
    "reset": ("verbreekt", "een TCP-reset midden in het antwoord"),
    "drip": ("druppelt", "telkens één byte, trager dan iemand wil wachten"),
    "tls": ("TLS mislukt", "een TLS-alarm in plaats van een antwoord; zonder TLS een reset"),
    "huge": ("reusachtig", "een antwoord van 50 MB"),
    "wrong-encoding": ("foute tekens", "zegt UTF-16 te zijn en is dat niet"),
    "wrong-root": ("fout omhulsel", "een ander hoofdelement, of een lijst in plaats van een object"),
    "redirect": ("verwijst door", "HTTP 302 naar elders"),
    "html": ("webpagina", "HTTP 200 met een webpagina"),
    "other-person": ("andere persoon", "een antwoord over iemand anders"),
    "twice": ("dubbel", "twee antwoorden in één"),
    "204-exceptions": (
        "leeg met fout",
        "HTTP 204 met een fout in de kop x-magda-exceptions; alleen bij JSON-bronnen",
    ),
    "down": ("ligt plat", "mail: elke verbinding wordt meteen verbroken"),
    "temporary": ("weigert even", "mail: 451 voor elke bestemmeling"),
    "permanent": ("weigert voorgoed", "mail: 550 voor elke bestemmeling; loketten: HTTP 422"),
    "unsealed": ("zonder zegel", "een attest zonder digitale handtekening"),
    "changed": ("veranderd", "een attest dat na het zegel veranderd is"),
    "revoked": ("ingetrokken", "een attest met een ingetrokken certificaat"),
    "expired": ("vervallen zegel", "een attest met een vervallen certificaat"),
    "wrong-use": ("verkeerd certificaat", "een attest met een certificaat van een webserver"),
    "not-yet-valid": ("nog niet geldig", "een attest met een certificaat dat nog niet geldt"),
    "other-paper": ("attest van een ander", "een gezegeld attest over iemand anders, onder het juiste nummer"),
    "no-pdf": ("geen PDF", "een tekst in plaats van een attest"),
    "no-document": ("leeg attest", "een antwoord zonder document"),
    "base64": ("afgebroken attest", "de helft van het document, in een heel antwoord"),
    "another_box": ("andere brievenbus", "eBox: berichten die voor iemand anders bestemd zijn"),
    "wrong_digest": ("foute vingerafdruk", "eBox: de vingerafdruk van een ander bestand"),
    "endless": ("eindeloos", "eBox: elke pagina van de lijst is de eerste, en er zijn er altijd nog"),
    "broken_off": ("stopt halverwege", "eBox: een bestand houdt halverwege op"),
}

_HANDSHAKES: dict[HandshakeMode, str] = {
    "ok": "werkt",
    "refused": "weigert iedereen",
    "stranger": "onbekende uitgever",
    "expired": "vervallen certificaat",
    "elsewhere": "certificaat van een ander adres",
    "refuses-client": "weigert ons certificaat",
}


def add_to(app: web.Application) -> None:
    """Add the index and the style sheet that all pages use."""
    app.router.add_get("/", index)
    app.router.add_get("/town.css", style)
    app.router.add_get("/favicon.ico", no_icon)


async def index(request: web.Request) -> web.Response:
    """Show the town's services, its people and the fault of each source."""
    town = request.app[TOWN]
    provider = town.provider
    return page(
        "index.html",
        settings=town.settings,
        people=personas(town.library),
        others=len(town.library.people),
        services=sorted((*pair, domain) for pair, domain in town.library.domains.items()),
        state=state_of(town),
        modes=[(mode, *words) for mode, words in _WORDS.items()],
        modes_of={name: switch.modes for name, switch in town.switches.items()},
        words=_WORDS,
        provider=provider,
        weather=town.weather,
        handshake=town.handshake,
        handshakes=[(mode, _HANDSHAKES[mode]) for mode in HANDSHAKES],
        service_paths=sorted(town.sources.by_path),
        forms_paths=sorted(town.sources.forms),
        tampering=get_args(Tampering),
    )
