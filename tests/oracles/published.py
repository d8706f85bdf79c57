"""MAGDA's published schemas (`../shared/magda/xsd`), made ready to hold a question or an answer against."""

import re
from functools import cache
from pathlib import Path
from xml.sax.saxutils import quoteattr

from lxml import etree

from portal.platform.sources.manifest import Magda

ROOT = Path(__file__).resolve().parents[2]
MAGDA = ROOT.parent / "shared" / "magda"
XSD = MAGDA / "xsd"
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


@cache
def request_schema(service: Magda) -> etree.XMLSchema:
    """Give the schema of a question: the published one, else as much of it as is published."""
    whole = _folder(service) / f"{service.service}.xsd"
    if whole.exists():
        return etree.XMLSchema(etree.parse(whole))
    criteria = criteria_type(service.service)
    namespace, name, file = criteria or (GENERIC, "", XSD)
    text = REQUEST.format(
        generic=GENERIC,
        generic_file=quoteattr((XSD / "Generiek-02.00" / "Generiek.xsd").as_uri()),
        service=service.service,
        namespace=quoteattr(service.namespace),
        criteria_namespace=quoteattr(namespace),
        criteria_import=f"<xs:import namespace={quoteattr(namespace)} schemaLocation={quoteattr(file.as_uri())}/>"
        if criteria
        else "",
        criteria=f'<xs:element name="Criteria" type="c:{name}"/>' if criteria else "",
    )
    return etree.XMLSchema(etree.fromstring(text))


@cache
def response_schema(service: Magda) -> etree.XMLSchema:
    """Give the published schema of an answer."""
    return etree.XMLSchema(etree.parse(_folder(service) / f"{service.service}Response.xsd"))


@cache
def criteria_type(service: str) -> tuple[str, str, Path] | None:
    """Find the published type of a service's criteria: its namespace, its name, and the file it stands in."""
    pattern = re.compile(rf'complexType name="(Criteria{service}(?:\d_\d)?Type)"')
    for file in sorted(XSD.glob("*/*.xsd")):
        if found := pattern.search(file.read_text("utf-8")):
            return etree.parse(file).getroot().get("targetNamespace", ""), found[1], file
    return None


def mistakes(schema: etree.XMLSchema, envelope: bytes) -> list[str]:
    """List what is wrong with the one message in a SOAP envelope."""
    (body,) = etree.fromstring(envelope).iterfind("{http://schemas.xmlsoap.org/soap/envelope/}Body")
    (message,) = body
    schema.validate(etree.fromstring(etree.tostring(message)))
    return [error.message for error in schema.error_log]


def _folder(service: Magda) -> Path:
    return XSD / f"{service.domain}.{service.service}Dienst-{service.version[:5]}" / "WebService"
