"""Amounts of a body that gives eurocents stand on pages as all others do."""

import pytest
from lxml import etree

from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import DatasetEntry


@pytest.fixture
def breaks() -> DatasetEntry:
    return next(one for one in catalogue.installed().entries if one.name == "dwse.loopbaanonderbreking")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("15808", "158,08 euro"),
        ("125050", "1.250,50 euro"),
        ("-100", "-1,00 euro"),
        ("+5", "0,05 euro"),
        ("0", "0,00 euro"),
        ("00015808", "158,08 euro"),
        ("123456789012345678", "1.234.567.890.123.456,78 euro"),
        *((other, other) for other in ("1250,50", "1.250", "onbekend", "١٢", "--1", "1" * 19)),
    ],
)
def test_eurocents_are_written_as_euros_and_any_other_text_stays(breaks: DatasetEntry, given: str, shown: str):
    content = etree.fromstring(
        "<Inhoud><Loopbaanonderbrekingen><Loopbaanonderbreking><BedragMaandelijkseUitkering>"
        f"{given}</BedragMaandelijkseUitkering></Loopbaanonderbreking></Loopbaanonderbrekingen></Inhoud>"
    )
    assert [fact.value for fact in breaks.parse(content)] == [shown]
