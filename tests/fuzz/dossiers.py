"""Answers about dossiers: reading them may not raise, whatever stands in them."""

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from portal.features.dossiers import reading
from portal.platform.sources.reading.leaves import LeftOut
from portal.platform.sources.reading.xml import UnreadableXml, child, parse_xml
from tests.beside import ROOT, SHARED

from . import damage
from .case import Case, any_of

FOLDER = Path("Dossier/GeefDossiers/02.00.0000")
NOW = datetime(2026, 3, 3, tzinfo=UTC)


def cases() -> list[Case]:
    """List every sample of the bodies, and every published answer where they are there."""
    places = [*(ROOT / "agencies").glob("*/samples"), SHARED / "magda/simulator"]
    files = sorted(file for place in places for file in (place / FOLDER).glob("*.xml"))
    harms = any_of(damage.harm_xml, damage.harm_xml, damage.harm_bytes)
    return [
        Case(f"{file.parent}, {file.name}", file.read_bytes(), harms, partial(_check, file.stem)) for file in files
    ]


def _check(insz: str, data: bytes) -> None:
    try:
        answer = next(parse_xml(data).iter("Antwoord"), None)
    except UnreadableXml:
        return
    content = child(answer, "Inhoud") if answer is not None else None
    if content is not None:
        reading.read(content, (), insz=insz, spell=str, left_out=LeftOut(()), now=NOW)
