"""How the walks come to each page of privacy."""

import re
from collections.abc import Mapping

from portal.features.privacy.rights.tests.asking_pages import EXAMPLES as RIGHTS
from tests.walks.example import Example, Person
from tests.walks.somebody import Somebody

USAGE = "/privacy/gebruik/"
NONE = {"reference": "G-0000-0000-0000"}
REFERENCE = re.compile(r"G(?:-[0-9A-Z]{4}){3}")


async def has_looked(who: Somebody) -> Mapping[str, str]:
    """Look at who used one's data: that look is a line of it, with a reference."""
    found = REFERENCE.search((await who.gets(USAGE)).text)
    assert found is not None
    return {"reference": found[0]}


def own(**more: object) -> Example:
    return Example(person=Person.complete, **more)  # type: ignore[arg-type]  # any field of an example


EXAMPLES = {
    "privacy:own_copy": [own()],
    "privacy:erase": [own(), own(form={}, status=422)],
    "privacy:usage": [
        own(),
        own(query={"wie": "anderen", "van": "2026-01-01"}),
        own(form={"zoek": "rijksregister", "wie": "zelf"}, status=303),
        Example(person=Person.nowhere),
    ],
    "privacy:usage_year": [own(), own(query={"jaar": "2024"}), Example(person=Person.nowhere)],
    "privacy:usage_question": [
        own(prepare=has_looked, values=NONE, status=303),
        own(values=NONE, status=404),
    ],
    "privacy:policy": [Example(), Example(person=Person.complete)],
    "privacy:register": [Example()],
    "privacy:register_for_programs": [Example(is_file=True)],
    "privacy:versions": [Example()],
    "privacy:comparison": [
        Example(values={"old": "1", "new": "1"}, status=303),
        Example(values={"old": "1", "new": "7"}, status=404),
    ],
    "privacy:seen": [Example(values={"number": "1"}, person=Person.complete, status=303)],
    "privacy:version": [Example(values={"number": "1"}), Example(values={"number": "7"}, status=404)],
    **RIGHTS,
}
