"""The Jinja2 environment of every page: strict, escaped, translatable."""

import secrets
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from portal.platform.kit import domain_name, incomplete_date, national_number
from portal.platform.language import dates, numbers, texts
from portal.platform.language.current import current
from portal.platform.language.offer import DUTCH
from portal.platform.language.translations import InDutch

from .links import links


def environment(**options: Any) -> Environment:
    """Build the environment Django's Jinja2 back end asks for."""
    options |= {
        "autoescape": True,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": ["jinja2.ext.i18n"],
    }
    env = Environment(**options)  # noqa: S701 - autoescape is on, above
    env.install_gettext_callables(  # type: ignore[attr-defined]
        texts.gettext, translation.ngettext, newstyle=True
    )
    env.globals |= {
        "static": _static,
        "url": _url,
        "address_of": _address_of,
        "language": current,
        "in_dutch": in_dutch,
        "in_own_language": in_own_language,
        "links": links,
        "new_form_key": new_form_key,
    }
    env.filters |= {
        "clock": dates.clock,
        "counted": numbers.counted,
        "day": dates.day,
        "in_its_language": in_its_language,
        "listed": listed,
        "mailbox": domain_name.mailbox_as_written,
        "moment": dates.moment,
        "recent": dates.recent,
        "shown": shown,
        "translated": texts.translated,
    }
    return env


def compile_templates() -> None:
    """Compile every template of the pages; whoever first asks for one would wait for it, and hold up all others."""
    for engine in engines.all():
        if isinstance(engine, Jinja2):
            for name in engine.env.list_templates():
                engine.env.get_template(name)


@cache
def _static(name: str) -> str:
    """Find the address of a file of ours once: it holds the file's hash, and a page names eight of them."""
    return str(staticfiles_storage.url(name))


@cache
def _url(name: str, **kwargs: Any) -> str:
    """Find the address of a page once; for pages that are the same for everyone, whose addresses are a closed set."""
    return _address_of(name, **kwargs)


def _address_of(name: str, **kwargs: Any) -> str:
    """Find the address of a page that is somebody's."""
    return str(reverse(name, kwargs=kwargs or None))


def in_dutch(text: str | None = None) -> str:
    """Mark a block as Dutch, on a page in another language; one that holds a text, only if that is Dutch."""
    if current() == DUTCH or not (text is None or isinstance(text, InDutch)):
        return ""
    # Our own words, without anything of anybody's.
    return Markup(f' lang="{DUTCH}"')  # noqa: S704


def in_own_language(text: str | None = None) -> str:
    """Mark words inside a block in Dutch as of the page's language, in another; a text only if it is not Dutch."""
    if current() == DUTCH or isinstance(text, InDutch):
        return ""
    return Markup(f' lang="{current()}"')  # noqa: S704


def in_its_language(text: str) -> str:
    """Say a text in the middle of words of ours; one in Dutch is marked as such, on a page in another language."""
    if not isinstance(text, InDutch) or current() == DUTCH:
        return text
    return Markup('<span lang="{}">{}</span>').format(DUTCH, text)


def listed(names: Sequence[str]) -> str:
    """Put names in a sentence: A, B en C; each marked as Dutch if it is."""
    if current() == DUTCH:
        return numbers.listed(names)
    # The words and signs between names are the CLDR's, and no markup.
    return Markup(numbers.listed([escape(in_its_language(name)) for name in names]))  # noqa: S704


def new_form_key() -> str:
    """Make a key for one form on one page: 22 characters."""
    return secrets.token_urlsafe(16)


def shown(value: str, kind: str) -> str:
    """Show a value of a kind: dates in words, national numbers masked, the rest as it is."""
    if kind == "date":
        date = incomplete_date.read(value)
        return dates.in_words(date) if date else value
    if kind == "national_number":
        return national_number.masked(value)
    return value
