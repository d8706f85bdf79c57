"""MAGDA's published schemas (`magda/xsd` beside the checkout), made ready to hold a question or an answer against."""

import re
from functools import cache
from pathlib import Path
from xml.sax.saxutils import quoteattr

from lxml import etree

from tests.beside import SHARED

MAGDA = SHARED / "magda"
XSD = MAGDA / "xsd"
BODY = "{http://schemas.xmlsoap.org/soap/envelope/}Body"
GENERIC = "http://generiek-02_00.vip.vlaanderen.be"

# Of one service only is the request published whole (GeefDmfaVoorWerknemer 03.00). Around its `Inhoud` it is what the
# schemas of all answers have as well, mirrored: Context, and a Vraag with its Referte. That is what this says.
REQUEST = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:g="{generic}" xmlns:s={namespace}
    xmlns:c={criteria_namespace} targetNamespace={namespace} elementFormDefault="unqualified">
  <xs:import namespace="{generic}" schemaLocation={generic_file}/>
  {criteria_import}
  <xs:element name="{service}"><xs:complexType><xs:sequence>
    <xs:element name="Verzoek"><xs:complexType><xs:sequence>
      <xs:element name="Context" type="g:ContextType"/>
      <xs:element name="Vragen"><xs:complexType><xs:sequence>
        <xs:element name="Vraag"><xs:complexType><xs:sequence>
          <xs:element name="Referte" type="g:ReferteType"/>
          <xs:element name="Inhoud"><xs:complexType><xs:sequence>
            {criteria}
            <xs:any processContents="skip" minOccurs="0" maxOccurs="unbounded"/>
          </xs:sequence></xs:complexType></xs:element>
        </xs:sequence></xs:complexType></xs:element>
      </xs:sequence></xs:complexType></xs:element>
    </xs:sequence></xs:complexType></xs:element>
  </xs:sequence></xs:complexType></xs:element>
</xs:schema>"""


def mistakes_in_question(envelope: bytes) -> list[str]:
    """List what is wrong with a question, in as far as its schema is published."""
    message = message_in(envelope)
    name = etree.QName(message)
    service, version = service_of(message)
    if name.localname != service:
        return [f"{name.localname} asks {service}"]
    return _mistakes(_request_schema(service, version, name.namespace or ""), message)


def mistakes_in_answer(envelope: bytes, question: bytes) -> list[str]:
    """List what is wrong with the answer to a question.

    What an answer calls itself in its Context is not looked at: published ones exist that name another service.
    """
    return _mistakes(_response_schema(*service_of(message_in(question))), message_in(envelope))


def message_in(envelope: bytes) -> etree._Element:
    """Take the one message out of a SOAP envelope."""
    (body,) = etree.fromstring(envelope).iterfind(BODY)
    (message,) = body
    return message


def service_of(message: etree._Element) -> tuple[str, str]:
    """Read the service and version that a message says it is of."""
    return message.findtext("*/Context/Naam") or "", message.findtext("*/Context/Versie") or ""


def namespace_of_answers(service: str, version: str) -> str:
    """Give the namespace of a service's answers, which is that of its questions."""
    return etree.parse(_folder(service, version) / f"{service}Response.xsd").getroot().get("targetNamespace", "")


@cache
def criteria_type(service: str) -> tuple[str, str, Path] | None:
    """Find the published type of a service's criteria: its namespace, its name, and the file it stands in."""
    pattern = re.compile(rf'complexType name="(Criteria{service}(?:\d_\d)?Type)"')
    for file in sorted(XSD.glob("*/*.xsd")):
        if found := pattern.search(file.read_text("utf-8")):
            return etree.parse(file).getroot().get("targetNamespace", ""), found[1], file
    return None


@cache
def _request_schema(service: str, version: str, namespace: str) -> etree.XMLSchema:
    """Give the schema of a question: the published one, else as much of it as is published."""
    whole = _folder(service, version) / f"{service}.xsd"
    if whole.exists():
        return etree.XMLSchema(etree.parse(whole))
    criteria_namespace, criteria, file = criteria_type(service) or (GENERIC, "", XSD)
    text = REQUEST.format(
        generic=GENERIC,
        generic_file=quoteattr((XSD / "Generiek-02.00" / "Generiek.xsd").as_uri()),
        service=service,
        namespace=quoteattr(namespace),
        criteria_namespace=quoteattr(criteria_namespace),
        criteria_import=criteria
        and f"<xs:import namespace={quoteattr(criteria_namespace)} schemaLocation={quoteattr(file.as_uri())}/>",
        criteria=criteria and f'<xs:element name="Criteria" type="c:{criteria}"/>',
    )
    return etree.XMLSchema(etree.fromstring(text))


@cache
def _response_schema(service: str, version: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(_folder(service, version) / f"{service}Response.xsd"))


def _folder(service: str, version: str) -> Path:
    (folder,) = XSD.glob(f"*.{service}Dienst-{version[:5]}/WebService")
    return folder


def _mistakes(schema: etree.XMLSchema, message: etree._Element) -> list[str]:
    schema.validate(etree.fromstring(etree.tostring(message)))
    return [error.message for error in schema.error_log]
