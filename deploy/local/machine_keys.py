"""Keys with which bodies of the model town call the portal: private ones for the town, public ones for the portal."""

import hashlib
import json
import os
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from jwt.algorithms import RSAAlgorithm

PUBLIC, PRIVATE = "public", "private"


def ensure(folder: Path, roots: Iterable[Path]) -> None:
    """Make private/BODY.key, when it is missing, and public/BODY.jwks.json in `folder` for each body that may call.

    `roots` are the folders that hold the bodies' folders.
    """
    for name in (PUBLIC, PRIVATE):
        (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    for body in callers(roots):
        file = folder / PRIVATE / f"{body}.key"
        if not file.is_file():
            new = generate_private_key(public_exponent=65537, key_size=2048)
            pem = new.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            half = file.with_suffix(".new")
            half.unlink(missing_ok=True)
            with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as output:
                output.write(pem)
            half.rename(file)
        key = load_pem_private_key(file.read_bytes(), None)
        assert isinstance(key, RSAPrivateKey)  # noqa: S101 - made above
        (folder / PUBLIC / f"{body}.jwks.json").write_text(json.dumps({"keys": [jwk_of(key)]}, indent=2) + "\n")


def callers(roots: Iterable[Path]) -> list[str]:
    """List the bodies whose manifest has `machine_client`; the portal reports manifests that cannot be read."""
    bodies = []
    for file in (file for root in roots for file in sorted(root.glob("*/agency.toml"))):
        try:
            if "machine_client" in tomllib.loads(file.read_text("utf-8")):
                bodies.append(file.parent.name)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            continue
    return bodies


def jwk_of(key: RSAPrivateKey) -> dict[str, Any]:
    """Write the public half as a JSON Web Key (RFC 7517), whose `kid` is a hash of it."""
    public = key.public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    members = {"alg": "RS256", "kid": hashlib.sha256(der).hexdigest()[:16]}
    return RSAAlgorithm.to_jwk(public, as_dict=True) | members
