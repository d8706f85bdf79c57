"""How soon somebody has the first byte of a certificate, over the time that its source itself takes.

The source answers after 400 ms and the time that the town needs to make and seal the document. That is measured
without the portal, by a question over the same kind of connection. Then somebody asks for the same certificate on its
page, and the time until the first byte of the document is in it counts: after the journal, the register's answer on
where they live (which the session has), the source, and the check of the seal. Both are measured in turns, so that a
busy machine slows both down.
"""

import http.client
import re
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import closing
from urllib.parse import urlencode, urlsplit

from deploy.local.house import House, running_house

from . import bodies, browser
from .browser import SESSION, UnexpectedAnswerError
from .figures import Figure, median, p95, ratios, round_off
from .scene import RAISED, turn

TARGET = 1.3
LATENCY_MS = 400
WARM_UP, SAMPLES = 3, 40
SOURCE = "rijksregister-attesten"
PAGE = "/attesten/vraag/rijksregister.gezinssamenstelling/"
# The size of the next chunk may stand between the field's name and the document.
_BEGUN = re.compile(rb'name="stuk" value="(?:\r\n[0-9a-fA-F]+\r\n)?[A-Za-z0-9_-]')
_QUESTION = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><v:Vraag xmlns:v="urn:bench"><Verzoek>'
    "<Context><Naam>GeefAttest</Naam><Versie>02.00.0000</Versie><Bericht><Afzender><Identificatie>bench"
    "</Identificatie><Referte>bench</Referte></Afzender></Bericht></Context><Vragen><Vraag><Referte>bench</Referte>"
    f"<Inhoud><Criteria><INSZ>{bodies.PERSON}</INSZ><Attest><Naam>Gezinssamenstelling</Naam><Taal>nl</Taal></Attest>"
    "</Criteria><GemeenteVanAfgifte>13003</GemeenteVanAfgifte><Taal>nl</Taal></Inhoud>"
    "</Vraag></Vragen></Verzoek></v:Vraag></s:Body></s:Envelope>"
)


def measure() -> Figure:
    """Measure forty questions and forty pages, in turns."""
    with running_house(RAISED) as house:
        turn(house, SOURCE, "ok", LATENCY_MS)
        cookie = browser.sign_in(house.portal, bodies.PERSON)
        form = form_of(house, cookie)
        sources, pages = [], []
        for _ in range(WARM_UP + SAMPLES):
            sources.append(_source_s(house.environment))
            pages.append(page_s(house, cookie, form))
        sources, pages = sources[WARM_UP:], pages[WARM_UP:]
    more: dict[str, object] = {"median": round_off(median(ratios(pages, sources))), "samples": SAMPLES}
    more |= {"source_ms": round_off(1000 * median(sources)), "page_ms": round_off(1000 * median(pages))}
    return Figure("certificate_first_byte_ratio", p95(ratios(pages, sources)), "ratio", TARGET, more)


def form_of(house: House, cookie: str) -> dict[str, str]:
    """Read the form of a certificate's page."""
    with closing(http.client.HTTPConnection(urlsplit(house.portal).netloc, timeout=20)) as connection:
        connection.request("GET", PAGE, headers={"Cookie": f"{SESSION}={cookie}"})
        page = connection.getresponse().read().decode()
    return {**browser.hidden_in(page), "taal": "nl"}


def _source_s(environment: Mapping[str, str]) -> float:
    """Ask the source itself, on a connection that is open already, as the portal's is; return the seconds."""
    context = ssl.create_default_context(cafile=environment["MAGDA_CA_FILE"])
    context.load_cert_chain(environment["MAGDA_CLIENT_CERTIFICATE_FILE"], environment["MAGDA_CLIENT_KEY_FILE"])
    address = urlsplit(environment["MAGDA_URL"])
    with closing(http.client.HTTPSConnection(address.netloc, timeout=20, context=context)) as connection:
        connection.connect()
        started = time.perf_counter()
        headers = {"Content-Type": "text/xml;charset=UTF-8", "SOAPAction": '""'}
        connection.request("POST", address.path, _QUESTION.encode(), headers)
        response = connection.getresponse()
        answer = response.read()
        took = time.perf_counter() - started
    if response.status != 200 or b"<Document>" not in answer:
        raise UnexpectedAnswerError(f"the source answers {response.status}, {len(answer)} bytes")
    return took


def page_s(house: House, cookie: str, form: Mapping[str, str]) -> float:
    """Ask for the certificate on its page; return the seconds until it begins. Raise UnexpectedAnswerError."""
    address = urlsplit(house.portal)
    body = urlencode(form).encode()
    head = (
        f"POST {PAGE}maken/ HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: {SESSION}={cookie}\r\nConnection: close\r\n"
        f"Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}"
    )
    page, begun = b"", None
    with socket.create_connection(("127.0.0.1", address.port or 80), timeout=20) as connection:
        started = time.perf_counter()
        connection.sendall(f"{head}\r\n\r\n".encode() + body)
        while received := connection.recv(65536):
            page += received
            if begun is None and _BEGUN.search(page):
                begun = time.perf_counter()
    if begun is None:
        why = re.search(rb'data-why="([^"]*)"', page)
        raise UnexpectedAnswerError(f"{page.split(bytes([13]), 1)[0]!r} {why[1] if why else page[-200:]!r}")
    return begun - started
