"""Ask a MAGDA service: SOAP 1.1 over mutual TLS (contract: `contracts/magda.md` 1.4).

Real MAGDA has an address per service and version, the public mock one for all: `MAGDA_URL` may hold `{domain}`,
`{service}` and `{version}`.
"""

import asyncio
import ssl
import uuid
from datetime import UTC, datetime
from functools import cache
from string import Template
from zoneinfo import ZoneInfo

import aiohttp
from django.conf import settings

from ..catalogue import Entry
from ..reading.outcomes import Down, Outcome
from .magda_answer import read_answer

BRUSSELS = ZoneInfo("Europe/Brussels")
LARGEST_ANSWER = 4 * 1024 * 1024  # bytes; the largest published answer is 130 kB
HEADERS = {
    "Content-Type": "text/xml;charset=UTF-8",
    "SOAPAction": '""',
    # No compression: the size cap then holds for what we parse as well.
    "Accept-Encoding": "identity",
}
ENVELOPE = Template(
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header/><soapenv:Body>'
    '<m:${service} xmlns:m="${namespace}"><Verzoek><Context><Naam>${service}</Naam><Versie>${version}</Versie>'
    "<Bericht><Type>VRAAG</Type><Tijdstip><Datum>${date}</Datum><Tijd>${time}</Tijd></Tijdstip><Afzender>"
    "<Identificatie>${sender}</Identificatie><Referte>${referte}</Referte>${capacity}</Afzender></Bericht>"
    "</Context><Vragen><Vraag><Referte>${referte}</Referte>${content}</Vraag></Vragen></Verzoek></m:${service}>"
    "</soapenv:Body></soapenv:Envelope>"
)

_session: aiohttp.ClientSession | None = None


async def ask(entry: Entry, insz: str) -> Outcome:
    """Ask one dataset about one person; `insz` is 11 digits.

    Returns an outcome for whatever happens upstream; only cancellation passes through. The deadline is the
    caller's.
    """
    referte = str(uuid.uuid4())
    question = envelope(entry, insz, referte, datetime.now(UTC))
    try:
        async with _client().post(address(entry), data=question, headers=HEADERS, ssl=_tls()) as response:
            if response.status not in (200, 500):
                return Down("status", f"HTTP {response.status}")
            answer = await _read_capped(response)
    except (aiohttp.ClientError, OSError) as error:
        return Down("connection", type(error).__name__)
    if answer is None:
        return Down("unreadable", "answer too large")
    # SOAP 1.1 sends its faults with status 500; anything else with that status is not an answer.
    if response.status == 500 and b"Fault" not in answer:
        return Down("status", "HTTP 500")
    return read_answer(answer, entry, asked_at=datetime.now(UTC), referte=referte, insz=insz)


def address(entry: Entry) -> str:
    """Fill in the address of a service."""
    service = entry.dataset.magda
    address: str = settings.MAGDA_URL
    return (
        address.replace("{domain}", service.domain)
        .replace("{service}", service.service)
        .replace("{version}", service.version[:5])
    )


def envelope(entry: Entry, insz: str, referte: str, now: datetime) -> bytes:
    """Write the question. `now` becomes Belgian time, as MAGDA wants it."""
    local = now.astimezone(BRUSSELS)
    service = entry.dataset.magda
    capacity = f"<Hoedanigheid>{settings.MAGDA_CAPACITY}</Hoedanigheid>" if settings.MAGDA_CAPACITY else ""
    return ENVELOPE.substitute(
        service=service.service,
        namespace=service.namespace,
        version=service.version,
        date=local.strftime("%Y-%m-%d"),
        time=local.strftime("%H:%M:%S.") + f"{local.microsecond // 1000:03d}",
        sender=settings.MAGDA_SENDER,
        capacity=capacity,
        referte=referte,
        content=Template(entry.question).substitute(insz=insz),
    ).encode()


async def close() -> None:
    """Close the worker's connections."""
    global _session
    if _session is not None:
        await _session.close()
        _session = None


async def _read_capped(response: aiohttp.ClientResponse) -> bytes | None:
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > LARGEST_ANSWER:
            response.close()
            return None
        parts.append(part)
    return b"".join(parts)


def _client() -> aiohttp.ClientSession:
    """One session a worker: connections and TLS sessions are reused over all services."""
    global _session
    if _session is None or _session.closed:
        _session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60, loop=asyncio.get_running_loop()),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
        )
    return _session


@cache
def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=settings.MAGDA_CA_FILE)
    context.load_cert_chain(settings.MAGDA_CLIENT_CERTIFICATE_FILE, settings.MAGDA_CLIENT_KEY_FILE)
    return context
