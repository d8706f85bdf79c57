"""How the walks come to each page about dossiers and applications."""

import re
from collections.abc import Mapping

from portal.features.dossiers.section import SCOPE
from tests.walks.example import Example, Person, nothing
from tests.walks.somebody import Somebody

from .reports import BRON, STRANGER, agent, report

EVERYTHING = "77631420476"  # Wanda Verstraete: every kind of dossier in every phase and status
MANY = "69702131821"  # Hilde Goossens: 150 dossiers of seven bodies
ODD = "86650915095"  # Odette De Vreese: unusual characters, dates and states
HANDLE = {"handle": "x" * 43}


async def finds_a_dossier(who: Somebody) -> Mapping[str, str]:
    """Find the page of the first dossier of the list; on a busy machine its source may be late once."""
    for _ in range(5):
        page = (await who.gets("/dossiers/")).text
        if found := re.search(r"/dossiers/([\w-]{43})/", page):
            return {"handle": found[1]}
    raise AssertionError("there is no dossier")


def filters(**choice: str):  # type: ignore[no-untyped-def]  # what `Prepare` says
    async def finds(who: Somebody) -> Mapping[str, str]:
        answer = await who.posts("/dossiers/", choice)
        return {"lijst": answer.location.partition("=")[2].partition("#")[0]}

    return finds


def own(**more: object) -> Example:
    return Example(person=Person.complete, **more)


DOSSIER_QUERY = {"query": {"bron": BRON, "dossierNummer": "CANARY-1"}}


def by_machine(method: str, **more: object) -> Example:
    """Make an example of a request by a body's machine."""
    return Example(method=method, scope=SCOPE, **more)


EXAMPLES = {
    "dossiers:overview": [
        own(asks=True),
        *(Example(person=person) for person in (EVERYTHING, ODD, Person.nowhere, Person.busy)),
        *(
            Example(person=MANY, prepare=prepare)
            for prepare in (nothing, filters(zoek="premie", stand="lopend"), filters(zoek="paardrijden"))
        ),
    ],
    "dossiers:dossier": [
        own(values=HANDLE, prepare=finds_a_dossier),
        own(values=HANDLE, status=404),
        *(Example(person=person, values=HANDLE, prepare=finds_a_dossier) for person in (EVERYTHING, ODD)),
    ],
    "dossiers:dossier-pdf": [own(values=HANDLE, prepare=finds_a_dossier, is_file=True)],
    "dossiers:seen": [own(form={"keuze": "alle", "nieuw": "0123456789abcdef01234567"}, status=303)],
    "dossiers:applications": [
        Example(),
        own(),
        Example(query={"zoek": "toelage", "thema": "onderwijs_wetenschap"}),
        Example(query={"zoek": "paardrijden"}),
    ],
    "dossiers:reports": [
        by_machine("POST", said=report(Agenten=[agent(STRANGER)])),
        by_machine("DELETE", status=204, **DOSSIER_QUERY),
    ],
    "dossiers:report-sources": [by_machine("GET")],
    "dossiers:report-settings": [by_machine("GET")],
    "dossiers:report-results": [by_machine("GET", **DOSSIER_QUERY)],
    "dossiers:report-faults": [by_machine("GET", **DOSSIER_QUERY)],
    "dossiers:report-result": [by_machine("GET", status=404, query={"uploadId": "CANARY-0"})],
}
