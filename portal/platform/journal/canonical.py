"""Hash rows: every column, byte for byte, so that no two rows give the same bytes.

Columns come as the database sends them (`..._send`), in which all values and the absence of a value differ;
MessagePack prefixes each with its type and length.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

# Columns of a statement; with `binary=True` psycopg returns the `..._send` ones as bytes.
ENTRY = """
id, timestamptz_send(recorded_at), trace_id, operation_id, parent_operation_id, name, actor_kind, actor,
uuid_send(citizen_id), start_ms, array_send(activities), end_ms, status, array_send(outcomes), uuid_send(subject),
array_send(erased), erased_subject
"""
WITHOUT_SALT = 14  # columns that an entry had in the releases that sealed without salts
SALT = 16  # bytes
BATCH = """
number, previous, timestamptz_send(sealed_at), array_send(entry_ids), hashes, up_to, lost_number, lost_hash
"""
BEFORE_ALL = bytes(32)  # stands for the previous hash in the first batch

_encode = msgspec.msgpack.Encoder().encode


def entry_hash(columns: Sequence[Any], salt: bytes | None) -> bytes:
    """Hash an entry (SHA-256). columns: as in ENTRY; salt: 16 random bytes, without which nobody can make the hash.

    Without a salt, the entry is hashed as by the releases before salts. Columns that those releases did not have are
    hashed too when they hold something, so that the hash differs: the entry was changed since.
    """
    if salt is not None:
        return hashlib.sha256(salt + _encode(("journal entry 2", *columns))).digest()
    is_of_before = all(column is None for column in columns[WITHOUT_SALT:])
    hashed = columns[:WITHOUT_SALT] if is_of_before else columns
    return hashlib.sha256(_encode(("journal entry 1", *hashed))).digest()


def batch_hash(columns: Sequence[Any]) -> bytes:
    """Hash a batch, and with it all before it (SHA-256). columns: as in BATCH."""
    return hashlib.sha256(_encode(("journal batch 1", *columns))).digest()
