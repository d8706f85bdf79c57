"""Read settings from the environment, and remember what was wrong with them.

A missing or wrong value never stops the import: it becomes a system check with an id and a cure (`checks.py`), so
that an operator sees all of them at once.
"""

import ipaddress
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from portal.platform.database.pool import PINNED

problems: list[tuple[str, str]] = []
# The settings that name a file, and those that name an address: `checks.py` looks at each of them.
files: list[str] = []
addresses: list[str] = []


def text(name: str, default: str | None = None) -> str:
    """Read a text; without a default the name must be set."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        problems.append((name, f"{name} is not set."))
        return ""
    return default


def file(name: str, default: str | None = None) -> str:
    """Read the path of a file; a default of "" is for one that need not be."""
    files.append(name)
    return text(name, default)


def address(name: str, default: str | None = None) -> str:
    """Read the address of a service; a default of "" is for one that need not be."""
    addresses.append(name)
    return text(name, default)


def origin(name: str, default: str) -> str:
    """Read an origin: scheme, host and port, without a path."""
    value = address(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
        problems.append((name, f"{name} must be an origin such as https://portal.example, not {value!r}."))
    return value


def flag(name: str) -> bool:
    """Read a switch: 1, true or yes is on."""
    return os.environ.get(name, "").strip().lower() in ("1", "true", "yes")


def number(name: str, default: int, *, least: int = 1) -> int:
    """Read a whole number above zero, or one that is not below another."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isdecimal() or int(value) < 1:
        problems.append((name, f"{name} must be a whole number above zero, not {value!r}."))
        return default
    if int(value) < least:
        problems.append((name, f"{name} must be at least {least}, not {value}."))
        return default
    return int(value)


def choice(name: str, *allowed: str) -> str:
    """Read one of a few words, or nothing."""
    value = os.environ.get(name, "").strip()
    if value and value not in allowed:
        problems.append((name, f"{name} must be {' or '.join(allowed)} or empty, not {value!r}."))
        return ""
    return value


def names(name: str) -> frozenset[str]:
    """Read names separated by commas."""
    return frozenset(part.strip() for part in os.environ.get(name, "").split(",") if part.strip())


def networks(name: str) -> frozenset[ipaddress.IPv4Network | ipaddress.IPv6Network | str]:
    """Read internet addresses and networks separated by commas; `*` stands for all."""
    found: set[ipaddress.IPv4Network | ipaddress.IPv6Network | str] = set()
    for part in names(name):
        try:
            found.add(part if part == "*" else ipaddress.ip_network(part))
        except ValueError:
            problems.append((name, f"{name} must name addresses or networks such as 192.0.2.0/24, not {part!r}."))
    return frozenset(found)


def paths(name: str) -> list[Path]:
    """Read folders separated by `:`."""
    return [Path(part) for part in os.environ.get(name, "").split(":") if part]


def database(name: str) -> dict[str, Any] | None:
    """Read a `postgresql://role:password@host/name?host=/socket` address into Django's form; None when unset."""
    value = os.environ.get(name, "")
    if not value:
        return None
    parts = urlsplit(value)
    options = dict(parse_qsl(parts.query))
    if parts.scheme not in ("postgresql", "postgres") or len(parts.path) < 2:
        problems.append((name, f"{name} must look like postgresql://role:password@host/name."))
        return None
    options["options"] = f"{options.get('options', '')} {PINNED}".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }
