"""How the walks come to each page of signing in and out, and of sessions."""

import re
from collections.abc import Mapping

from portal.channels.entry.views import STATUS
from portal.platform.access.types import SignInFailure
from tests.walks.example import Example, Person
from tests.walks.somebody import Somebody

OF_SESSIONS = Person.in_civic_path


async def signs_in_elsewhere(who: Somebody) -> Mapping[str, str]:
    """Be signed in at another browser too, which the list of sessions names."""
    await Somebody(who.house, who.http, who.person).signs_in()
    page = (await who.gets("/sessies/")).text
    found = re.search(r'name="handle" value="([^"]+)"', page)
    assert found
    return {"handle": found[1]}


EXAMPLES = {
    "entry:sign_in": [
        Example(status=302),
        Example(person=Person.complete, status=303),
    ],
    "entry:sign_in_again": [Example(person=Person.complete)],
    "entry:come_back": [Example(status=303), Example(person=Person.complete, status=303)],
    "entry:other_means": [Example(form={}, status=303)],
    "entry:not_done": [
        Example(values={"reason": reason}, status=int(STATUS.get(reason, 403))) for reason in SignInFailure
    ],
    "entry:sign_out": [Example(person=Person.complete), Example(status=303)],
    "entry:signed_out": [
        Example(),
        Example(query={"verlopen": "1"}),
        Example(query={"aanbieder": "niet-bereikt"}),
        Example(person=Person.complete),
    ],
    "entry:extend": [Example(person=Person.complete, form={}, status=303), Example(form={}, status=303)],
    "entry:own_sessions": [
        Example(person=Person.complete),
        Example(person=OF_SESSIONS, prepare=signs_in_elsewhere, query={"gedaan": "oudste-beeindigd"}),
    ],
    "entry:end_session": [Example(person=OF_SESSIONS, prepare=signs_in_elsewhere, form={}, status=303)],
    "entry:end_other_sessions": [Example(person=OF_SESSIONS, prepare=signs_in_elsewhere, form={}, status=303)],
}
