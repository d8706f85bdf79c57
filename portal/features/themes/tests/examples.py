"""How the walks come to each page about what government knows of somebody."""

import re
from collections.abc import Mapping

from tests.walks.example import Example, Person, Prepare, nothing
from tests.walks.somebody import Somebody

ROOT = "/uw-gegevens/"
PERSON = {"agency": "rijksregister", "dataset": "persoon"}
PROOFS = {"agency": "ahovoks", "dataset": "bewijzen"}
HANDLE = {"handle": "x" * 43}


async def finds_an_item(who: Somebody) -> Mapping[str, str]:
    """Find the page of a diploma; on a busy machine its source may be late once."""
    for _ in range(5):
        page = (await who.gets(f"{ROOT}bron/ahovoks/bewijzen/?opnieuw=ahovoks.bewijzen")).text
        if found := re.search(rf"{ROOT}bron/ahovoks/bewijzen/([\w-]{{43}})/", page):
            return {"handle": found[1]}
    raise AssertionError("there is no item")


def finds_the_child(name: str) -> Prepare:
    async def finds(who: Somebody) -> Mapping[str, str]:
        for _ in range(5):
            page = (await who.gets(f"{ROOT}bron/rijksregister/afstamming/?opnieuw=rijksregister.afstamming")).text
            for row in re.findall(r"<li.*?</li>", page, re.DOTALL):
                found = re.search(rf"{ROOT}gezin/kind/([\w-]{{43}})/", row)
                if found and name in row:
                    return {"handle": found[1]}
        raise AssertionError("there is no such child")

    return finds


def seeks(words: str) -> Prepare:
    async def finds(who: Somebody) -> Mapping[str, str]:
        answer = await who.posts(f"{ROOT}zoeken/", {"woorden": words})
        return {"gezocht": answer.location.partition("=")[2]}

    return finds


def filters(words: str) -> Prepare:
    async def finds(who: Somebody) -> Mapping[str, str]:
        sent = {"lijst": "inburgering.nederlands", "zoek": words, "volgorde": "bron"}
        answer = await who.posts(f"{ROOT}onderwijs/", sent)
        return {"lijst": answer.location.partition("=")[2].partition("#")[0]}

    return finds


def own(**more: object) -> Example:
    return Example(person=Person.complete, **more)


LONG = Person.with_long_names
OTHERS = (Person.abroad, Person.renewed, Person.busy, Person.without_certificates)
EXAMPLES = {
    "themes:overview": [
        own(asks=True),
        *(Example(person=person) for person in (*OTHERS, LONG, Person.under_guardianship)),
    ],
    "themes:theme": [
        *(own(values={"theme": theme}, asks=True) for theme in ("gezin", "werk", "onderwijs", "voordelen")),
        *(Example(person=person, values={"theme": "gezin"}) for person in (*OTHERS, LONG, Person.mother)),
        *(
            Example(person=Person.in_many_lessons, values={"theme": "onderwijs"}, prepare=prepare)
            for prepare in (nothing, filters("richtgraad"), filters("paardrijden"))
        ),
    ],
    "themes:dataset": [
        own(values=PERSON, asks=True),
        own(values={**PERSON, "dataset": "gezin"}, asks=True),
        own(values=PROOFS, asks=True),
        *(own(values={**PERSON, "dataset": each}) for each in ("afstamming", "persoon_historiek", "gezin_historiek")),
        *(
            Example(person=Person.mother, values={**PERSON, "dataset": each})
            for each in ("afstamming", "persoon_historiek")
        ),
        *(
            Example(person=Person.under_guardianship, values={**PERSON, "dataset": each})
            for each in ("persoon", "persoon_historiek")
        ),
        *(Example(person=LONG, values={**PERSON, "dataset": each}) for each in ("persoon", "gezin", "afstamming")),
        Example(person=Person.in_many_lessons, values={"agency": "inburgering", "dataset": "nederlands"}),
    ],
    "themes:dataset-pdf": [own(values=PROOFS, is_file=True)],
    "themes:item": [own(values={**PROOFS, **HANDLE}, prepare=finds_an_item, asks=True)],
    "themes:item-pdf": [own(values={**PROOFS, **HANDLE}, prepare=finds_an_item, is_file=True)],
    "themes:child": [
        own(values=HANDLE, prepare=finds_the_child("Mila"), asks=True),
        own(values=HANDLE, prepare=finds_the_child("Jef"), status=403),
        *(
            Example(person=Person.mother, values=HANDLE, prepare=finds_the_child(name), status=status)
            for name, status in (("Fien", 200), ("Wout", 200), ("Lotte", 403), ("Robin", 403))
        ),
        Example(person=LONG, values=HANDLE, prepare=finds_the_child("Eleonore")),
    ],
    "themes:search": [
        own(),
        own(prepare=seeks("verhaegen"), query={"alles": "1"}, asks=True),
        own(prepare=seeks("zzzz <b>")),
        Example(person=LONG, prepare=seeks("vanderschaeghenbroekhuysenmeulendyk")),
        own(form={"woorden": "a"}, status=422),
    ],
    "themes:differences": [own(), own(query={"alles": "1"}, asks=True), Example(person=LONG)],
    "themes:timeline": [own(), own(query={"alles": "1"}, asks=True), Example(person=LONG)],
    "themes:theme-pdf": [own(values={"theme": "onderwijs"}, is_file=True)],
}
