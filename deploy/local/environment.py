"""The environment of the portal and of the model town on one machine; what is already set wins.

The names are those of docs/architecture.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.certificates import CLIENT_ID, Certificates
from deploy.local.postgres import Urls
from deploy.local.trouble import LocalTroubleError

MAGDA_PATH = "/api/Magda-02.00/soap/WebService"
MAIL_FROM = "Mijn Burgerprofiel <geen-antwoord@burgerprofiel.example>"
# Who decides about the portal of the model town; nobody real.
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
# For glibc. Every TLS connection has a buffer of 256 kB, of which hardly any is used. Mapped from the kernel each
# time, its unused pages cost nothing. Without this, glibc raises its threshold above that size when the first buffer
# is freed.
MMAP_BYTES = "131072"
SIMULATOR = Path("magda/simulator")


@dataclass(frozen=True)
class Ports:
    """The ports on 127.0.0.1, each with the variable that moves it."""

    portal: int = 8000
    town: int = 8100
    town_tls: int = 8101
    town_smtp: int = 8125

    def named(self) -> dict[str, int]:
        """Return the ports by the name of their variable."""
        return {
            "PORT": self.portal,
            "SANDBOX_PORT": self.town,
            "SANDBOX_TLS_PORT": self.town_tls,
            "SANDBOX_SMTP_PORT": self.town_smtp,
        }


def ports_from(given: Mapping[str, str]) -> Ports:
    """Read the ports; raise LocalTroubleError for what is no port or is used twice."""
    read = {}
    for name, default in Ports().named().items():
        text = given.get(name) or str(default)
        if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 65535):
            raise LocalTroubleError(f"{name}={text} is geen poort: kies een getal van 1 tot 65535.")
        read[name] = int(text)
    for name, port in read.items():
        twins = [other for other in read if other != name and read[other] == port]
        if twins:
            raise LocalTroubleError(f"{name} en {twins[0]} zijn allebei {port}: geef elk een eigen poort.")
    return Ports(*read.values())


def origin_of(ports: Ports, given: Mapping[str, str]) -> str:
    """Return scheme, host and port that people see."""
    return given.get("PORTAL_ORIGIN") or f"http://localhost:{ports.portal}"


def beside(checkout: Path, given: Mapping[str, str]) -> Path:
    """Return the folder with what others published (documents, MAGDA's schemas and mock), which may not be there.

    `BESIDE` names another; one that does not exist hides it.
    """
    return Path(given.get("BESIDE") or checkout.parent / "shared")


def simulator_beside(checkout: Path, given: Mapping[str, str]) -> Path | None:
    """Find the public simulator's data beside the checkout; None where it is not, or another was named."""
    folder = beside(checkout, given) / SIMULATOR
    return folder if "MAGDA_SIMULATOR_PATH" not in given and folder.is_dir() else None


def environment(
    given: Mapping[str, str],
    *,
    checkout: Path,
    ports: Ports,
    certificates: Certificates,
    urls: Urls | None,
    key_urls: Urls | None,
) -> dict[str, str]:
    """Return everything portal and town read, over which `given` wins.

    `urls` is None when DATABASE_URL is given, `key_urls` when KEYS_DATABASE_URL is.
    """
    values = {
        "PORTAL_ORIGIN": origin_of(ports, given),
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
        # There is no proxy here, so no forwarded address is believed.
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
    values |= {name: str(port) for name, port in ports.named().items()}
    for name, given_urls in (("DATABASE_URL", urls), ("KEYS_DATABASE_URL", key_urls)):
        if given_urls:
            values |= {
                name: given_urls.portal,
                f"{name}_OWNER": given_urls.owner,
                f"{name}_WORKER": given_urls.worker,
            }
    if simulator := simulator_beside(checkout, given):
        values["MAGDA_SIMULATOR_PATH"] = str(simulator)
    return {**values, **{name: value for name, value in given.items() if value or name not in values}}


def for_town(values: Mapping[str, str]) -> dict[str, str]:
    """Return what the model town gets: it stands for other organisations, which have no key to our databases."""
    return {name: value for name, value in values.items() if not name.startswith(OURS_ALONE)}


def for_portal(values: Mapping[str, str]) -> dict[str, str]:
    """Return what serves pages: it has no use for the other roles, nor for the keys of the town."""
    kept = {name: value for name, value in values.items() if not name.endswith(OF_OTHER_ROLES)}
    kept.pop("SANDBOX_MACHINE_KEYS", None)
    return kept


def for_worker(values: Mapping[str, str]) -> dict[str, str]:
    """Return what does the jobs: it has no use for the role that serves pages, nor for what only that may open."""
    return {name: value for name, value in values.items() if name not in NOT_OF_WORKER}
