"""The machine clients: the bodies whose manifests let their machines call us, with their public keys."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from django.conf import settings

from portal.platform.access.provider import read_keys
from portal.platform.access.types import MachineClient

from . import catalogue, sections
from .catalogue import Agency
from .manifest import ManifestError


@cache
def clients() -> Mapping[str, MachineClient]:
    """Give the clients by the id of their body; a client without keys cannot authenticate.

    Raise ManifestError for a file of keys that cannot be read.
    """
    keys = Path(settings.MACHINE_KEYS) if settings.MACHINE_KEYS else None
    return read(catalogue.installed().agencies, keys, sections.registered().scopes)


def read(agencies: tuple[Agency, ...], keys: Path | None, offered: frozenset[str]) -> Mapping[str, MachineClient]:
    """Make the clients of these bodies; of a manifest's scopes those count that a feature offers.

    keys: the folder with BODY.jwks.json of bodies whose keys do not stand in their own folder.
    """
    clients: dict[str, MachineClient] = {}
    for agency in agencies:
        declared = agency.manifest.machine_client
        if declared is None:
            continue
        files = [agency.folder / declared.keys] if declared.keys else []
        beside = keys / f"{agency.id}.jwks.json" if keys else None
        if beside and beside.is_file():
            files.append(beside)
        found = {kid: key for file in files for kid, key in _keys(file).items()}
        clients[agency.id] = MachineClient(agency.id, found, offered.intersection(declared.scopes))
    return clients


def _keys(file: Path) -> Mapping[str, RSAPublicKey]:
    try:
        listed = msgspec.json.decode(file.read_bytes(), type=dict)
    except (OSError, ValueError) as error:
        raise ManifestError(
            f"{file} is no JWKS: {type(error).__name__}; write the body's public keys there."
        ) from None
    found = read_keys(listed)
    if not found:
        raise ManifestError(f"{file} holds no public RSA key of 2048 bits or more with a `kid`; add one.")
    return found
