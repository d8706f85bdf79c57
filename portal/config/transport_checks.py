"""System checks that whatever leaves this machine is encrypted, and goes to a server whose identity is verified."""

import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import ProgrammingError
from psycopg.pq import Conninfo

from portal.platform.database import pool

from . import environment

# Addresses that a browser visits: on another machine, localhost is not this machine.
VISITED = ("PORTAL_ORIGIN", "OIDC_ISSUER")
# The settings of databases: by alias in DATABASES, and those that only commands use.
ALIASES = {
    "default": "DATABASE_URL or DATABASE_URL_WORKER",
    "owner": "DATABASE_URL_OWNER",
    "keys": "KEYS_DATABASE_URL or KEYS_DATABASE_URL_WORKER",
    "keys_owner": "KEYS_DATABASE_URL_OWNER",
}
COMMANDS = ("DATABASE_URL_WORKER", "KEYS_DATABASE_URL_WORKER")


@register
def addresses_are_encrypted(**_: Any) -> list[CheckMessage]:
    """Report an address without TLS, unless it is on this machine."""
    is_ours_alone = is_loopback(urlsplit(settings.PORTAL_ORIGIN).hostname or "")
    hint = "Set it to an address that begins with https://. Only what stays on this machine may do without."
    wrong: list[CheckMessage] = []
    for name in environment.addresses:
        parts = urlsplit(getattr(settings, name))
        stays_here = is_loopback(parts.hostname or "") and (is_ours_alone or name not in VISITED)
        if parts.netloc and parts.scheme != "https" and not stays_here:
            wrong.append(Error(f"{name} is not https.", hint=hint, id="portal.E021"))
    return wrong


@register
def databases_are_encrypted(**_: Any) -> list[CheckMessage]:
    """Report a database on another machine whose certificate and name are not verified."""
    named = {names: pool.address(alias) for alias, names in ALIASES.items() if settings.DATABASES.get(alias)}
    named |= {name: url for name in COMMANDS if (url := getattr(settings, name))}
    hint = (
        "Add ?sslmode=verify-full to it, with sslrootcert=FILE, or sslrootcert=system for the system's authorities."
    )
    return [
        Error(f"{name} is on another machine, and its certificate is not verified.", hint=hint, id="portal.E022")
        for name, address in named.items()
        if not is_safe(address)
    ]


def is_safe(address: str) -> bool:
    """Tell whether a connection string of libpq leads to this machine, or verifies the server in full."""
    try:
        parameters = conninfo_to_dict(address)
    except ProgrammingError:
        return True  # `portal.E001` reports what cannot be read.
    # Parameters that are not given come from PGHOST, PGSSLMODE and the like.
    defaults = {option.keyword.decode(): (option.val or b"").decode() for option in Conninfo.get_defaults()}
    effective: Mapping[str, str] = {**defaults, **{name: str(value) for name, value in parameters.items()}}
    # With the system's authorities libpq verifies in full, or does not connect.
    if effective.get("sslmode") == "verify-full" or effective.get("sslrootcert") == "system":
        return True
    if effective.get("service"):
        return False  # A service file says where the server is.
    hosts = (effective.get("hostaddr") or effective.get("host") or "").split(",")
    return all(host == "" or host.startswith(("/", "@")) or is_loopback(host) for host in hosts)


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine itself, by its name or address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
