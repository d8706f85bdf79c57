"""Write a question to MAGDA, send it, and give its answer unread: SOAP 1.1 over mutual TLS (contract `magda.md` 1.4).

Real MAGDA has an address per service and version, the public mock one for all: `MAGDA_URL` may hold `{domain}`,
`{service}` and `{version}`.

The Body is written in its canonical form (exclusive C14N), so that signing it takes no canonicalisation: the template
of a question is made canonical once, and values are put into it escaped as that form demands.
"""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from string import Template
from zoneinfo import ZoneInfo

from django.conf import settings
from lxml import etree

from portal.platform.kit.errors import PortalError

from ..manifest import TODAY, Magda
from ..reading.outcomes import Down
from ..reading.xml import parse_xml
from . import mutual_tls, signed_answer, ws_security
from .answer import AnswerText

BRUSSELS = ZoneInfo("Europe/Brussels")
HEADERS = {"Content-Type": "text/xml;charset=UTF-8", "SOAPAction": '""'}
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_BODY = (
    f'<soapenv:Body xmlns:soapenv="{SOAP}" xmlns:wsu="{ws_security.WSU}" wsu:Id="{ws_security.BODY_ID}">'
    '<m:%(service)s xmlns:m="%(namespace)s"><Verzoek><Context><Naam>%(service)s</Naam><Versie>%(version)s</Versie>'
    "<Bericht><Type>VRAAG</Type><Tijdstip><Datum>${_date}</Datum><Tijd>${_time}</Tijd></Tijdstip><Afzender>"
    "<Identificatie>${_sender}</Identificatie><Referte>${_referte}</Referte>%(capacity)s</Afzender></Bericht>"
    "</Context><Vragen><Vraag><Referte>${_referte}</Referte>%(content)s</Vraag></Vragen></Verzoek></m:%(service)s>"
    "</soapenv:Body>"
)
_CAPACITY = "<Hoedanigheid>${_capacity}</Hoedanigheid>"
_OPEN = f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{SOAP}"><soapenv:Header>'
_MIDDLE = "</soapenv:Header>"
_CLOSE = b"</soapenv:Envelope>"


class BadQuestionError(PortalError):
    """The file of a question cannot be used."""

    code = "question"


async def put(
    service: Magda, content: str, values: Mapping[str, str], sent: list[str], *, has_document: bool = False
) -> AnswerText | Down:
    """Put one question to a service; `values` fill in its content; its reference is added to `sent`.

    has_document: the answer holds a document, and may be as large as documents are. Failures upstream come back as
    values. The deadline is the caller's.
    """
    referte = str(uuid.uuid4())
    sent.append(referte)
    message = envelope(service, content, values, referte, datetime.now(UTC))
    # SOAP 1.1 sends its faults with status 500; any other body with that status is no answer.
    answer = await mutual_tls.post(
        address(service),
        message,
        HEADERS,
        expected=(200, 500),
        is_lenient=settings.MAGDA_CA_LENIENT,
        has_document=has_document,
    )
    if isinstance(answer, Down):
        return answer
    status, data = answer.status, answer.data
    if status == 500 and b"Fault" not in data:
        return Down("status", "HTTP 500")
    if settings.MAGDA_ANSWER_CA_FILE:
        signed = await signed_answer.verify(data)
        if isinstance(signed, Down):
            return signed
        data = signed
    return AnswerText(data, referte, datetime.now(UTC), has_more=answer.has_more)


def address(service: Magda) -> str:
    """Fill in the address of a service."""
    address: str = settings.MAGDA_URL
    return (
        address.replace("{domain}", service.domain)
        .replace("{service}", service.service)
        .replace("{version}", service.version[:5])
    )


def envelope(service: Magda, content: str, values: Mapping[str, str], referte: str, now: datetime) -> bytes:
    """Write a whole question around its `Inhoud`, signed if so configured. `now` (UTC) becomes Belgian time."""
    body = body_of(service, content, values, referte, now)
    signer = ws_security.signer()
    header = signer.header(body, now) if signer else ""
    return (_OPEN + header + _MIDDLE).encode() + body + _CLOSE


def body_of(service: Magda, content: str, values: Mapping[str, str], referte: str, now: datetime) -> bytes:
    """Write the Body of a question; its text is its exclusive canonical form.

    Raises BadQuestionError when the content is not XML or has a variable within an attribute, KeyError
    when a value is missing.
    """
    local = now.astimezone(BRUSSELS).isoformat(timespec="milliseconds")
    capacity = settings.MAGDA_CAPACITY
    given = {name: _escape(value) for name, value in values.items()} | {
        TODAY: local[:10],
        "_date": local[:10],
        "_time": local[11:23],
        "_sender": _escape(settings.MAGDA_SENDER),
        "_capacity": _escape(capacity),
        "_referte": referte,
    }
    form = _form(service.service, service.namespace, service.version, content, bool(capacity))
    return (form % given).encode()


def _escape(value: str) -> str:
    """Write a text as canonical XML does."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#xD;")


@cache
def _form(service: str, namespace: str, version: str, content: str, has_capacity: bool) -> str:
    """Make the canonical template of a question, for the operator %, which costs a quarter of `Template`.

    Only text is filled in later, so a filled-in question is canonical too.
    """
    text = _BODY % {
        "service": service,
        "namespace": namespace,
        "version": version,
        "capacity": _CAPACITY if has_capacity else "",
        "content": content.strip(),
    }
    try:
        root = parse_xml(text.encode())
    except PortalError as error:
        raise BadQuestionError(f"the question of {service} is not XML: {error}") from error
    if any("$" in str(value) for element in root.iter() for value in element.attrib.values()):
        raise BadQuestionError(f"the question of {service} has a variable within an attribute")
    canonical = etree.tostring(root, method="c14n", exclusive=True, with_comments=False).decode()
    form = Template(canonical.replace("%", "%%"))
    return form.substitute({name: f"%({name})s" for name in form.get_identifiers()})
