"""The Jinja2 environment of every page: strict, escaped, translatable."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined

from portal.platform.kit import domain_name, incomplete_date, national_number

BRUSSELS = ZoneInfo("Europe/Brussels")


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
        _gettext, translation.ngettext, newstyle=True
    )
    env.globals |= {"static": _static, "url": _url, "address_of": _address_of, "new_form_key": new_form_key}
    env.filters |= {
        "clock": clock,
        "counted": counted,
        "day": day,
        "listed": listed,
        "mailbox": domain_name.mailbox_as_written,
        "moment": moment,
        "recent": recent,
        "shown": shown,
        "translated": translated,
    }
    return env


def compile_templates() -> None:
    """Compile every template of the pages; whoever first asks for one would wait for it, and hold up all others."""
    for engine in engines.all():
        if isinstance(engine, Jinja2):
            for name in engine.env.list_templates():
                engine.env.get_template(name)


@cache
def _gettext(message: str) -> str:
    """Translate a text that stands in a template (`_("…")`) once: they are a closed set, and we speak one language.

    (Asking Django for the reader's language costs more than the text; a second language makes it part of the key.)
    """
    return str(translation.gettext(message))


def translated(message: str) -> str:
    """Translate a text that comes from elsewhere: it may say something of somebody, and is not remembered."""
    return str(translation.gettext(message))


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


def new_form_key() -> str:
    """Make a key for one form on one page: 22 characters."""
    return secrets.token_urlsafe(16)


def clock(moment: datetime) -> str:
    """Say the time of day as people here do: 14:03."""
    return moment.astimezone(BRUSSELS).strftime("%H:%M")


def day(moment: datetime) -> str:
    """Say the day as people here do: 3 maart 2026."""
    local = moment.astimezone(BRUSSELS)
    return incomplete_date.in_words(incomplete_date.IncompleteDate(local.year, local.month, local.day))


def moment(moment: datetime) -> str:
    """Say day and time: 3 maart 2026 om 14:03."""
    return f"{day(moment)} om {clock(moment)}"


def recent(when: datetime, now: datetime) -> str:
    """Say the time of day, and the day too when it was not today: 14:03, or 3 maart 2026 om 14:03."""
    is_today = when.astimezone(BRUSSELS).date() == now.astimezone(BRUSSELS).date()
    return clock(when) if is_today else moment(when)


def listed(names: Sequence[str]) -> str:
    """Put names in a sentence: A, B en C."""
    *first, last = names
    return f"{', '.join(first)} en {last}" if first else last


def counted(number: int) -> str:
    """Write a number as people here do: 5.312."""
    return f"{number:,}".replace(",", ".")


def shown(value: str, kind: str) -> str:
    """Show a value of a kind: dates in words, national numbers masked, the rest as it is."""
    if kind == "date":
        date = incomplete_date.read(value)
        return incomplete_date.in_words(date) if date else value
    if kind == "national_number":
        return national_number.masked(value)
    return value
