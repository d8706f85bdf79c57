"""The language that holds: in tasks, in threads, and for two at once."""

import asyncio
import contextvars
from concurrent.futures import ThreadPoolExecutor

from django.utils import translation

from portal.platform.kit.incomplete_date import IncompleteDate
from portal.platform.language import dates, texts
from portal.platform.language.current import current, speak, speaking
from portal.platform.sources import beside

# A word that Django itself has in both, so that what forms say is looked at too.
ERROR = "This field is required."
SAID = {"nl": "Dit veld is verplicht.", "en": ERROR}
MONTHS = {"nl": "3 maart 2026", "en": "3 March 2026"}
DAY = IncompleteDate(2026, 3, 3)


def greetings() -> tuple[str, str, str]:
    return current(), dates.in_words(DAY), str(translation.gettext(ERROR))


def expected(language: str) -> tuple[str, str, str]:
    return language, MONTHS[language], SAID[language]


def test_dutch_holds_where_nobody_said_otherwise():
    assert greetings() == expected("nl")


def test_a_language_holds_for_a_block_and_not_longer():
    with speaking("en"):
        assert greetings() == expected("en")
        with speaking("nl"):
            assert greetings() == expected("nl")
        assert greetings() == expected("en")
    assert greetings() == expected("nl")


async def test_two_at_once_each_hear_their_own():
    both = asyncio.Barrier(2)

    async def one(language: str) -> list[tuple[str, str, str]]:
        speak(language)
        heard = []
        for _ in range(3):
            await both.wait()
            heard += [greetings(), await asyncio.create_task(of_a_task()), await beside.run(True, greetings)]
        return heard

    async def of_a_task() -> tuple[str, str, str]:
        await asyncio.sleep(0)
        return greetings()

    english, dutch = await asyncio.gather(one("en"), one("nl"))
    assert (set(english), set(dutch)) == ({expected("en")}, {expected("nl")})
    assert greetings() == expected("nl")


async def test_a_thread_keeps_nothing_of_whoever_it_worked_for():
    with speaking("en"):
        assert await beside.run(True, greetings) == expected("en")
    # Both threads: each may have been the one.
    assert {await beside.run(True, greetings) for _ in range(4)} == {expected("nl")}


def test_texts_are_remembered_for_each_language():
    message = "This field is required."  # of Django, which has it in every language
    heard = []
    for language in ("nl", "en", "nl"):
        with speaking(language):
            heard.append(texts.gettext(message))
    assert heard == [SAID["nl"], SAID["en"], SAID["nl"]]


def test_a_text_that_is_remembered_in_a_thread_is_in_its_own_language():
    """Django's own translation does not hold there, and what is remembered is for everybody."""
    message = "Enter a valid value."
    with speaking("en"), ThreadPoolExecutor(1) as threads:
        context = contextvars.copy_context()
        assert threads.submit(context.run, texts.gettext, message).result() == message
    assert texts.gettext(message) == "Voer een geldige waarde in."
