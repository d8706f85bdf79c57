"""Read the town's settings from the environment, and refuse clearly what cannot work."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"


class SettingsError(Exception):
    """The town cannot start with these settings; the text says which one and what to do."""


@dataclass(frozen=True)
class Settings:
    """Hold where the town listens and what it reads.

    - `certificates`: the folder of the town's certificates and keys; `clients`: the JSON list of OpenID clients
    - `is_signature_required`: a question to MAGDA without a signature is refused; a wrong one always is
    - `signs_answers`: answers of MAGDA are signed
    - `agencies`, `simulators`: folders of bodies, and of answers of MAGDA; each exists
    - `drip_s`: the pause in seconds between two bytes of an answer that drips
    - `smtp_login`: `user:password` of who may send mail; when empty, everybody may
    - `portal`: the origin of the portal, which bodies call with the private keys of `machine_keys` (BODY.key)
    - `reports`: the SQLite file of the reports that bodies got, in a folder that exists; None keeps them in memory
    - `weather`: the seed of small faults in every source (delays, resets), as of any network (`faults.weather`);
      none when it is empty
    - `is_warm`: what attests need is read when the town starts, and not with the first attest
    """

    port: int
    tls_port: int
    certificates: Path
    clients: Path
    agencies: tuple[Path, ...]
    simulators: tuple[Path, ...]
    is_signature_required: bool = False
    signs_answers: bool = False
    drip_s: float = 0.2
    smtp_port: int = 8125
    smtp_login: str = ""
    portal: str = "http://localhost:8000"
    machine_keys: Path | None = None
    reports: Path | None = None
    weather: str = ""
    is_warm: bool = False

    @property
    def origin(self) -> str:
        """Give scheme, host and port of the plain side."""
        return f"http://{HOST}:{self.port}"

    @property
    def issuer(self) -> str:
        """Give the issuer of the OpenID provider."""
        return f"{self.origin}/op"


def read(environ: Mapping[str, str], project: Path) -> Settings:
    """Read the settings from environment variables; `project` is the folder that holds `agencies/`.

    Raises SettingsError when a variable is missing, has no valid value or names a file that does not exist; that of
    SANDBOX_REPORTS is made, in a folder that must exist. What SANDBOX_MACHINE_KEYS names is not looked at: a body
    without its key cannot call the portal, and says so then.
    """
    certificates = _existing_path(environ, "SANDBOX_CERTIFICATES")
    for name in ("ca.pem", "town.pem", "town.key"):
        if not (certificates / name).is_file():
            raise SettingsError(f"SANDBOX_CERTIFICATES: {certificates / name} does not exist; `make run` makes it.")
    own = [project / "agencies"] if (project / "agencies").is_dir() else []
    return Settings(
        port=_port(environ, "SANDBOX_PORT", 8100),
        tls_port=_port(environ, "SANDBOX_TLS_PORT", 8101),
        smtp_port=_port(environ, "SANDBOX_SMTP_PORT", 8125),
        smtp_login=_login(environ, "SANDBOX_SMTP_LOGIN"),
        certificates=certificates,
        clients=_existing_path(environ, "SANDBOX_CLIENTS"),
        agencies=(*own, *_folders(environ, "AGENCIES_PATH")),
        simulators=_folders(environ, "MAGDA_SIMULATOR_PATH"),
        is_signature_required=_flag(environ, "SANDBOX_SIGNATURE", "required"),
        signs_answers=_flag(environ, "SANDBOX_SIGN_ANSWERS", "1"),
        portal=environ.get("PORTAL_ORIGIN") or "http://localhost:8000",
        machine_keys=Path(environ["SANDBOX_MACHINE_KEYS"]) if environ.get("SANDBOX_MACHINE_KEYS") else None,
        reports=_file_in_folder(environ, "SANDBOX_REPORTS"),
        drip_s=_milliseconds(environ, "SANDBOX_DRIP_MS", 200) / 1000,
        weather=environ.get("SANDBOX_WEATHER", ""),
        is_warm=_flag(environ, "SANDBOX_WARM", "1"),
    )


def _existing_path(environ: Mapping[str, str], name: str) -> Path:
    text = environ.get(name, "")
    if not text:
        raise SettingsError(f"{name} is not set; `make run` sets it, docs/architecture.md says what it holds.")
    if not Path(text).exists():
        raise SettingsError(f"{name}: {text} does not exist.")
    return Path(text).resolve()


def _file_in_folder(environ: Mapping[str, str], name: str) -> Path | None:
    """Give the file of a variable, which need not exist, in a folder that does; None when the variable is empty."""
    text = environ.get(name, "")
    if not text:
        return None
    if Path(text).is_dir():
        raise SettingsError(f"{name}: {text} is a folder and no file.")
    if not Path(text).parent.is_dir():
        raise SettingsError(f"{name}: the folder of {text} does not exist.")
    return Path(text)


def _flag(environ: Mapping[str, str], name: str, word: str) -> bool:
    """Give whether a variable is `word`; it may be empty otherwise, and nothing else."""
    text = environ.get(name, "")
    if text not in ("", word):
        raise SettingsError(f"{name}: {text!r} is not {word!r}, nor empty.")
    return text == word


def _login(environ: Mapping[str, str], name: str) -> str:
    """Give `user:password`, or "" where the variable is empty."""
    text = environ.get(name, "")
    user, colon, password = text.partition(":")
    if text and not (user and colon and password):
        raise SettingsError(f"{name}: write user:password, or leave it empty.")
    return text


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise SettingsError(f"{name}: {text!r} is not a port number (1 to 65535).")
    return int(text)


def _milliseconds(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not text.isdecimal() or int(text) > 600_000:
        raise SettingsError(f"{name}: {text!r} is not a number of milliseconds (0 to 600000).")
    return int(text)


def _folders(environ: Mapping[str, str], name: str) -> tuple[Path, ...]:
    folders = tuple(Path(text).resolve() for text in environ.get(name, "").split(":") if text)
    for folder in folders:
        if not folder.is_dir():
            raise SettingsError(f"{name}: {folder} is not a folder.")
    return folders
