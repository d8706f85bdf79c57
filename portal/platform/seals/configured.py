"""Whom the operator trusts: roots (SEAL_ROOTS_FILE) and revocation lists (SEAL_LISTS), never those of the system."""

import os
import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from portal.platform.kit.errors import PortalError

MOST_OF_A_LIST = 8 * 1024 * 1024  # bytes
MOST_OF_ALL_LISTS = 64 * 1024 * 1024  # bytes; they are in memory, and go with each document that is judged

# File of a revocation list -> when it was renewed (ns), and its bytes. It holds what the folder has, and no more.
_lists: dict[Path, tuple[int, bytes]] = {}
_one_reader = threading.Lock()  # Documents are judged by several threads (`checking.judge`).


class SealTrustError(PortalError):
    """A file with roots or revocation lists cannot be used."""

    code = "seal-trust"


def roots() -> tuple[bytes, ...]:
    """Give the root certificates that seals may rest on (DER); none where the operator named none.

    Raise SealTrustError.
    """
    name = settings.SEAL_ROOTS_FILE
    return roots_in(Path(name)) if name else ()


def roots_in(file: Path) -> tuple[bytes, ...]:
    """Read the roots of a PEM file (DER). Raise SealTrustError."""
    try:
        return _roots(file, file.stat().st_mtime_ns)
    except (OSError, ValueError) as error:
        raise SealTrustError(f"{file}: {error}") from None


def lists() -> tuple[bytes, ...]:
    """Give the revocation lists in the operator's folder (`*.crl`, DER), each read anew when its file was renewed.

    There are none where the operator named no folder. Raise SealTrustError, also where the folder is not there or has
    no list: every seal would count as not revoked.
    """
    if not settings.SEAL_LISTS:
        return ()
    try:
        with _one_reader:
            files = sorted(file for file in Path(settings.SEAL_LISTS).iterdir() if file.suffix == ".crl")
            return _read_lists({file: file.stat() for file in files})
    except (OSError, ValueError) as error:
        raise SealTrustError(f"{settings.SEAL_LISTS}: {error}") from None


@lru_cache(maxsize=8)
def _roots(file: Path, _renewed: int) -> tuple[bytes, ...]:
    return tuple(one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(file.read_bytes()))


def _read_lists(files: Mapping[Path, os.stat_result]) -> tuple[bytes, ...]:
    if not files:
        raise ValueError("no revocation list (*.crl) is in it")
    if sum(stat.st_size for stat in files.values()) > MOST_OF_ALL_LISTS:
        raise ValueError(f"its lists are together larger than {MOST_OF_ALL_LISTS} bytes")
    for gone in _lists.keys() - files.keys():
        del _lists[gone]
    for file, stat in files.items():
        if file not in _lists or _lists[file][0] != stat.st_mtime_ns:
            _lists[file] = (stat.st_mtime_ns, _list(file, stat.st_size))
    return tuple(_lists[file][1] for file in files)


def _list(file: Path, size: int) -> bytes:
    if size > MOST_OF_A_LIST:
        raise ValueError(f"{file.name} is larger than {MOST_OF_A_LIST} bytes")
    data = file.read_bytes()
    x509.load_der_x509_crl(data)
    return data
