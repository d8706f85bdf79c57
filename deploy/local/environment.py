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
MAGDA_SENDER = "kb.vlaanderen.be/aiv/burgerprofiel"
# For glibc. Every TLS connection has a buffer of 256 kB of which hardly any is used: taken from the kernel each time,
# what is not used costs nothing. By itself glibc raises its limit past them at the first one that is given back.
MMAP_BYTES = "131072"
# The simulator's data beside a checkout, as the project's own machines have it.
SIMULATOR_BESIDE = Path("shared/magda/simulator")


@dataclass(frozen=True)
class Ports:
    """The three ports on 127.0.0.1, each with the variable that moves it."""

    portal: int = 8000
    town: int = 8100
    town_tls: int = 8101

    def named(self) -> dict[str, int]:
        """Return the ports by the name of their variable."""
        return {"PORT": self.portal, "SANDBOX_PORT": self.town, "SANDBOX_TLS_PORT": self.town_tls}


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


def simulator_beside(checkout: Path, given: Mapping[str, str]) -> Path | None:
    """Find the public simulator's data beside the checkout; None where it is not, or another was named."""
    beside = checkout.parent / SIMULATOR_BESIDE
    return beside if "MAGDA_SIMULATOR_PATH" not in given and beside.is_dir() else None


def environment(
    given: Mapping[str, str],
    *,
    checkout: Path,
    ports: Ports,
    certificates: Certificates,
    urls: Urls | None,
) -> dict[str, str]:
    """Return everything portal and town read, over which `given` wins; `urls` is None when DATABASE_URL is given."""
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
        "MALLOC_MMAP_THRESHOLD_": MMAP_BYTES,
        "STATIC_ROOT": str(checkout / ".local" / "static"),
        "SANDBOX_CERTIFICATES": str(certificates.folder),
        "SANDBOX_CLIENTS": str(certificates.clients),
    }
    values |= {name: str(port) for name, port in ports.named().items()}
    if urls:
        values |= {
            "DATABASE_URL": urls.portal,
            "DATABASE_URL_OWNER": urls.owner,
            "DATABASE_URL_WORKER": urls.worker,
        }
    if simulator := simulator_beside(checkout, given):
        values["MAGDA_SIMULATOR_PATH"] = str(simulator)
    return {**values, **{name: value for name, value in given.items() if value or name not in values}}


def without_database(values: Mapping[str, str]) -> dict[str, str]:
    """Return what the model town gets: it stands for other organisations, which have no key to our database."""
    return {name: value for name, value in values.items() if not name.startswith("DATABASE_URL")}
