"""Choosing what is wrong: of all of an answer, or of the part that somebody came from."""

import re
from urllib.parse import unquote

import pytest

from portal.features.corrections.tests.test_pages import PLACE, text
from tests.citizen import Citizen

pytestmark = pytest.mark.security


async def test_every_datum_of_a_page_can_be_chosen_from_its_own_block(lies: Citizen) -> None:
    answer = await lies.gets("/uw-gegevens/bron/ahovoks/bewijzen/")
    page = "".join([part.decode() async for part in answer.streaming_content])
    assert "Rechtsgrond: dienstverlening en actieve openbaarheid" in page
    places = dict.fromkeys(re.findall(rf'href="{PLACE}\?onderdeel=([^"]*)"', page))
    assert len(places) == page.count('<div class="block">') == 3
    chosen: list[str] = []
    for place in places:
        found = re.findall(
            rf'href="{PLACE}\?gegeven=([^"]*)"', text(await lies.gets(PLACE, onderdeel=unquote(place)))
        )
        chosen += [unquote(one) for one in found if one != "ontbreekt"]
        assert all(f":{unquote(place)}/" in unquote(one) for one in found if one != "ontbreekt")
    everything = re.findall(rf'href="{PLACE}\?gegeven=([^"]*)"', text(await lies.gets(PLACE)))
    assert sorted(chosen) == sorted(unquote(one) for one in everything if one != "ontbreekt")
    assert len(chosen) == page.count("<dt")


async def test_of_a_part_that_is_there_no_more_all_can_be_chosen(lies: Citizen) -> None:
    everything = text(await lies.gets(PLACE))
    assert text(await lies.gets(PLACE, onderdeel="Bewijzen/Bewijs[9]")).count("?gegeven=") == everything.count(
        "?gegeven="
    )


async def test_a_part_of_a_course_is_called_by_the_name_of_that_course(lies: Citizen) -> None:
    page = text(await lies.gets(PLACE, onderdeel="Bewijzen/Bewijs[1]/Basis/Studierichting"))
    assert re.findall("<h2 *[^>]*>([^<]*)</h2>", page)[0].startswith("Bachelor in de verpleegkunde · ")
    assert (
        0 < page.count("?gegeven=") < text(await lies.gets(PLACE, onderdeel="Bewijzen/Bewijs[1]")).count("?gegeven=")
    )


@pytest.mark.parametrize(
    "part",
    ["Gezinsleden/Gezinslid[1]", "../../persoon", "<script>", "é\x00", "x" * 20_000, "Bewijzen/Bewijs[1", "/", "["],
)
async def test_a_forged_part_offers_all_of_the_own_answer_and_nothing_else(lies: Citizen, part: str) -> None:
    everything = re.findall(r"\?gegeven=[^\"]*", text(await lies.gets(PLACE)))
    answer = await lies.gets(PLACE, onderdeel=part)
    assert answer.status_code == 200
    assert re.findall(r"\?gegeven=[^\"]*", text(answer)) == everything
    assert "<script>" not in text(answer).partition("<main")[2]
