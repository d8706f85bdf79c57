"""How the walks come to the question form and to a receipt."""

import asyncio
from collections.abc import Mapping

from tests.walks.example import Example, Person
from tests.walks.somebody import Somebody

FORM = "/contact/"
FILLED = {"onderwerp": "anders", "vraag": "a" * 300 + "\n" + "b " * 300, "email": "an@example.org"}


async def opens_the_form(who: Somebody) -> Mapping[str, str]:
    return {"formulier": (await who.gets(FORM)).hidden()["formulier"]}


async def asks_a_question(who: Somebody) -> Mapping[str, str]:
    """Send it as often as the form asks for: whoever is too fast is asked to look again."""
    form = {**FILLED, **await opens_the_form(who), "stap": "versturen"}
    for _ in range(20):
        answer = await who.posts(FORM, form)
        if answer.location:
            return {"question_id": answer.location.split("/")[-2]}
        await asyncio.sleep(0.5)
    raise AssertionError("the question was not taken")


NUMBER = "00000000-0000-0000-0000-000000000000"
EXAMPLES = {
    "contact:question": [
        Example(),
        Example(query={"over": "afmelden"}, person=Person.complete),
        Example(form={"stap": "nakijken"}, prepare=opens_the_form, status=422),
        Example(form={**FILLED, "stap": "nakijken"}, prepare=opens_the_form),
    ],
    "contact:received": [Example(values={"question_id": NUMBER}, prepare=asks_a_question)],
}
