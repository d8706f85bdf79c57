"""Where someone goes after signing in: a page of this portal, and nothing else."""

import re
from urllib.parse import urlencode

from django.urls import Resolver404, resolve

from portal.platform.ui.links import links

from .types import Request

LONGEST = 512  # characters; it travels in a cookie
# Only what our own addresses are made of: no backslash, no control character, no second slash to start a host name.
_LOCAL = re.compile(r"/(?![/\\])[A-Za-z0-9/_.~%=&?+,:;@-]*")


def checked(path: str | None) -> str:
    """Give back a path (with its query) when it leads to a page of ours that can be opened; else the landing."""
    if not path or len(path) > LONGEST or not _LOCAL.fullmatch(path) or "//" in path.partition("?")[0]:
        return links.landing()
    try:
        view = resolve(path.partition("?")[0]).func
    except Resolver404:
        return links.landing()
    return links.landing() if getattr(view, "is_no_destination", False) else path


def of(request: Request) -> str:
    """Name the page someone wanted: this one if it can be opened again, else the landing."""
    return checked(request.get_full_path()) if request.method in ("GET", "HEAD") else links.landing()


def of_page(request: Request) -> str:
    """Name the page that somebody looks at: also one that answers a form, which its path opens again."""
    return checked(request.get_full_path() if request.method in ("GET", "HEAD") else request.path)


def with_path(address: str, path: str) -> str:
    """Add a path to come back to, as `naar`, to an address of ours."""
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'naar': path})}"
