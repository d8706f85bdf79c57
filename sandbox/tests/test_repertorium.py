"""Services that demand a registration in the repertorium."""

import datetime as dt

import pytest
from lxml import etree

from sandbox.tests.conftest import NOON
from sandbox.tests.papers import NUMBER, OTHER
from sandbox.tests.test_magda import PATH, ask

SERVICE = ("RegistreerInschrijving", "02.01.0000")
TODAY = dt.datetime.fromtimestamp(NOON, dt.UTC).date()
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _forgotten(town):
    town.repertorium.required.clear()
    town.repertorium.registered.clear()


def registration(number=NUMBER, begin=TODAY, until=TODAY + DAY):
    return ask("", *SERVICE).replace(
        "</Inhoud>",
        f"<Inschrijving><BetrokkenSubject><Type>PERS</Type><Subjecten><Subject><Type>PERS</Type><Sleutel>{number}"
        f"</Sleutel></Subject></Subjecten></BetrokkenSubject><Periode><Begin>{begin}</Begin><Einde>{until}</Einde>"
        "</Periode></Inschrijving></Inhoud>",
    )


async def content_of(magda, body):
    """Send a question; gives the codes of the exceptions in the answer, else its Resultaat or first name."""
    async with magda.post(PATH, data=body) as answer:
        assert answer.status == 200
        root = etree.fromstring(await answer.read())
    codes = [(e.findtext("Identificatie"), e.findtext("Type")) for e in root.iter("Uitzondering")]
    return codes or root.findtext(".//Resultaat") or root.findtext(".//Voornaam")


async def demand(http, *sources):
    async with http.put("/repertorium", json={"required": sources}) as answer:
        return answer.status, await answer.json()


async def test_nothing_is_demanded_at_first(http, magda):
    async with http.get("/repertorium") as answer:
        assert await answer.json() == {"required": [], "registered": 0}
    assert await content_of(magda, ask()) == "An"


async def test_demand_holds_until_the_person_is_registered(http, magda):
    assert await demand(http, "Testregister") == (200, {"required": ["Testregister"], "registered": 0})
    assert await content_of(magda, ask()) == [("40003", "FOUT")]
    assert await content_of(magda, registration()) == "1"
    assert await content_of(magda, ask()) == "An"
    assert await content_of(magda, ask(OTHER)) == [("40003", "FOUT")]


async def test_registering_again_is_a_warning(magda):
    assert await content_of(magda, registration()) == "1"
    assert await content_of(magda, registration()) == [("40143", "WAARSCHUWING")]
    assert await content_of(magda, registration(until=TODAY + 2 * DAY)) == "1"


@pytest.mark.parametrize("days", [-3, 3])
async def test_registration_for_other_days_does_not_count(http, magda, days):
    await demand(http, "Testregister")
    begin = TODAY + days * DAY
    assert await content_of(magda, registration(begin=begin, until=begin + DAY)) == "1"
    assert await content_of(magda, ask()) == [("40003", "FOUT")]


async def test_period_that_is_none_is_refused(magda):
    assert await content_of(magda, registration(begin="", until="")) == [("20001", "FOUT")]
    assert await content_of(magda, registration(begin=TODAY, until=TODAY - DAY)) == [("20001", "FOUT")]


async def test_all_is_forgotten_on_delete(http, magda):
    await demand(http, "Testregister")
    await content_of(magda, registration())
    async with http.delete("/repertorium") as answer:
        assert await answer.json() == {"required": [], "registered": 0}


@pytest.mark.parametrize(
    ("body", "status"), [("", 400), ('{"required": 1}', 400), ('{"x": []}', 400), ('{"required": ["?"]}', 404)]
)
async def test_demand_that_makes_no_sense_is_refused(http, body, status):
    async with http.put("/repertorium", data=body) as answer:
        assert answer.status == status
        assert list(await answer.json()) == ["error"]
