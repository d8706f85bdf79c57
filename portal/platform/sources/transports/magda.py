"""Ask a MAGDA service: SOAP 1.1 over mutual TLS (contract: `contracts/magda.md` 1.4).

Real MAGDA has an address per service and version, the public mock one for all: `MAGDA_URL` may hold `{domain}`,
`{service}` and `{version}`.
"""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from string import Template
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from django.conf import settings

from ..catalogue import Entry, Question
from ..manifest import Magda
from ..reading.outcomes import Down, Outcome
from . import wire
from .answer import Answer
from .magda_answer import read_answer

BRUSSELS = ZoneInfo("Europe/Brussels")
HEADERS = {"Content-Type": "text/xml;charset=UTF-8", "SOAPAction": '""'}
ENVELOPE = Template(
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header/><soapenv:Body>'
    '<m:${service} xmlns:m="${namespace}"><Verzoek><Context><Naam>${service}</Naam><Versie>${version}</Versie>'
    "<Bericht><Type>VRAAG</Type><Tijdstip><Datum>${date}</Datum><Tijd>${time}</Tijd></Tijdstip><Afzender>"
    "<Identificatie>${sender}</Identificatie><Referte>${referte}</Referte>${capacity}</Afzender></Bericht>"
    "</Context><Vragen><Vraag><Referte>${referte}</Referte>${content}</Vraag></Vragen></Verzoek></m:${service}>"
    "</soapenv:Body></soapenv:Envelope>"
)


async def ask(question: Question, values: Mapping[str, str], *, correlation_id: str) -> Answer | Down:
    """Ask one question; `values` fill in its template (`insz`: 11 digits).

    Whatever happens upstream comes back as a value; only cancellation passes through. The deadline is the caller's.
    """
    service = question.service
    assert isinstance(service, Magda)  # noqa: S101 - chosen by the caller's table
    referte = str(uuid.uuid4())
    content = Template(question.template).substitute({name: escape(value) for name, value in values.items()})
    body = envelope(service, content, referte, datetime.now(UTC))
    # SOAP 1.1 sends its faults with status 500; anything else with that status is not an answer.
    came = await wire.post(address(service), body, HEADERS, expected=(200, 500))
    if isinstance(came, Down):
        return came
    status, data = came
    if status == 500 and b"Fault" not in data:
        return Down("status", "HTTP 500")
    return Answer(data, referte, datetime.now(UTC))


def read(answer: Answer, entry: Entry, insz: str | None) -> Outcome:
    """Read one dataset's part of an answer; never raises."""
    return read_answer(answer.data, entry, asked_at=answer.asked_at, referte=answer.reference, insz=insz)


def address(service: Magda) -> str:
    """Fill in the address of a service."""
    address: str = settings.MAGDA_URL
    return (
        address.replace("{domain}", service.domain)
        .replace("{service}", service.service)
        .replace("{version}", service.version[:5])
    )


def envelope(service: Magda, content: str, referte: str, now: datetime) -> bytes:
    """Write the question around its `Inhoud`. `now` becomes Belgian time, as MAGDA wants it."""
    local = now.astimezone(BRUSSELS)
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
        content=content,
    ).encode()
