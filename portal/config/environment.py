"""Read settings from the environment, and remember what was wrong with them (`problems`).

A missing or wrong value never stops the import: a system check reports it (`checks.py`), so that an operator sees all
of them at once.
"""

import ipaddress
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import ProgrammingError

from portal.platform.database.pool import PINNED

DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST_NUMBER = 18  # digits

problems: list[tuple[str, str]] = []  # the name of a setting, and a sentence on what is wrong
# The settings that name a file, and those that name an address: `checks` and `transport_checks` look at each of them.
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
    """Read the path of a file; a default of "" makes the setting optional."""
    files.append(name)
    return text(name, default)


def address(name: str, default: str | None = None) -> str:
    """Read the URL of a service; a default of "" makes the setting optional."""
    addresses.append(name)
    value = text(name, default)
    if not value or _is_address(value):
        return value
    problems.append((name, f"{name} must be an address such as https://service.example/path, not {value!r}."))
    return ""


def _is_address(value: str) -> bool:
    """Tell whether a text is a URL of HTTP with a host; without its scheme, an address has none to be checked."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in DEFAULT_PORTS and bool(parts.hostname)


def origin(name: str, default: str) -> str:
    """Read an origin (scheme, host and port), in the spelling of browsers, with whose headers it is compared."""
    value = address(name, default).rstrip("/")
    parts = urlsplit(value)
    host, port = parts.hostname, parts.port
    if parts.scheme not in DEFAULT_PORTS or not host or value.partition("://")[2] != parts.netloc or parts.username:
        if value:
            problems.append((name, f"{name} must be an origin such as https://portal.example, not {value!r}."))
        return value
    shown = f"[{host}]" if ":" in host else host
    has_port = port is not None and port != DEFAULT_PORTS[parts.scheme]
    return f"{parts.scheme}://{shown}:{port}" if has_port else f"{parts.scheme}://{shown}"


def host_of(origin: str) -> str:
    """Give the host of an origin, as the `Host` header has it before its port."""
    return re.sub(r":[0-9]+$", "", urlsplit(origin).netloc)


def flag(name: str) -> bool:
    """Read a switch: 1, true or yes is on; 0, false, no or nothing is off."""
    value = os.environ.get(name, "").strip()
    is_on = value.lower() in ("1", "true", "yes")
    if not is_on and value.lower() not in ("", "0", "false", "no"):
        problems.append((name, f"{name} must be 1 or 0, not {value!r}."))
    return is_on


def number(name: str, default: int, most: int | None = None) -> int:
    """Read a whole number above zero, of at most `most` where that is given."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    # Python refuses to read thousands of digits, and this may not stop the import.
    found = int(value) if value.isdecimal() and len(value) <= LONGEST_NUMBER else 0
    if found < 1 or (most is not None and found > most):
        allowed = f"from 1 to {most}" if most is not None else "above zero"
        problems.append((name, f"{name} must be a whole number {allowed}, not {value[:40]!r}."))
        return default
    return found


def choice(name: str, *allowed: str) -> str:
    """Read one of a few words, or nothing."""
    value = os.environ.get(name, "").strip()
    if value and value not in allowed:
        problems.append((name, f"{name} must be {' or '.join(allowed)} or empty, not {value!r}."))
        return ""
    return value


def names(name: str, default: str = "") -> frozenset[str]:
    """Read names separated by commas, in no order."""
    return frozenset(part.strip() for part in os.environ.get(name, default).split(",") if part.strip())


def packages(name: str) -> list[str]:
    """Read names of Python packages separated by commas, in their order, each once."""
    return list(dict.fromkeys(part.strip() for part in os.environ.get(name, "").split(",") if part.strip()))


def networks(name: str) -> frozenset[ipaddress.IPv4Network | ipaddress.IPv6Network | str]:
    """Read internet addresses and networks separated by commas; `*`, for all, stays as it is."""
    read: set[ipaddress.IPv4Network | ipaddress.IPv6Network | str] = set()
    for part in names(name):
        try:
            read.add(part if part == "*" else ipaddress.ip_network(part))
        except ValueError:
            problems.append((name, f"{name} must name addresses or networks such as 192.0.2.0/24, not {part!r}."))
    return frozenset(read)


def paths(name: str) -> list[Path]:
    """Read folders separated by `:`."""
    return [Path(part) for part in os.environ.get(name, "").split(":") if part]


def database(name: str) -> dict[str, Any] | None:
    """Read a `postgresql://role:password@host/name?host=/socket` address into Django's form; None when unset.

    Everything that libpq can read is allowed, also several hosts with their ports.
    """
    value = os.environ.get(name, "")
    if not value:
        return None
    parameters: dict[str, Any] = {}
    if value.startswith(("postgresql://", "postgres://")):
        with suppress(ProgrammingError):
            parameters = conninfo_to_dict(value)
    if "dbname" not in parameters:
        problems.append((name, f"{name} must look like postgresql://role:password@host/name."))
        return None
    parameters["options"] = f"{parameters.get('options', '')} {PINNED}".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parameters.pop("dbname"),
        "USER": parameters.pop("user", ""),
        "PASSWORD": parameters.pop("password", ""),
        "HOST": parameters.pop("host", ""),
        "PORT": parameters.pop("port", ""),
        "OPTIONS": parameters,
    }
