"""Links to pages of other rooms: whoever owns a page offers a function that gives its address.

A feature declares a module with such functions, its `links.py`; the setting `LINKS` names those of other rooms. Each
public function is a link, under its own name. Others write `links.NAME(...)`, in Python as in a template, and know
neither whose page it is nor what its address is made of. The address is "" where nobody offers a link by that name
(its feature was left out) or where the page has nothing about the arguments. Whoever gets "" shows no link.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from types import ModuleType

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from portal.platform.feature import installed

Link = Callable[..., str]


class Links:
    """Every link of this portal, each as an attribute."""

    def __getattr__(self, name: str) -> Link:
        if name.startswith("_"):
            raise AttributeError(name)
        return links_by_name().get(name, _nowhere)


links = Links()


@cache
def links_by_name() -> Mapping[str, Link]:
    """Give the links of this portal by name."""
    return find_links([*settings.LINKS, *(feature.links for feature in installed.features() if feature.links)])


def find_links(modules: Iterable[str]) -> Mapping[str, Link]:
    """Find the links of modules by name; raise ImproperlyConfigured when two offer the same."""
    found: dict[str, Link] = {}
    for module in map(import_module, modules):
        for name, link in _links_of(module):
            if name in found:
                raise ImproperlyConfigured(f"{module.__name__} and {found[name].__module__} both offer {name!r}.")
            found[name] = link
    return found


def _links_of(module: ModuleType) -> Iterator[tuple[str, Link]]:
    for name, value in vars(module).items():
        if callable(value) and not name.startswith("_") and value.__module__ == module.__name__:
            yield name, value


def _nowhere(*_args: object, **_kwargs: object) -> str:
    return ""
