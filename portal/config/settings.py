"""Settings of the portal, from the environment only. `manage.py check` reports what is wrong with them.

docs/architecture.md (Names in the environment) says of each what it holds and who reads it; the comments here say
what one needs beside that.
"""

import logging
import secrets
from pathlib import Path

from . import environment, features

ROOT = Path(__file__).resolve().parents[2]

# Settings of the portal itself
PORTAL_ORIGIN = environment.origin("PORTAL_ORIGIN", "http://localhost:8000")
OIDC_ISSUER = environment.address("OIDC_ISSUER")
OIDC_CLIENT_ID = environment.text("OIDC_CLIENT_ID")
OIDC_CLIENT_KEY_FILE = environment.file("OIDC_CLIENT_KEY_FILE")
MAGDA_URL = environment.address("MAGDA_URL")
MAGDA_CLIENT_CERTIFICATE_FILE = environment.file("MAGDA_CLIENT_CERTIFICATE_FILE")
MAGDA_CLIENT_KEY_FILE = environment.file("MAGDA_CLIENT_KEY_FILE")
MAGDA_CA_FILE = environment.file("MAGDA_CA_FILE")
MAGDA_SENDER = environment.text("MAGDA_SENDER")
MAGDA_CAPACITY = environment.text("MAGDA_CAPACITY", "")
MAGDA_CA_LENIENT = environment.flag("MAGDA_CA_LENIENT")
# WS-Security: the algorithm that signs questions ("": they are not signed), and the CA whose signature answers must
# carry ("": none).
MAGDA_SIGNATURE = environment.choice("MAGDA_SIGNATURE", "sha1", "sha256")
MAGDA_SIGNING_CERTIFICATE_FILE = environment.file("MAGDA_SIGNING_CERTIFICATE_FILE", MAGDA_CLIENT_CERTIFICATE_FILE)
MAGDA_SIGNING_KEY_FILE = environment.file("MAGDA_SIGNING_KEY_FILE", MAGDA_CLIENT_KEY_FILE)
MAGDA_ANSWER_CA_FILE = environment.file("MAGDA_ANSWER_CA_FILE", "")
REST_CA_LENIENT = environment.flag("REST_CA_LENIENT")
REST_URL = environment.address("REST_URL", "").rstrip("/")
REST_TOKEN_URL = environment.address("REST_TOKEN_URL", "")
REST_TOKEN_AUDIENCE = environment.text("REST_TOKEN_AUDIENCE", OIDC_ISSUER)
# The keys of tokens with which sources are asked about a citizen: the first signs, all are published.
SOURCE_TOKEN_KEY_FILE = environment.file("SOURCE_TOKEN_KEY_FILE", "")
OPERATOR_KEY = environment.text("OPERATOR_KEY", "")
PAGES_UNCOUNTED = environment.flag("PAGES_UNCOUNTED")
SOURCES_OFF = environment.names("SOURCES_OFF")
SOURCES_AT_ONCE = environment.number("SOURCES_AT_ONCE", 50)
# Connections per origin (scheme, host and port), which many sources may share: all of them, and those being set up.
# SOURCES_AT_ONCE bounds the calls per source.
SOURCES_CONNECTIONS = environment.number("SOURCES_CONNECTIONS", 400)
SOURCES_CONNECTING = environment.number("SOURCES_CONNECTING", 4)
SOURCES_BREAKER_CALLS = environment.number("SOURCES_BREAKER_CALLS", 20)
AGENCIES_PATH = [ROOT / "agencies", *environment.paths("AGENCIES_PATH")]
# Machines that may call us: the function that lists them, and a folder with keys of bodies (BODY.jwks.json) that do
# not stand in the bodies' own folders.
MACHINE_CLIENTS = "portal.platform.sources.machine_clients.clients"
MACHINE_KEYS = environment.text("MACHINE_KEYS", "")
# The features that this portal offers (`config.features`), and all that it knows: the database has the tables of all.
FEATURES = features.packages()
KNOWN_FEATURES = features.all_packages(FEATURES)
# Programs that read files of strangers run in a confined process (`platform.confined`). Where the kernel cannot
# confine them, the portal does not start unless this is set.
CONFINEMENT_OPTIONAL = environment.flag("CONFINEMENT_OPTIONAL")
# What one citizen may keep of their eBox: megabytes and copies in all, and megabytes of one copy.
MAILBOX_ARCHIVE_MB = environment.number("MAILBOX_ARCHIVE_MB", 200)
MAILBOX_ARCHIVE_COPIES = environment.number("MAILBOX_ARCHIVE_COPIES", 500)
MAILBOX_COPY_MB = environment.number("MAILBOX_COPY_MB", 50)
# A report that could not be delivered is tried again at this interval, for so long.
CORRECTIONS_RETRY_SECONDS = environment.number("CORRECTIONS_RETRY_SECONDS", 300, most=24 * 3600)
CORRECTIONS_RETRY_FOR_SECONDS = environment.number("CORRECTIONS_RETRY_FOR_SECONDS", 4 * 3600, most=366 * 24 * 3600)
# Portal and worker each have a file with the master keys of their role, and database users of their own. A process
# acts in the role whose file and users its environment gives.
KEYS_FILE = environment.text("KEYS_FILE", "")
KEYS_FILE_WORKER = environment.text("KEYS_FILE_WORKER", "")
DATABASE_URL_WORKER = environment.text("DATABASE_URL_WORKER", "")
KEYS_DATABASE_URL_OWNER = environment.text("KEYS_DATABASE_URL_OWNER", "")
KEYS_DATABASE_URL_WORKER = environment.text("KEYS_DATABASE_URL_WORKER", "")
# For how many days a back-up of the key database is kept: for as long erasures are repeated after one is put back.
KEYS_BACKUP_DAYS = environment.number("KEYS_BACKUP_DAYS", 30, most=3650)
# Where a machine with workers keeps the newest head of the journal, outside the databases.
JOURNAL_HEAD_FILE = environment.text("JOURNAL_HEAD_FILE", "")
# A worker that gives no sign of life for this long is taken for dead: others do its jobs again.
WORKER_SILENT_SECONDS = environment.number("WORKER_SILENT_SECONDS", 30)
SMTP_HOST = environment.text("SMTP_HOST")
SMTP_PORT = environment.number("SMTP_PORT", 587, most=65535)
SMTP_SECURITY = environment.choice("SMTP_SECURITY", "starttls", "tls") or "starttls"
SMTP_USER = environment.text("SMTP_USER", "")
SMTP_PASSWORD = environment.text("SMTP_PASSWORD", "")
SMTP_CA_FILE = environment.file("SMTP_CA_FILE", "")
MAIL_FROM = environment.text("MAIL_FROM")
# The two names that the advice against phishing mentions, as plain text.
MAIL_ADVICE_PORTAL = environment.text("MAIL_ADVICE_PORTAL", "mijnburgerprofiel.be")
MAIL_ADVICE_PHISHING = environment.text("MAIL_ADVICE_PHISHING", "vlaanderen.be/phishing")
CONTACT_PHONE = environment.text("CONTACT_PHONE", "1700")
CONTACT_EMAIL = environment.text("CONTACT_EMAIL", "hulp@burgerprofiel.example")
# Who decides about this portal, its data protection officer, and the charter that binds it towards the bodies: the
# policy names them (`features.privacy`), and its check says what is missing.
CONTROLLER_NAME = environment.text("CONTROLLER_NAME", "")
CONTROLLER_ADDRESS = environment.text("CONTROLLER_ADDRESS", "")
CONTROLLER_KBO = environment.text("CONTROLLER_KBO", "")
CONTROLLER_PHONE = environment.text("CONTROLLER_PHONE", "")
CONTROLLER_EMAIL = environment.text("CONTROLLER_EMAIL", "")
DPO_EMAIL = environment.text("DPO_EMAIL", "")
CHARTER_URL = environment.address("CHARTER_URL", "")
# Where to report a vulnerability (security.txt), and within how many working days we promise an answer; unset (0):
# none is promised.
SECURITY_EMAIL = environment.text("SECURITY_EMAIL", "")
SECURITY_ANSWER_DAYS = environment.number("SECURITY_ANSWER_DAYS", 0)
# The versions of the policy; "": those of the software itself.
POLICY_FOLDER = environment.text("POLICY_FOLDER", "")

# How the population desks of municipalities are reached; "" for a portal that has no such list.
MUNICIPALITIES_FILE = environment.file("MUNICIPALITIES_FILE", "")

# The roots of trust for seals on documents (PEM), and revocation lists beside those in the documents (folder of
# `*.crl`).
SEAL_ROOTS_FILE = environment.file("SEAL_ROOTS_FILE", "")
SEAL_LISTS = environment.text("SEAL_LISTS", "")

LANGUAGES_OFFERED = environment.names("LANGUAGES_OFFERED", "en")

# How many processes serve pages on this machine; the number of this one, from 1, which its parent gives it (unset, 0:
# it serves alone, or no pages); and their port (`config.serve`). These are not the workers that do jobs.
WORKERS = environment.number("WORKERS", 1)
WORKER = environment.number("WORKER", 0)
PORT = environment.number("PORT", 8000, most=65535)

# Limits of one client, one network or one citizen: in this process, or in all on this machine together.
# docs/operations.md says which, and why so much.

# Our own proxies, whose connections are those of many people. uvicorn reads the name too.
PROXIES = environment.networks("FORWARDED_ALLOW_IPS")
CONNECTIONS_PER_NETWORK = environment.number("CONNECTIONS_PER_NETWORK", 256)
HALF_SENT_PER_NETWORK = environment.number("HALF_SENT_PER_NETWORK", 64)
UPLOADS_PER_NETWORK = environment.number("UPLOADS_PER_NETWORK", 64)
# Sign-ins that come back from the identity provider, under way at once: each asks it for tokens.
RETURNS_PER_NETWORK = environment.number("RETURNS_PER_NETWORK", 32)
# Pages of one citizen: how many are under way; how many begin in one burst, and then each second; how many wait.
PAGES_PER_CITIZEN = environment.number("PAGES_PER_CITIZEN", 6)
PAGES_BURST = environment.number("PAGES_BURST", 20)
PAGES_PER_CITIZEN_SECOND = environment.number("PAGES_PER_CITIZEN_SECOND", 4)
PAGES_WAITING_PER_CITIZEN = environment.number("PAGES_WAITING_PER_CITIZEN", 24)
# Pages for one network's visitors who are not signed in: how many begin in one burst, and then each second.
VISITORS_BURST = environment.number("VISITORS_BURST", 100)
VISITORS_PER_NETWORK_SECOND = environment.number("VISITORS_PER_NETWORK_SECOND", 50)
# Pages that wait for news (`guards.waits`): of one citizen, of one network, and of all. The last two are half of the
# connections that one network (CONNECTIONS_PER_NETWORK) and all (`serving.MOST_CONNECTIONS`) may have in a process.
STREAMS_PER_CITIZEN = environment.number("STREAMS_PER_CITIZEN", 4)
STREAMS_PER_NETWORK = environment.number("STREAMS_PER_NETWORK", 128)
STREAMS_AT_ONCE = environment.number("STREAMS_AT_ONCE", 1000)
SESSIONS_PER_CITIZEN = environment.number("SESSIONS_PER_CITIZEN", 20)
REQUEST_HEAD_SECONDS = environment.number("REQUEST_HEAD_SECONDS", 10)
REQUEST_HEAD_BYTES = environment.number("REQUEST_HEAD_BYTES", 64 * 1024)
REQUEST_ADDRESS_BYTES = environment.number("REQUEST_ADDRESS_BYTES", 8 * 1024)
# How long a request's body may take: the grace, and a second more for each BYTES_PER_SECOND that came, but never
# longer than REQUEST_BODY_SECONDS.
REQUEST_BODY_GRACE_SECONDS = environment.number("REQUEST_BODY_GRACE_SECONDS", 20)
REQUEST_BODY_BYTES_PER_SECOND = environment.number("REQUEST_BODY_BYTES_PER_SECOND", 4 * 1024)
REQUEST_BODY_SECONDS = environment.number("REQUEST_BODY_SECONDS", 600)
# A client that reads nothing of its answer for so long is disconnected.
ANSWER_SECONDS = environment.number("ANSWER_SECONDS", 60)

# Settings of Django
# Nothing of ours is signed with it: sessions derive their keys from the citizen's own cookie.
SECRET_KEY = secrets.token_urlsafe(50)
ALLOWED_HOSTS = [environment.host_of(PORTAL_ORIGIN)]
ROOT_URLCONF = "portal.config.urls"
ASGI_APPLICATION = "portal.config.asgi.application"
INSTALLED_APPS = [
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "portal.config",
    "procrastinate.contrib.django",
    "portal.platform.keys",
    "portal.platform.jobs",
    "portal.platform.mail",
    "portal.platform.journal",
    "portal.platform.sweeping",
    "portal.platform.tallies",
    "portal.platform.live",
    "portal.platform.access",
    "portal.platform.sources",
    "portal.platform.seals",
    "portal.platform.language",
    "portal.platform.ui",
    *KNOWN_FEATURES,
    "portal.channels.entry",
    "portal.channels.help",
    "portal.channels.home",
    "portal.channels.machine",
    "portal.channels.operator",
    "portal.channels.site",
]
# Of procrastinate's Django app only the migrations are used: the platform's own tasks are named here, and each
# feature names its own.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
TASKS = [
    "portal.platform.jobs.tasks",
    "portal.platform.mail.tasks",
    "portal.platform.journal.tasks",
    "portal.platform.sweeping.tasks",
    "portal.platform.tallies.tasks",
    "portal.platform.access.tasks",
]
# The master keys that rooms declare (`keys.names`).
MASTER_KEYS = [
    "portal.platform.keys.names.KEYS",
    "portal.platform.journal.master_keys.KEYS",
    "portal.features.mailbox.master_keys.KEYS",
]
# Modules that give the addresses of pages to other rooms (`ui.links`); each feature names its own.
LINKS = [
    "portal.channels.entry.links",
    "portal.channels.help.links",
    "portal.channels.home.links",
    "portal.channels.machine.links",
    "portal.channels.site.links",
]
# What is done with personal data by others than features, for the policy and its register (`journal.processings`).
PROCESSINGS = ["portal.platform.sources.processings", "portal.channels.entry.processings"]
# Each of these is natively asynchronous (tests/house asserts it): Django's own would cost a change of threads at each
# request.
MIDDLEWARE = [
    "portal.platform.language.middleware.middleware",
    "portal.config.security.middleware",
    "portal.config.machines.middleware",
    "portal.config.speculation.middleware",
    "portal.platform.access.middleware.middleware",
    "portal.config.budgets.middleware",
    "portal.platform.access.middleware.forms",
]
DATABASES = {
    alias: settings
    for alias, settings in (
        ("default", environment.database("DATABASE_URL") or environment.database("DATABASE_URL_WORKER")),
        ("owner", environment.database("DATABASE_URL_OWNER")),
        ("keys", environment.database("KEYS_DATABASE_URL") or environment.database("KEYS_DATABASE_URL_WORKER")),
        ("keys_owner", environment.database("KEYS_DATABASE_URL_OWNER")),
    )
    if settings
}
# Without a main database, `manage.py check` must still run to report that.
DATABASES.setdefault("default", {})
DATABASE_ROUTERS = ["portal.config.routing.KeyDatabase"]
# Our middleware (`config.security`, `access.middleware`) does what Django's own would do.
SILENCED_SYSTEM_CHECKS = ["security.W001", "security.W002", "security.W003"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": False,
        "DIRS": [
            ROOT / "portal/platform/ui/templates",
            ROOT / "portal/platform/access/templates",
            ROOT / "portal/platform/municipalities/templates",
            ROOT / "portal/platform/paper/templates",
            *(features.folder_of(package) / "templates" for package in FEATURES),
            ROOT / "portal/channels/entry/templates",
            ROOT / "portal/channels/help/templates",
            ROOT / "portal/channels/home/templates",
            ROOT / "portal/channels/operator/templates",
            ROOT / "portal/channels/site/templates",
        ],
        "OPTIONS": {
            "environment": "portal.platform.ui.jinja.environment",
            "context_processors": ["portal.channels.site.navigation.context"],
        },
    }
]
LANGUAGE_CODE = "nl"
# Each but Dutch has a catalogue in `portal/locale`; a text that it lacks is shown in Dutch.
LANGUAGES = [
    (code, name)
    for code, name in {"nl": "Nederlands", "en": "English", "fr": "Français", "de": "Deutsch"}.items()
    if code == LANGUAGE_CODE or code in LANGUAGES_OFFERED
]
TIME_ZONE = "Europe/Brussels"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [ROOT / "portal/locale"]
STATIC_URL = "/static/"
STATIC_ROOT = environment.text("STATIC_ROOT", str(ROOT / ".local/static"))
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]
STORAGES = {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
# Forms are small; a larger request is refused before it is read (`uploads`), except where a feature takes more.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
DATA_UPLOAD_MAX_NUMBER_FILES = 1
# Bytes of large request bodies, such as photos, that are held at once; one network may take half of them. A check
# sees that the largest page of a feature fits (portal.E032).
UPLOAD_BYTES_AT_ONCE = environment.number("UPLOAD_BYTES_AT_ONCE", 256 * 1024 * 1024)
# Larger than any upload that is read: Django then holds each in memory, and none reaches a disk in the clear.
FILE_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_BYTES_AT_ONCE + 1
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
# No log line of ours shows these, and looking them up takes two fifths of the time of a log line.
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
logging.logAsyncioTasks = False  # type: ignore[attr-defined]  # typeshed lacks it
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # Of several processes, each says which one it is: `portal.request[2]`.
    "formatters": {
        "line": {"format": f"%(asctime)s %(levelname)s %(name)s{f'[{WORKER}]' if WORKER else ''} %(message)s"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "portal": {"handlers": ["stderr"], "level": "INFO"},
        # It prints the messages of errors, which may hold an address; `portal.jobs` says what matters.
        "procrastinate": {"handlers": ["stderr"], "level": "CRITICAL", "propagate": False},
        # It logs every connection that it drops or cannot make; `portal.database` logs an outage once.
        "psycopg": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        # Django's own request log prints paths with their query: a code or state of a sign-in could stand in it.
        "django.request": {"handlers": ["stderr"], "level": "CRITICAL", "propagate": False},
        "django.security": {"handlers": ["stderr"], "level": "CRITICAL", "propagate": False},
    },
}
