"""The language that holds here and now: a request's own, and Dutch where there is none.

It is a context variable. Every request runs in a task of its own, so two requests never share it, and the tasks and
threads that a request starts have a copy. Django's own translation, which forms use, is switched along here and
nowhere else.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils import translation

from .offer import DUTCH

# Code that runs hundreds of times a page binds `held.get` to a name of its own, and saves a call of `current`.
held: ContextVar[str] = ContextVar("language", default=DUTCH)


def current() -> str:
    """Name the language that holds now: "nl"."""
    return held.get()


def speak(language: str) -> None:
    """Let a language, which must be on offer, hold from here on in this context."""
    # Most requests are in Dutch, which holds already, and pay nothing.
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
    """Wrap work that will run in another thread, in a copy of this context, so that it speaks this language there
    too.

    `held` comes along in the copy. Django's translation is activated anew, because Django keeps it by thread.
    """
    language = current()
    if language == DUTCH:
        return work

    def speak_and_work() -> T:
        translation.activate(language)
        return work()

    return speak_and_work
