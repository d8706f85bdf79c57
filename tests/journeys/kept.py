"""What a browser keeps of a site, and what the registry of cookies says that it may."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from portal.platform.access import cookies, storage
from portal.platform.feature.types import CookieDeclaration

# Lists the names of all that scripts can store beside cookies; a browser may lack one of these kinds of storage.
STORED = """(async () => [
    ...Object.keys(localStorage), ...Object.keys(sessionStorage),
    ...(await indexedDB.databases()).map(each => each.name),
    ...(window.caches ? await caches.keys() : []),
    ...(navigator.serviceWorker ? await navigator.serviceWorker.getRegistrations() : []).map(each => each.scope),
])()"""


def all_declarations() -> list[CookieDeclaration]:
    """List what the cookie page lists."""
    return list(storage.declarations())


def ours() -> list[CookieDeclaration]:
    """List those that this portal sets itself."""
    return [each for each in all_declarations() if each.domain == cookies.OUR_HOST]


def is_in(name: str, declarations: Iterable[CookieDeclaration]) -> bool:
    """Tell whether one of these declarations names a cookie or storage key."""
    return any(fnmatchcase(name, pattern) for each in declarations for pattern in each.names)


def find_undeclared(kept: Iterable[Mapping[str, Any]]) -> list[str]:
    """Name the cookies of a browser that no declaration names: ours on our host, the provider's on its own."""
    elsewhere = [each for each in all_declarations() if each not in ours()]
    return [
        f"{one['domain']} {one['name']}"
        for one in kept
        if not is_in(one["name"], ours() if one["domain"] == cookies.OUR_HOST else elsewhere)
    ]
