"""The Jinja2 environment of every page: strict, escaped, translatable."""

import secrets
from functools import cache
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from portal.platform.kit import domain_name, incomplete_date, national_number
from portal.platform.language import dates, numbers, texts
from portal.platform.language.current import current
from portal.platform.language.offer import DUTCH

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
        "listed": numbers.listed,
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


def in_dutch() -> str:
    """Mark a block of text that there is in Dutch only (a manifest's, a body's) as such, on a page in another."""
    # Our own words, without anything of anybody's.
    return "" if current() == DUTCH else Markup(f' lang="{DUTCH}"')  # noqa: S704


def in_own_language() -> str:
    """Mark words of ours inside a block in Dutch as what they are, on a page in another language."""
    return "" if current() == DUTCH else Markup(f' lang="{current()}"')  # noqa: S704


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
