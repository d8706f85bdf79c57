"""A cache of rendered parts of pages that are the same for everyone.

An object that comes from a manifest (`Preparing`) holds the parts rendered about it, so their number is bounded by
that of manifests. The template of such a part gets that object, as `entry`, and variables from closed lists. It gets
nothing of the page around it or of its reader, so no personal data can get into the cache. A test checks which
variables these are (`tests/house/test_prepared.py`).
"""

from functools import cache
from typing import Protocol, cast

from django.template.backends import jinja2 as backend
from django.template.loader import get_template
from jinja2 import Template
from markupsafe import Markup

from portal.platform.language.current import held

_language_now = held.get


class Preparing(Protocol):
    """An object that holds the parts rendered for it."""

    @property
    def prepared(self) -> dict[object, Markup]:
        """Hold the parts rendered about this object, by template, language and variables."""


@cache
def template_of(name: str) -> Template:
    """Find a template, cached: Django's search for it costs as much as a small tile."""
    return cast("backend.Template", get_template(name)).template


def prepared(name: str, entry: Preparing, **words: str | bool) -> Markup:
    """Render a template about an entry, cached; words: its further variables, each from a closed list."""
    key = (name, _language_now(), *words.items())
    try:
        return entry.prepared[key]
    except KeyError:
        rendered = Markup(template_of(name).render(entry=entry, **words))  # noqa: S704 - the template escaped it
        return entry.prepared.setdefault(key, rendered)
