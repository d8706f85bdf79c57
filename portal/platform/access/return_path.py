"""Where someone goes after signing in: a page of this portal, and nothing else."""

import re
from urllib.parse import urlencode

from django.urls import Resolver404, ResolverMatch, resolve

from portal.platform.ui.links import links

from .types import Audience, Request

LONGEST = 512  # characters; it travels in a cookie
LONGEST_SHOWN = 4096  # characters; it travels in a form, and may carry what is sealed
# After signing in nobody is led to a page of an operator; a change of language stays on such a page.
PEOPLE = frozenset((Audience.ANYONE, Audience.CITIZEN))
READERS = PEOPLE | {Audience.OPERATOR}
# Only what our own addresses are made of: no backslash, no control character, no second slash to start a host name.
_LOCAL = re.compile(r"/(?![/\\])[A-Za-z0-9/_.~%=&?+,:;@-]*")


def safe_path(path: str | None) -> str:
    """Give back a path (with its query) when it leads to a page of ours that can be opened; else the landing."""
    found = _find(path, PEOPLE) if path and len(path) <= LONGEST else None
    if path is None or found is None or getattr(found.func, "is_no_destination", False):
        return links.landing()
    return path


def _find(path: str, audiences: frozenset[Audience]) -> ResolverMatch | None:
    """Find the page of ours that a path (with its query) leads to; None when it has another audience than these."""
    bare = path.partition("?")[0]
    if not _LOCAL.fullmatch(path) or "//" in bare:
        return None
    try:
        found = resolve(bare)
    except Resolver404:
        return None
    return found if getattr(found.func, "audience", None) in audiences else None


def of(request: Request) -> str:
    """Give the path that was asked for, when it can be opened again after signing in; else that of the landing."""
    return safe_path(request.get_full_path()) if request.method in ("GET", "HEAD") else links.landing()


def of_page(request: Request) -> str:
    """Give the path of the page that somebody looks at, also of one that answered a form: GET opens that too."""
    return safe_path(request.get_full_path() if request.method in ("GET", "HEAD") else request.path)


def of_shown(request: Request) -> str:
    """Give the path of any page that somebody looks at, checked by `readable` later; without a query too long."""
    whole: str = request.get_full_path() if request.method in ("GET", "HEAD") else request.path
    return whole if len(whole) <= LONGEST_SHOWN else str(request.path)


def readable(path: str | None) -> str:
    """Give back a path of ours that was looked at, to be opened again; else the start page.

    This includes pages that nobody is led to after signing in, such as that of a failed sign-in.
    """
    return path if path and len(path) <= LONGEST_SHOWN and _find(path, READERS) else links.start()


def with_path(address: str, path: str) -> str:
    """Add a path to come back to, as `naar`, to an address of ours."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'naar': path})}"
