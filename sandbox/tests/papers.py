"""Make throw-away keys, certificates and answer files for a test town."""

import datetime
import ipaddress
import json
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

CALLBACK = "http://localhost:8000/aanmelden/terug/"
SIGNED_OUT = "http://localhost:8000/afgemeld/"
NOON = 1_800_000_000.0  # the clock of the town in tests
NUMBER = "71690999827"
OTHER = "00610100123"
BROKEN = "61610100123"
EMPTY = "62610100123"  # a body's sample says that there is nothing about this person
NOBODY = "63610100123"  # no body has a sample about this person
JSON_PATH = "/v1/cursussen"
JSON_SCOPE = "dv_test_cursussen_v1_G"
DOSSIER_NUMBER = "D-1"
FORMS_PATH = "/v1/eerste/forms"
DESK_PATH = "/v1/courses/verbeteringen"
DESK_SCOPE = "dv_courses_verbeteringen_v1_P"


def new_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def write_clients(folder: Path, key: RSAPrivateKey) -> Path:
    """Register `portal`, with all scopes, and `small`, with openid only; both hold the same key."""
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "portal.pub").write_bytes(public)
    file = folder / "clients.json"
    file.write_text(
        json.dumps(
            [
                {
                    "client_id": name,
                    "public_key_file": "portal.pub",
                    "redirect_uris": [CALLBACK],
                    "post_logout_redirect_uris": [SIGNED_OUT],
                    "scopes": scopes,
                }
                for name, scopes in (
                    ("portal", ["openid", "profile", "rrn", "vo", "dv_*"]),
                    ("small", ["openid", "dv_small_G"]),
                )
            ]
        )
    )
    return file


def write_certificates(folder: Path) -> None:
    """Write ca.pem, and a certificate (.pem) with its key (.key) for town and client, and three to be refused."""
    key = new_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
    authority = _builder(name, name, key).add_extension(x509.BasicConstraints(True, 0), True)
    authority = authority.add_extension(_usage(signs_certificates=True), True)
    (folder / "ca.pem").write_bytes(authority.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    for who in ("town", "client", "stranger", "expired", "elsewhere"):
        own = new_key()
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, who)])
        host = ipaddress.ip_address("127.0.0.2" if who == "elsewhere" else "127.0.0.1")
        address = x509.SubjectAlternativeName([x509.IPAddress(host)])
        issuer, signer = (subject, own) if who == "stranger" else (name, key)
        certificate = (
            _builder(subject, issuer, own, days_ago=1 if who == "expired" else 0)
            .add_extension(address, False)
            .add_extension(_usage(signs_certificates=False), True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False)
            .sign(signer, hashes.SHA256())
        )
        (folder / f"{who}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
        (folder / f"{who}.key").write_bytes(
            own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        )


def write_agency(folder: Path) -> None:
    """Write one body with a manifest, personas and samples of GeefPersoon."""
    samples = folder / "register" / "samples"
    answers = samples / "Persoon" / "GeefPersoon" / "02.02.0000"
    answers.mkdir(parents=True)
    (folder / "register" / "agency.toml").write_text(
        '[[datasets]]\nid = "person"\nsource = "Testregister"\n'
        'magda = { service = "GeefPersoon", version = "02.02.0000" }\n'
    )
    write_json_agency(folder)
    write_dossier_agencies(folder)
    (samples / "personas.toml").write_text(f'"{NUMBER}" = "An Peeters: heeft twee voornamen"\n')
    (answers / f"{NUMBER}.xml").write_text(answer(NUMBER, "An", "Peeters"))
    (answers / "notfound.xml").write_text(answer("", "", ""))


def write_json_agency(folder: Path) -> None:
    """Write a body with a JSON source: an answer about NUMBER, a failure about OTHER, invalid JSON about BROKEN."""
    body = folder / "courses"
    answers = body / "samples" / "rest" / "courses.taken"
    answers.mkdir(parents=True)
    (body / "agency.toml").write_text(
        f'[[datasets]]\nid = "taken"\nsource = "Cursussen"\ntransport = "rest"\n'
        f'rest = {{ path = "{JSON_PATH}", scope = "{JSON_SCOPE}" }}\n'
        f'[datasets.correction]\nkind = "form"\nsource = "Loket"\npath = "{DESK_PATH}"\nscope = "{DESK_SCOPE}"\n'
        '[datasets.lookup]\nof = "school"\nsource = "Scholen"\n'
        '[datasets.lookup.magda]\nservice = "GeefSchool"\nversion = "01.00.0000"\n'
    )
    (answers / f"{NUMBER}.json").write_text(json.dumps({"persoon": {"insz": NUMBER}, "cursussen": ["NT2"]}))
    problem = {"title": "Bad Gateway", "status": 502, "detail": "the source failed", "instance": "a"}
    (answers / f"{OTHER}.problem.json").write_text(json.dumps({"status": 502, "problem": problem}))
    (answers / f"{BROKEN}.json").write_text("{")
    (answers / f"{EMPTY}.204").write_bytes(b"")
    (body / "samples" / "personas.toml").write_text(
        f'"{EMPTY}" = "Cas Van den Broeck: volgde niets"\n"{OTHER}" = "Altijd fout"\n"{NOBODY}" = "Nergens bekend"\n'
    )


def write_dossier_agencies(folder: Path) -> None:
    """Write two bodies with a dossier about NUMBER each; the source of the first serves the dossiers of both."""
    for source in ("EERSTE", "TWEEDE"):
        answers = folder / source.lower() / "samples" / "Dossier" / "GeefDossiers" / "02.00.0000"
        answers.mkdir(parents=True)
        (answers / f"{NUMBER}.xml").write_text(dossier_answer(source))
    (folder / "eerste" / "agency.toml").write_text(
        '[dossiers]\nsources = ["EERSTE"]\n'
        '[dossiers.question]\nsource = "dossiers"\nmagda = { service = "GeefDossiers", version = "02.00.0000" }\n'
        f'[dossiers.forms]\nsource = "Formulieren"\npath = "{FORMS_PATH}"\n'
        '[notifications]\nuris = ["urn:test:eerste"]\n[notifications.services.1]\nname = "Een"\n'
    )
    forms = [{"id": f"f{n}", "product": str(n), "url": f"https://eerste.example/{n}"} for n in range(1, 13)]
    (folder / "eerste" / "samples" / "forms.json").write_text(json.dumps(forms))


def dossier_answer(source: str) -> str:
    """Write an answer with one dossier of a source."""
    return (
        '<w:GeefDossiersResponse xmlns:w="http://webservice.geefdossiersdienst-02_00.dossier-02_00.vip.vlaanderen.be">'
        "<Repliek><Context><Naam>GeefDossiers</Naam><Versie>02.00.0000</Versie><Bericht><Type>ANTWOORD</Type>"
        "<Tijdstip><Datum>2026-01-01</Datum><Tijd>12:00:00</Tijd></Tijdstip><Afzender><Identificatie>old"
        "</Identificatie><Referte>old</Referte></Afzender><Ontvanger><Identificatie>old</Identificatie><Referte>old"
        "</Referte></Ontvanger></Bericht></Context><Antwoorden><Antwoord><Referte>old</Referte><Inhoud><Dossiers>"
        f"<Dossier><DossierMutaties><DossierMutatie><Identificatie><Bron>{source}</Bron><Dossiernummer>{DOSSIER_NUMBER}"
        f"</Dossiernummer></Identificatie><Naam>Dossier van {source}</Naam><Status><Code>InBehandeling</Code>"
        "<Fase>Behandeling</Fase><DatumModificatie>2026-01-02T09:00:00Z</DatumModificatie></Status>"
        "<Type>DossierStatus</Type><Beheerder><Contact><Telefoon>1700</Telefoon></Contact></Beheerder><Subjecten>"
        f"<Subject><Rol>Raadpleger</Rol><Type>PERS</Type><Sleutel>{NUMBER}</Sleutel></Subject></Subjecten><Periode>"
        "<Begin><Datum>2026-01-02</Datum><Tijd>09:00:00</Tijd></Begin></Periode></DossierMutatie></DossierMutaties>"
        "</Dossier></Dossiers></Inhoud></Antwoord></Antwoorden></Repliek></w:GeefDossiersResponse>"
    )


def answer(number: str, given_name: str, family_name: str, service: str = "GeefPersoon") -> str:
    """Write an answer as a source would send it."""
    return (
        f'<p:{service}Response xmlns:p="urn:test"><Repliek><Context><Naam>{service}</Naam><Bericht>'
        "<Tijdstip><Datum>2000-01-01</Datum></Tijdstip><Afzender><Identificatie>old</Identificatie></Afzender>"
        "<Ontvanger><Identificatie>old</Identificatie><Hoedanigheid>old</Hoedanigheid></Ontvanger>"
        "</Bericht></Context><Antwoorden><Antwoord><Referte>old</Referte><Inhoud><Persoon>"
        f"<INSZ>{number}</INSZ><Naam><Achternamen><Achternaam>{family_name}</Achternaam></Achternamen>"
        f"<Voornamen><Voornaam>{given_name}</Voornaam><Voornaam>Tweede</Voornaam></Voornamen></Naam>"
        f"</Persoon></Inhoud></Antwoord></Antwoorden></Repliek></p:{service}Response>"
    )


def _builder(subject: x509.Name, issuer: x509.Name, key: RSAPrivateKey, days_ago: int = 0) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=days_ago)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(hours=12))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
