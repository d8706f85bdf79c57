"""The language that holds here and now: a request's own, and Dutch where there is none.

It is a context variable. Every request runs in a task of its own, so that two at once never share one, and what a
request begins (tasks, work beside the loop) has a copy. Django's own translation, which forms speak through, is kept
in step here and nowhere else.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import translation

from .offer import DUTCH

# For what is asked hundreds of times a page: `held.get`.
held: ContextVar[str] = ContextVar("language", default=DUTCH)


def current() -> str:
    """Name the language that holds now: "nl"."""
    return held.get()


def speak(language: str) -> None:
    """Let a language hold from here on, in this context: one on offer."""
    # As a rule it holds already: most requests are in Dutch, and pay nothing.
    if language != held.get():
        held.set(language)
        translation.activate(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Let a language hold for as long as the block lasts."""
    before = current()
    speak(language)
    try:
        yield
    finally:
        speak(before)


def carry[T](work: Callable[[], T]) -> Callable[[], T]:
    """Make work speak this language in another thread, where it runs in a copy of this context.

    The copy has the language. Django's own does not come along: what it keeps holds for one thread.
    """
    language = current()
    if language == DUTCH:
        return work

    def speak_and_work() -> T:
        translation.activate(language)
        return work()

    return speak_and_work
