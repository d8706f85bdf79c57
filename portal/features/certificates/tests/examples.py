"""How the walks come to each page of certificates."""

from collections.abc import Mapping

from tests.walks.example import Example, Person
from tests.walks.somebody import Somebody

HOUSEHOLD = {"key": "rijksregister.gezinssamenstelling"}
NOT_THERE = {"key": "rijksregister.bestaat-niet"}


def own(**more: object) -> Example:
    return Example(person=Person.complete, **more)  # type: ignore[arg-type]  # any field of an example


async def chooses(who: Somebody) -> Mapping[str, str]:
    """Choose two, have them made, and find the choice in the address of the page that adapts it."""
    form = {"attest": HOUSEHOLD["key"], "taal": "fr"}
    page = (await who.posts("/attesten/samen/maken/", form)).text
    return {"keuze": page.rpartition("?keuze=")[2].partition('"')[0]}


EXAMPLES = {
    "certificates:overview": [
        own(),
        own(query={"zoek": "samenstelling gezin", "soort": "attest", "thema": "burger_overheid"}),
    ],
    "certificates:choose": [own(prepare=chooses)],
    "certificates:bundle": [
        own(form={"attest": HOUSEHOLD["key"], "taal": "de"}),
        own(form={}, status=303),
    ],
    "certificates:certificate": [own(values=HOUSEHOLD)],
    "certificates:handed": [
        own(values=HOUSEHOLD, form={"taal": "fr"}),
        own(values=HOUSEHOLD, status=303),
        own(values=NOT_THERE, form={}, status=404),
        Example(person=Person.abroad, values=HOUSEHOLD, form={"taal": "nl"}),
    ],
    "certificates:document": [own()],
    "certificates:worth": [Example(), Example(query={"waar": "eu", "attest": "leven"})],
}
