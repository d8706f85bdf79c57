"""Write the manifest and the answers of an invented body. Content as registers have it: people, places, dates."""

import json
from collections.abc import Sequence
from random import Random
from typing import Any

NAMES = ("Verhaegen", "Aerts", "Benhaddou", "De Cleyn", "Struyven", "Waziri", "Karimi", "Mertens", "Van den Broeck")
GIVEN = ("Lies", "Tom", "Jef", "Mila", "Noor", "Godelieve", "Amina", "Yusuf", "Josée")
STREETS = ("Koning Albertlaan", "Mijnschachtstraat", "Oude Gentweg", "Sint-Jacobsmarkt", "Stationsplein")
TOWNS = (
    ("9000", "Gent", "44021"),
    ("3600", "Genk", "71016"),
    ("8000", "Brugge", "31005"),
    ("2000", "Antwerpen", "11002"),
)
TYPES = (("010", "Tegemoetkoming"), ("020", "Vergunning"), ("030", "Getuigschrift"), ("040", "Inschrijving"))
STATUSES = (("01", "Ingediend"), ("02", "In behandeling"), ("03", "Toegekend"))

_DATASET = """
[[datasets]]
id = "meting{n:02d}"
title = "Meting {n}"
theme = "{theme}"
source = "meting-{n:02d}"
transport = "{transport}"
parse = "dossiers"
deadline_s = {deadline_s}
legal_basis = "Decreet over de verzonnen dossiers, artikel {n}"
about = "De dossiers die deze verzonnen dienst over u bijhoudt, met hun toestand en hun looptijd."
when_nothing = "Mist u een dossier? Vraag het aan de dienst zelf."
highlights = ["number", "type", "since"]
explanation = "Deze gegevens zijn verzonnen, om te meten hoeveel werk een overzicht vraagt."
"""
_MAGDA = """
[datasets.magda]
domain = "Meting"
service = "{service}"
version = "{version}"
namespace = "http://meting.vlaanderen.be/dossier/soap/{service}/v01_00"
question = "question.xml"
subject = "Dossiers/Dossier/Houder/INSZ"
"""
_REST = """
[datasets.rest]
path = "{service}"
version = "{version}"
scope = "dv_meting_{n:02d}_G"
question = "question.json"
subject = "persoon/insz"
empty = "dossiers"
count = "aantal"
"""
_ITEMS = """
[datasets.items]
path = "{path}"
one = "dossier"
many = "dossiers"
title = ["type"]
detail = ["status", "since"]
"""
_GROUPS = """
[datasets.groups]
{name} = "Dossier"
"""
_ANSWER = """<?xml version="1.0" encoding="UTF-8"?>
<m:{service}Response xmlns:m="http://meting.vlaanderen.be/dossier/soap/{service}/v01_00">
  <Repliek>
    <Context>
      <Naam>{service}</Naam>
      <Versie>{version}</Versie>
      <Bericht>
        <Type>ANTWOORD</Type>
        <Tijdstip><Datum>2026-02-11</Datum><Tijd>09:14:05.120</Tijd></Tijdstip>
        <Afzender>
          <Identificatie>magda.voorbeeld</Identificatie>
          <Referte>5d0a3c1e-7f0b-4a52-9d7e-0c1b2a3d4e5f</Referte>
        </Afzender>
        <Ontvanger>
          <Identificatie>burgerprofiel.voorbeeld</Identificatie>
          <Referte>0f9e8d7c-6b5a-4c3d-8e2f-1a0b9c8d7e6f</Referte>
        </Ontvanger>
      </Bericht>
    </Context>
    <Antwoorden>
      <Antwoord>
        <Referte>0f9e8d7c-6b5a-4c3d-8e2f-1a0b9c8d7e6f</Referte>
        <Inhoud>
          <Dossiers>
{files}
          </Dossiers>
        </Inhoud>
      </Antwoord>
    </Antwoorden>
  </Repliek>
</m:{service}Response>
"""
_FILE = """            <Dossier DatumModificatie="{until}">
              <Nummer>{number}</Nummer>
              <Type>
                <Code>{type[0]}</Code>
                <Omschrijving Taal="nl">{type[1]}</Omschrijving>
              </Type>
              <Status DatumBegin="{since}" DatumEinde="{until}">
                <Code>{status[0]}</Code>
                <Omschrijving Taal="nl">{status[1]}</Omschrijving>
              </Status>
              <Houder>
                <INSZ>{insz}</INSZ>
                <Naam>
                  <Voornaam>{given}</Voornaam>
                  <Achternaam>{name}</Achternaam>
                </Naam>
              </Houder>
              <Adres>
                <Straatnaam>{street}</Straatnaam>
                <Huisnummer>{house}</Huisnummer>
                <Postcode>{town[0]}</Postcode>
                <Gemeente>
                  <NISCode>{town[2]}</NISCode>
                  <Naam>{town[1]}</Naam>
                </Gemeente>
              </Adres>
              <Instelling>
                <Naam>Dienst van {town[1]}</Naam>
                <Nummer>{institution}</Nummer>
              </Instelling>
            </Dossier>"""


def manifest(name: str, datasets: Sequence[str]) -> str:
    """Write an `agency.toml`."""
    return f'name = "Verzonnen dienst {name}"\nwebsite = "https://meting.invalid"\n' + "".join(datasets)


def dataset(n: int, theme: str, service: tuple[str, str], *, is_json: bool, deadline_s: float) -> str:
    """Write one dataset of a manifest; its files are shown as items (odd n) or as blocks."""
    path = "dossiers" if is_json else "Dossiers/Dossier"
    shape = _ITEMS.format(path=path) if n % 2 else _GROUPS.format(name=path.rpartition("/")[2])
    transport = "rest" if is_json else "magda"
    head = _DATASET.format(n=n, theme=theme, transport=transport, deadline_s=deadline_s)
    return head + (_REST if is_json else _MAGDA).format(n=n, service=service[0], version=service[1]) + shape


def answer(service: str, version: str, files: Sequence[str]) -> str:
    """Write an answer that holds these files."""
    return _ANSWER.format(service=service, version=version, files="\n".join(files))


def json_answer(insz: str, files: Sequence[str]) -> str:
    """Write a JSON answer that holds these files."""
    return f'{{"persoon": {{"insz": "{insz}"}}, "aantal": {len(files)}, "dossiers": [{", ".join(files)}]}}'


def file(chance: Random, insz: str) -> str:
    """Write one file of this person, 1.2 kB; elements and facts a kB are those of the real bodies (19 and 6)."""
    return _FILE.format(**_content(chance, insz))


def json_file(chance: Random, insz: str) -> str:
    """Write one file of this person as JSON, 0.6 kB: the same content, of which the same eight facts are read."""
    content = _content(chance, insz)
    status, type_ = content["status"], content["type"]
    postcode, town, nis = content["town"]
    members = {
        "nummer": content["number"],
        "gewijzigdOp": content["until"],
        "type": {"code": type_[0], "omschrijving": type_[1]},
        "status": {
            "code": status[0],
            "omschrijving": status[1],
            "begin": content["since"],
            "einde": content["until"],
        },
        "houder": {"insz": insz, "naam": f"{content['given']} {content['name']}"},
        "adres": f"{content['street']} {content['house']}, {postcode} {town}",
        "gemeente": {"nisCode": nis, "naam": town},
        "instelling": {"nummer": content["institution"], "naam": f"Dienst van {town}"},
    }
    return json.dumps(members, ensure_ascii=False)


def _content(chance: Random, insz: str) -> dict[str, Any]:
    return {
        "number": f"DOS-{chance.randrange(10**8):08d}",
        "type": chance.choice(TYPES),
        "status": chance.choice(STATUSES),
        "since": _date(chance, 2001, 2020),
        "until": _date(chance, 2026, 2035),
        "insz": insz,
        "given": chance.choice(GIVEN),
        "name": chance.choice(NAMES),
        "street": chance.choice(STREETS),
        "house": chance.randrange(1, 200),
        "town": chance.choice(TOWNS),
        "institution": chance.randrange(100_000, 999_999),
    }


def _date(chance: Random, first: int, last: int) -> str:
    return f"{chance.randint(first, last)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
