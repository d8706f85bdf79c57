"""How the walks come to each page about a wrong datum, and to what bodies call."""

import re
from collections.abc import Mapping

from portal.features.corrections.section import SCOPE
from tests.walks.example import Example, Person
from tests.walks.somebody import Somebody

FORM = {"agency": "ahovoks", "dataset": "bewijzen"}
REGISTER = {"agency": "rijksregister", "dataset": "persoon"}
PLACE = "/verbeteren/ahovoks/bewijzen/"
MISSING = {"gegeven": "ontbreekt"}
TYPED = {"should_be": "Mijn rijbewijs", "why": "Ik heb het bij mij.", "reply_to": "lies@canary.example"}


async def opens_the_form(who: Somebody) -> Mapping[str, str]:
    hidden = (await who.gets(f"{PLACE}?gegeven=ontbreekt")).hidden()
    return {name: hidden[name] for name in ("gegeven", "sleutel", "gezien")}


async def reports(who: Somebody) -> Mapping[str, str]:
    """Send a report, unless one was sent; give its reference."""
    if kept := re.search(r"/verbeteren/melding/([^/]+)/", (await who.gets("/verbeteren/")).text):
        return {"reference": kept[1]}
    checked = await who.posts(PLACE, {**await opens_the_form(who), **TYPED, "stap": "nakijken"})
    hidden = {name: value for name, value in checked.hidden().items() if not name.startswith("form_")}
    sent = await who.posts(PLACE, {**hidden, "stap": "versturen"})
    assert sent.status == 303
    return {"reference": sent.location.split("/")[-2]}


def own(**more: object) -> Example:
    return Example(person=Person.complete, **more)


EXAMPLES = {
    "corrections:listed": [own(), own(prepare=reports)],
    "corrections:followed": [
        own(values={"reference": "VB-00000-00000-00000"}, prepare=reports, query={"nieuw": "1"})
    ],
    "corrections:report": [
        own(values=FORM),
        own(values=FORM, query=MISSING),
        own(values=FORM, form={"stap": "nakijken"}, prepare=opens_the_form, status=422),
        own(values=FORM, form={**TYPED, "stap": "nakijken"}, prepare=opens_the_form),
        own(values={"agency": "vdab", "dataset": "ondersteuning"}),
        # Whose desk corrects it: of one's own municipality, and for who lives abroad.
        own(values=REGISTER),
        Example(person=Person.abroad, values=REGISTER),
    ],
    "corrections:status": [
        Example(
            values={"reference": "VB-00000-00000-00000"},
            method="PUT",
            scope=SCOPE,
            said={"volgnummer": 1, "status": "in_behandeling", "tijdstip": "2026-03-03T14:00:00+01:00"},
            status=404,
        )
    ],
}
