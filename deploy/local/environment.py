"""Make the environment variables of the portal, the worker and the model town on one machine.

docs/architecture.md explains the variables; one that is set already keeps its value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.certificates import CLIENT_ID, Certificates
from deploy.local.postgres import Urls
from deploy.local.trouble import LocalTroubleError

MAGDA_PATH = "/api/Magda-02.00/soap/WebService"
MAIL_FROM = "Mijn Burgerprofiel <geen-antwoord@burgerprofiel.example>"
# The data controller of a portal on one machine, which does not exist.
CONTROLLER = {
    "CONTROLLER_NAME": "Modelagentschap Burgerprofiel",
    "CONTROLLER_ADDRESS": "Modelstraat 1, 1000 Brussel",
    "CONTROLLER_KBO": "0999.999.922",
    "CONTROLLER_PHONE": "02 000 00 00",
    "CONTROLLER_EMAIL": "info@burgerprofiel.example",
    "DPO_EMAIL": "privacy@burgerprofiel.example",
    "CHARTER_URL": "https://burgerprofiel.example/charter",
    "SECURITY_EMAIL": "beveiliging@burgerprofiel.example",
}
MAGDA_SENDER = "kb.vlaanderen.be/aiv/burgerprofiel"
# Beginnings of the names of variables that the town does not get, ends of those that the process that serves pages
# does not get, and names that the worker does not get.
OURS_ALONE = ("DATABASE_URL", "KEYS_", "SMTP_", "JOURNAL_", "SOURCE_TOKEN_")
OF_OTHER_ROLES = (
    "DATABASE_URL_OWNER",
    "DATABASE_URL_WORKER",
    "KEYS_FILE_WORKER",
    "SMTP_PASSWORD",
    "JOURNAL_HEAD_FILE",
)
NOT_OF_WORKER = (
    "DATABASE_URL",
    "DATABASE_URL_OWNER",
    "KEYS_DATABASE_URL",
    "KEYS_DATABASE_URL_OWNER",
    "KEYS_FILE",
    "SANDBOX_MACHINE_KEYS",
    "SOURCE_TOKEN_KEY_FILE",
)
# MALLOC_MMAP_THRESHOLD_ of glibc. Every TLS connection has a buffer of 256 kB, of which hardly any is used. As long
# as malloc maps such a buffer from the kernel, its unused pages take no memory. Without a fixed threshold, glibc
# raises it above that size when the first buffer is freed.
MMAP_BYTES = "131072"
SIMULATOR = Path("magda/simulator")


@dataclass(frozen=True)
class Ports:
    """The ports on 127.0.0.1."""

    portal: int = 8000
    town: int = 8100
    town_tls: int = 8101
    town_smtp: int = 8125

    def by_variable(self) -> dict[str, int]:
        """Give the ports by the name of the variable that sets each."""
        return {
            "PORT": self.portal,
            "SANDBOX_PORT": self.town,
            "SANDBOX_TLS_PORT": self.town_tls,
            "SANDBOX_SMTP_PORT": self.town_smtp,
        }


def ports_from(environ: Mapping[str, str]) -> Ports:
    """Read the ports from variables; raises LocalTroubleError for an invalid port or one that is used twice."""
    ports = {}
    for name, default in Ports().by_variable().items():
        text = environ.get(name) or str(default)
        if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 65535):
            raise LocalTroubleError(f"{name}={text} is geen poort: kies een getal van 1 tot 65535.")
        ports[name] = int(text)
    for name, port in ports.items():
        twins = [other for other in ports if other != name and ports[other] == port]
        if twins:
            raise LocalTroubleError(f"{name} en {twins[0]} zijn allebei {port}: geef elk een eigen poort.")
    return Ports(*ports.values())


def origin_of(ports: Ports, environ: Mapping[str, str]) -> str:
    """Give the portal's origin as people see it: scheme, host and port."""
    return environ.get("PORTAL_ORIGIN") or f"http://localhost:{ports.portal}"


def shared_folder(checkout: Path, environ: Mapping[str, str]) -> Path:
    """Give the folder with what others published (MAGDA's schemas and mock), beside the checkout; it may not exist.

    The variable `BESIDE` names another folder.
    """
    return Path(environ.get("BESIDE") or checkout.parent / "shared")


def simulator_folder(checkout: Path, environ: Mapping[str, str]) -> Path | None:
    """Find the answers of MAGDA's public mock in the shared folder; None without them.

    It is None too when MAGDA_SIMULATOR_PATH is set, which then wins.
    """
    folder = shared_folder(checkout, environ) / SIMULATOR
    return folder if "MAGDA_SIMULATOR_PATH" not in environ and folder.is_dir() else None


def environment(
    environ: Mapping[str, str],
    *,
    checkout: Path,
    ports: Ports,
    certificates: Certificates,
    urls: Urls | None,
    key_urls: Urls | None,
) -> dict[str, str]:
    """Give the variables that portal, worker and town read; those of `environ` win.

    `urls` is None when `environ` has DATABASE_URL, `key_urls` when it has KEYS_DATABASE_URL.
    """
    values = {
        "PORTAL_ORIGIN": origin_of(ports, environ),
        "OIDC_ISSUER": f"http://127.0.0.1:{ports.town}/op",
        "OIDC_CLIENT_ID": CLIENT_ID,
        "OIDC_CLIENT_KEY_FILE": str(certificates.oidc_key),
        "MAGDA_URL": f"https://127.0.0.1:{ports.town_tls}{MAGDA_PATH}",
        "MAGDA_CLIENT_CERTIFICATE_FILE": str(certificates.portal),
        "MAGDA_CLIENT_KEY_FILE": str(certificates.portal_key),
        "MAGDA_CA_FILE": str(certificates.ca),
        "MAGDA_SIGNING_CERTIFICATE_FILE": str(certificates.portal_signing),
        "MAGDA_SIGNING_KEY_FILE": str(certificates.portal_signing_key),
        "MAGDA_SENDER": MAGDA_SENDER,
        "REST_URL": f"https://127.0.0.1:{ports.town_tls}",
        "REST_TOKEN_URL": f"http://127.0.0.1:{ports.town}/op/v1/token",
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(ports.town_smtp),
        "SMTP_CA_FILE": str(certificates.ca),
        "MAIL_FROM": MAIL_FROM,
        **CONTROLLER,
        "KEYS_FILE": str(checkout / ".local" / "keys" / "portal.json"),
        "KEYS_FILE_WORKER": str(checkout / ".local" / "keys" / "worker.json"),
        # There is no proxy, so no forwarded address is trusted.
        "FORWARDED_ALLOW_IPS": "",
        "CONFINEMENT_OPTIONAL": "1",
        "JOURNAL_HEAD_FILE": str(checkout / ".local" / "journal" / "head.json"),
        "MALLOC_MMAP_THRESHOLD_": MMAP_BYTES,
        "SOURCE_TOKEN_KEY_FILE": str(certificates.source_tokens_key),
        "SEAL_ROOTS_FILE": str(certificates.seals_root),
        "MUNICIPALITIES_FILE": str(checkout / "sandbox" / "municipalities.csv"),
        "STATIC_ROOT": str(checkout / ".local" / "static"),
        "MACHINE_KEYS": str(certificates.machines / "public"),
        "SANDBOX_MACHINE_KEYS": str(certificates.machines / "private"),
        "SANDBOX_REPORTS": str(certificates.folder.parent / "town-reports.sqlite"),
        "SANDBOX_CERTIFICATES": str(certificates.folder),
        "SANDBOX_CLIENTS": str(certificates.clients),
    }
    values |= {name: str(port) for name, port in ports.by_variable().items()}
    for name, urls_of_roles in (("DATABASE_URL", urls), ("KEYS_DATABASE_URL", key_urls)):
        if urls_of_roles:
            values |= {
                name: urls_of_roles.portal,
                f"{name}_OWNER": urls_of_roles.owner,
                f"{name}_WORKER": urls_of_roles.worker,
            }
    if simulator := simulator_folder(checkout, environ):
        values["MAGDA_SIMULATOR_PATH"] = str(simulator)
    return {**values, **{name: value for name, value in environ.items() if value or name not in values}}


def for_town(values: Mapping[str, str]) -> dict[str, str]:
    """Give the variables of the model town: it stands for other organisations, which have no access to our data."""
    return {name: value for name, value in values.items() if not name.startswith(OURS_ALONE)}


def for_portal(values: Mapping[str, str]) -> dict[str, str]:
    """Give the variables of the process that serves pages: without those of other roles and the town's keys."""
    own = {name: value for name, value in values.items() if not name.endswith(OF_OTHER_ROLES)}
    own.pop("SANDBOX_MACHINE_KEYS", None)
    return own


def for_worker(values: Mapping[str, str]) -> dict[str, str]:
    """Give the variables of the worker: without the role and key files of the process that serves pages."""
    return {name: value for name, value in values.items() if name not in NOT_OF_WORKER}
