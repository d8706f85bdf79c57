"""The files of a small body with a valid manifest, in which a test replaces one place."""

from pathlib import Path

SOUND = """\
name = "Voorbeeld"
website = "https://voorbeeld.example"

[[datasets]]
id = "iets"
title = "Iets"
theme = "gezin"
source = "voorbeeld-iets"
transport = "magda"
parse = "read"
legal_basis = "decreet"
about = "Iets over u."
when_nothing = "Niets aan te doen."

[datasets.magda]
domain = "D"
service = "GeefIets"
version = "01.00.0000"
namespace = "urn:iets"
question = "iets.xml"
"""

MAINTENANCE = """
[[maintenance]]
source = "SOURCE"
from = 2026-01-01T10:00:00Z
until = 2026-01-01T11:00:00Z
"""


def body(folder: Path, name: str, text: str = SOUND, code: str = "def read(content):\n    return []\n") -> Path:
    own = folder / name
    own.mkdir(parents=True)
    (own / "agency.toml").write_text(text, "utf-8")
    (own / "requests").mkdir()
    (own / "requests/iets.xml").write_text("<Inhoud><INSZ>${insz}</INSZ></Inhoud>", "utf-8")
    (own / "parse.py").write_text(code, "utf-8")
    return folder
