"""System checks of the settings and manifests; each message has an id and says how to mend it."""

from collections.abc import Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register
from django.db import connections

from portal.platform.access import source_tokens
from portal.platform.confined import walls
from portal.platform.database import terms
from portal.platform.database.pool import LISTENERS, MOST_CONNECTIONS
from portal.platform.feature import installed
from portal.platform.journal.head_file import HeadFile
from portal.platform.keys import names, service
from portal.platform.kit.errors import PortalError
from portal.platform.language import compiling, offer
from portal.platform.mail import addresses
from portal.platform.sources import catalogue, machine_clients
from portal.platform.sources.manifest import OWN_SOURCES, Partner
from portal.platform.sources.transports import ws_security

from . import environment

TABLES = "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"
# How many connections a database has for roles that are no superusers.
CONNECTIONS = """
select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
"""
SHORTEST_KEY = 16  # characters: a shorter key can be guessed by a program that may try without limit


@register
def environment_is_complete(**_: Any) -> list[CheckMessage]:
    """Report each setting that is missing or cannot be read."""
    return [
        Error(problem, hint=f"Set {name}; docs/architecture.md lists every name.", id="portal.E001")
        for name, problem in environment.problems
    ]


@register
def database_is_named(**_: Any) -> list[CheckMessage]:
    """Report a missing database."""
    if "default" in settings.DATABASES and settings.DATABASES["default"].get("NAME"):
        return []
    hint = "Set DATABASE_URL (DATABASE_URL_WORKER for a worker) to postgresql://portal:password@host/name."
    return [Error("DATABASE_URL is not set.", hint=hint, id="portal.E004")]


@register
def mail_has_a_sender(**_: Any) -> list[CheckMessage]:
    """Report a sender that is no address."""
    if not settings.MAIL_FROM or addresses.is_usable(parseaddr(settings.MAIL_FROM)[1]):
        return []
    hint = "Write it as: Mijn Burgerprofiel <no-answer@portal.example>."
    return [Error("MAIL_FROM holds no address that mail can come from.", hint=hint, id="portal.E012")]


@register
def contact_can_be_written_to(**_: Any) -> list[CheckMessage]:
    """Report an address of the contact centre that mail cannot be sent to: people's questions would wait for ever."""
    if addresses.is_usable(settings.CONTACT_EMAIL):
        return []
    hint = "Set CONTACT_EMAIL to one plain address, as help@portal.example."
    return [Error("CONTACT_EMAIL is no address that mail can go to.", hint=hint, id="portal.E013")]


@register
def weaknesses_can_be_reported(**_: Any) -> list[CheckMessage]:
    """Report an address for reports of vulnerabilities that mail cannot be sent to: `security.txt` names it."""
    if addresses.is_usable(settings.SECURITY_EMAIL):
        return []
    hint = "Set SECURITY_EMAIL to the address of whoever reads reports of weaknesses, as security@portal.example."
    return [Error("SECURITY_EMAIL is no address that mail can go to.", hint=hint, id="portal.E066")]


@register
def keys_can_be_used(**_: Any) -> list[CheckMessage]:
    """Report a key database that is not named, and key files that cannot be used."""
    if "keys" not in settings.DATABASES:
        hint = "Set KEYS_DATABASE_URL: a database apart, because back-ups of the main one must not hold keys."
        return [Error("KEYS_DATABASE_URL is not set.", hint=hint, id="portal.E009")]
    if settings.DATABASES["keys"] == settings.DATABASES.get("default"):
        hint = "Name another database: a back-up of data and keys together would open what was erased."
        return [Error("KEYS_DATABASE_URL is the main database.", hint=hint, id="portal.E009")]
    if not Path(settings.KEYS_FILE or settings.KEYS_FILE_WORKER).is_file():
        # Nothing to report yet: the first key is made after the first migration. `installation.verify` refuses to
        # serve without.
        return []
    try:
        service.installed()
    except PortalError as error:
        return [Error(f"The key file: {error}", hint="docs/operations.md tells how keys are kept.", id="portal.E010")]
    # A warning only: the migration that needs a new key may have to run first. The portal refuses to serve without.
    return [
        checks.Warning(
            f"The key file has no key {name!r}.",
            hint=f"Run `manage.py keys add {name}`, make back-ups of both files, and start again.",
            id="portal.W020",
        )
        for name in names.missing(service.role(), service.installed())
    ]


@register(checks.Tags.database)
def rights_are_narrow(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Warn when a role still has rights that PostgreSQL gives everybody (PUBLIC); only with `check --database`."""
    messages: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute("select has_function_privilege('lo_create(oid)', 'execute')")
            if cursor.fetchone() == (True,):
                hint = "Run deploy/rights.sql as a superuser in both databases."
                message = f"The role of {alias!r} may do what PostgreSQL lets everybody do."
                messages.append(checks.Warning(message, hint=hint, id="portal.W019"))
    return messages


@register(checks.Tags.database)
def connections_suffice_for_all_processes(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Warn when the portal's processes could want more connections than a database gives; with `check --database`."""
    messages: list[CheckMessage] = []
    for alias in {"default", "keys"} & set(databases or ()):
        with connections[alias].cursor() as cursor:
            cursor.execute(CONNECTIONS)
            (available,) = cursor.fetchone()
        wanted = settings.WORKERS * (MOST_CONNECTIONS[alias] + LISTENERS[alias])
        if wanted > available:
            hint = "Raise max_connections, put a pooler before it, or lower WORKERS; each machine wants as many."
            message = (
                f"{settings.WORKERS} processes may want {wanted} connections of {alias!r}, which gives {available}."
            )
            messages.append(checks.Warning(message, hint=hint, id="portal.W022"))
    return messages


@register(checks.Tags.database)
def every_table_has_a_room(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Warn of tables that no known room declares: a feature left them; only with `check --database default`."""
    if "default" not in (databases or ()):
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(TABLES)
        unknown = sorted({name for (name,) in cursor.fetchall()} - {each.table for each in terms.terms()})
    if not unknown:
        return []
    hint = (
        "Erasing, terms and copies do not reach their rows. List the feature that made them in FEATURES again; to be "
        "rid of it, run `manage.py migrate APP zero --database owner` before you take it out. Its rights.toml says "
        "the terms of its tables."
    )
    message = f"No known room declares these tables: {', '.join(unknown)}."
    return [checks.Warning(message, hint=hint, id="portal.W068")]


@register
def journal_has_a_head_outside(**_: Any) -> list[CheckMessage]:
    """Report a worker that keeps the journal's newest head nowhere, or in a file that cannot be used."""
    if not settings.KEYS_FILE_WORKER:
        return []
    if not settings.JOURNAL_HEAD_FILE:
        hint = "Name a file that only the worker can write, on a disk of its machine that is no database's."
        return [Error("JOURNAL_HEAD_FILE is not set.", hint=hint, id="portal.E015")]
    try:
        HeadFile(Path(settings.JOURNAL_HEAD_FILE)).read()
    except PortalError as error:
        hint = "docs/operations.md, under Journal, tells how the head is kept."
        return [Error(f"The journal's head: {error}", hint=hint, id="portal.E015")]
    return []


@register
def files_can_be_read(**_: Any) -> list[CheckMessage]:
    """Report each key or certificate that is not there."""
    return [
        Error(f"{name} names no readable file.", hint="Correct the path.", id="portal.E002")
        for name in environment.files
        if getattr(settings, name) and not Path(getattr(settings, name)).is_file()
    ]


@register
def questions_can_be_signed(**_: Any) -> list[CheckMessage]:
    """Report signing material that cannot sign, when questions are to be signed."""
    try:
        ws_security.signer()
    except (PortalError, OSError, ValueError) as error:
        return [
            Error(
                f"MAGDA_SIGNATURE is on, but questions cannot be signed: {error}",
                hint="MAGDA_SIGNING_CERTIFICATE_FILE and MAGDA_SIGNING_KEY_FILE: an RSA key and its certificate.",
                id="portal.E006",
            )
        ]
    return []


@register
def manifests_are_sound(**_: Any) -> list[CheckMessage]:
    """Report the first manifest that cannot be used."""
    try:
        catalogue.installed()
    except PortalError as error:
        return [Error(str(error), hint="Correct the manifest; docs/agencies.md explains it.", id="portal.E003")]
    return []


@register
def switches_name_sources(**_: Any) -> list[CheckMessage]:
    """Report a name in SOURCES_OFF that is no source: whoever set it believes that a source is off."""
    agencies = _catalogue().agencies
    known = {source for agency in agencies for source in agency.sources} | OWN_SOURCES.keys()
    # Sources of these families get their names at run time, so they cannot be looked up here.
    families = tuple(family for agency in agencies for family in agency.families)
    return [
        Error(
            f"SOURCES_OFF names {name!r}, which is no source.",
            hint=f"Known: {', '.join(sorted(known))}.",
            id="portal.E007",
        )
        for name in sorted(settings.SOURCES_OFF - known)
        if not name.startswith(families)
    ]


@register
def connections_suffice_for_a_source(**_: Any) -> list[CheckMessage]:
    """Report bounds that contradict each other: more calls at once of one source than there are connections."""
    if settings.SOURCES_CONNECTIONS >= settings.SOURCES_AT_ONCE:
        return []
    message = f"SOURCES_CONNECTIONS ({settings.SOURCES_CONNECTIONS}) is less than SOURCES_AT_ONCE"
    hint = f"Raise it to {settings.SOURCES_AT_ONCE} or more: one slow source could else take them all."
    return [Error(f"{message} ({settings.SOURCES_AT_ONCE}).", hint=hint, id="portal.E016")]


@register
def json_sources_can_be_asked(**_: Any) -> list[CheckMessage]:
    """Report REST_URL and REST_TOKEN_URL when they are not set though there are JSON sources."""
    known = _catalogue()
    entries = known.entries
    sections = [keys for entry in entries for keys in entry.sections.values()]
    sections += [keys for agency in known.agencies for keys in agency.sections.values()]
    delivers = any(keys.endpoints() for keys in sections)
    if not delivers and all(entry.dataset.transport != "rest" for entry in entries):
        return []
    return [
        Error(f"{name} is not set, but there are JSON sources.", hint=f"Set {name}.", id="portal.E008")
        for name in ("REST_URL", "REST_TOKEN_URL")
        if not getattr(settings, name)
    ]


@register
def sources_get_tokens(**_: Any) -> list[CheckMessage]:
    """Report a key of source tokens that cannot be used, and a missing key where a source wants tokens.

    A worker calls no such source, and has no key.
    """
    if service.role() == "worker":
        return []
    hint = "Set SOURCE_TOKEN_KEY_FILE to an RSA key (PEM); docs/operations.md, Keys of tokens for sources."
    try:
        signing = source_tokens.ours()
    except PortalError as error:
        return [Error(str(error), hint=hint, id="portal.E062")]
    agencies = _catalogue().agencies
    partners = [ask for agency in agencies for ask in agency.asks if isinstance(ask.service, Partner)]
    # Sources that get their names at run time are asked with tokens too.
    if not (partners or any(agency.families for agency in agencies)) or (signing and settings.REST_URL):
        return []
    problem = "REST_URL is not set" if signing else "There is no key for tokens"
    return [
        Error(f"{problem}, but sources want them.", hint=hint if not signing else "Set REST_URL.", id="portal.E062")
    ]


@register
def machines_have_keys(**_: Any) -> list[CheckMessage]:
    """Report keys of bodies' machines that cannot be read, and warn of bodies without any."""
    try:
        clients = machine_clients.clients()
    except PortalError as error:
        return [Error(str(error), hint="docs/corrections.md tells how a body's keys are kept.", id="portal.E014")]
    return [
        checks.Warning(
            f"No public key of {client.id!r} is known, so its machines cannot call.",
            hint=f"Put {client.id}.jwks.json in the folder that MACHINE_KEYS names.",
            id="portal.W002",
        )
        for client in clients.values()
        if not client.keys
    ]


@register
def operator_key_is_hard_to_guess(**_: Any) -> list[CheckMessage]:
    """Report an operator's key that is short enough to be guessed: its pages do not count attempts."""
    if not settings.OPERATOR_KEY or len(settings.OPERATOR_KEY) >= SHORTEST_KEY:
        return []
    return [
        Error(
            f"OPERATOR_KEY is shorter than {SHORTEST_KEY} characters.",
            hint="Set OPERATOR_KEY to what `openssl rand -base64 24` prints; unset, there is no such page.",
            id="portal.E011",
        )
    ]


@register
def programs_can_be_confined(**_: Any) -> list[CheckMessage]:
    """Report a kernel that cannot confine the programs that read uploads; with CONFINEMENT_OPTIONAL, only warn."""
    lacking = walls.missing()
    if not lacking:
        return []
    kind = checks.Warning if settings.CONFINEMENT_OPTIONAL else Error
    return [
        kind(
            f"This kernel does not offer {' and '.join(lacking)}, so programs that read pictures are not walled in.",
            hint="Run Linux 5.13 or later with Landlock among its LSMs (CONFIG_LSM, or lsm= at boot) and seccomp "
            "filters; let a container's own profile allow both. CONFINEMENT_OPTIONAL=1 goes on without.",
            id="portal.W018" if settings.CONFINEMENT_OPTIONAL else "portal.E018",
        )
    ]


@register
def large_bodies_have_room(**_: Any) -> list[CheckMessage]:
    """Report that one network, which may hold half of UPLOAD_BYTES_AT_ONCE, could not send the largest body of a
    page.
    """
    largest = max((most for feature in installed.features() for most in feature.bodies.values()), default=0)
    if 2 * largest <= settings.UPLOAD_BYTES_AT_ONCE:
        return []
    hint = f"Set UPLOAD_BYTES_AT_ONCE to at least {2 * largest}."
    return [Error("The largest page would have no room for what it takes.", hint=hint, id="portal.E032")]


def _catalogue() -> catalogue.Catalogue:
    """Give the catalogue; an empty one when the manifests are wrong, which `manifests_are_sound` reports."""
    try:
        return catalogue.installed()
    except PortalError:
        return catalogue.Catalogue((), ())


@register(deploy=True)
def proxy_is_named(**_: Any) -> list[CheckMessage]:
    """Report that no proxy is named: all people who come through it would share the limits of one network."""
    if settings.PROXIES or not settings.PORTAL_ORIGIN.startswith("https"):
        return []
    hint = (
        "Set FORWARDED_ALLOW_IPS to the addresses of your proxies. They end TLS, keep Host, set X-Forwarded-For "
        "and X-Forwarded-Proto, and bound heads, bodies and connections: docs/operations.md, Limits. Without one, "
        "where the server itself ends TLS, name 127.0.0.1."
    )
    return [Error("No proxy is named: everybody would share the limits of one network.", hint=hint, id="portal.E031")]


@register(deploy=True)
def not_everybody_is_a_proxy(**_: Any) -> list[CheckMessage]:
    """Report that every client counts as a proxy: each could name any network, and no limit of one would hold."""
    if "*" not in settings.PROXIES:
        return []
    hint = "Name the addresses of your proxies in FORWARDED_ALLOW_IPS, and not *."
    return [Error("FORWARDED_ALLOW_IPS takes everybody for a proxy.", hint=hint, id="portal.E030")]


@register
def languages_can_be_spoken(**_: Any) -> list[CheckMessage]:
    """Report an offered language without a catalogue, or with one that could not be compiled."""
    unknown = settings.LANGUAGES_OFFERED - offer.names().keys()
    lacking = {
        compiled.parents[1].name
        for source, compiled in compiling.catalogues()
        if not compiling.is_up_to_date(source, compiled)
    }
    hint = "Offer what portal/locale has. The first command of manage.py makes the catalogues: let it write there."
    return [
        Error(f"LANGUAGES_OFFERED names {language!r}, which has no catalogue.", hint=hint, id="portal.E033")
        for language in sorted(unknown | lacking)
    ]
