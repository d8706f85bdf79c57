"""How the walks come to each page about privacy."""

import re
from collections.abc import Mapping

from tests.walks.example import Example, Person
from tests.walks.somebody import Somebody

PLACE = "/privacy/rechten/wissing/verzoek/"
RIGHT = {"right": "wissing"}
BODY = {"dienst": "vdab"}
TYPED = {"about": "Wis mijn sollicitatie van 2024.", "reply_to": "lies@canary.example"}


async def opens_the_form(who: Somebody) -> Mapping[str, str]:
    hidden = (await who.gets(f"{PLACE}?dienst=vdab")).hidden()
    return {name: hidden[name] for name in ("dienst", "sleutel", "van")}


async def asks(who: Somebody) -> Mapping[str, str]:
    """Make a request, unless one was made; give its reference."""
    if kept := re.search(r'/privacy/verzoeken/([^/"]+)/', (await who.gets("/privacy/verzoeken/")).text):
        return {"reference": kept[1]}
    # Without an address: another one than their own wants a recent sign-in.
    typed = {**TYPED, "reply_to": ""}
    checked = await who.posts(PLACE, {**await opens_the_form(who), **typed, "stap": "nakijken"})
    hidden = {name: value for name, value in checked.hidden().items() if not name.startswith("form_")}
    sent = await who.posts(PLACE, {**hidden, "stap": "versturen"})
    assert sent.status == 303
    return {"reference": sent.location.split("/")[-2]}


def own(**more: object) -> Example:
    return Example(person=Person.complete, **more)


EXAMPLES = {
    "privacy:rights": [Example(), own()],
    "privacy:right": [Example(values=RIGHT), own(values={"right": "inzage"})],
    "privacy:paper": [Example()],
    "privacy:ask_right": [
        own(values=RIGHT),
        own(values=RIGHT, query=BODY),
        own(values={"right": "bezwaar"}, query={"dienst": "mijn-burgerprofiel"}),
        own(values={"right": "verbetering"}, query={"dienst": "ahovoks"}),
        own(values=RIGHT, form={"stap": "nakijken"}, prepare=opens_the_form, status=422),
        own(values=RIGHT, form={**TYPED, "stap": "nakijken"}, prepare=opens_the_form),
    ],
    "privacy:requests": [own(), own(prepare=asks)],
    "privacy:request": [
        own(values={"reference": "RE-00000-00000-00000"}, prepare=asks, query={"nieuw": "1"}),
    ],
}
