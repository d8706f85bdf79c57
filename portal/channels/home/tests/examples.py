"""How the walks come to each page of help, of the question form, and of what every site owes."""

import asyncio
from collections.abc import Mapping

from tests.walks.example import Example, Person
from tests.walks.somebody import Somebody

FORM = "/hulp/vraag/"
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
    "home:start": [Example(), Example(person=Person.complete, status=303)],
    "home:help": [Example(), Example(person=Person.complete)],
    "home:help_search": [Example(), *(Example(query={"q": words}) for words in ("itsme", "attest", "xyzzy <b>"))],
    "home:question": [
        Example(),
        Example(query={"over": "afmelden"}, person=Person.complete),
        Example(form={"stap": "nakijken"}, prepare=opens_the_form, status=422),
        Example(form={**FILLED, "stap": "nakijken"}, prepare=opens_the_form),
    ],
    "home:question_received": [Example(values={"question_id": NUMBER}, prepare=asks_a_question)],
    "home:help_entry": [
        Example(values={"slug": "verkeerde-naam"}, person=Person.complete),
        *(
            Example(values={"slug": slug})
            for slug in ("aanmelden", "waar-aanmelden", "dubbele-mails", "attesten-waarde")
        ),
    ],
    "home:language": [
        Example(form={"taal": "nl", "naar": "/cookies/"}, status=303),
        Example(form={"taal": "nl", "naar": "/cookies/"}, person=Person.complete, status=303),
    ],
    "home:cookies": [Example()],
    "home:accessibility": [Example()],
}
