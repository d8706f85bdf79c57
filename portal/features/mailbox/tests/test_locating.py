"""A message is found by what its own session wrote of it, and by nothing else."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.features.mailbox.registry import locating
from portal.features.mailbox.registry.locating import MessagePlace
from portal.platform.access import carried
from portal.platform.access.types import Assurance, Identity, Session, SignInMeans

WHO = Identity("84651421235", "Lies", "Verhaegen", SignInMeans.ITSME, Assurance.HIGH, "x")
NOW = datetime(2026, 11, 30, tzinfo=UTC)
SESSION = Session(bytes(32), UUID(int=1), WHO, NOW, NOW, NOW, bytes(32), "")
ANOTHER_SESSION = msgspec.structs.replace(SESSION, id=bytes([1] * 32))
SOMEBODY_ELSE = msgspec.structs.replace(SESSION, citizen_id=UUID(int=2))


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=300))
def test_any_id_is_found_again_and_cannot_be_read_in_its_address(message_id: str) -> None:
    token = locating.token_of(SESSION, "smals", message_id)

    assert token.isascii()
    assert token.replace("-", "").replace("_", "").isalnum()
    assert locating.locate(SESSION, token) == MessagePlace("smals", message_id)


@pytest.mark.parametrize("session", [ANOTHER_SESSION, SOMEBODY_ELSE])
def test_a_token_says_nothing_to_another_session(session: Session) -> None:
    assert locating.locate(session, locating.token_of(SESSION, "smals", "1")) is None


def test_what_was_sealed_for_something_else_is_no_message() -> None:
    assert locating.locate(SESSION, carried.seal(SESSION, b"another", MessagePlace("smals", "1"))) is None


@pytest.mark.parametrize("token", ["", "x", "é", "A" * 4097, "A" * 100_000])
def test_what_is_no_token_is_no_message(token: str) -> None:
    assert locating.locate(SESSION, token) is None


@pytest.mark.parametrize("message_id", ["", "a" * 4000, "\x00" * 1000, "é" * 3000, "a" * 5_000_000])
def test_an_id_that_fits_in_no_address_has_none(message_id: str) -> None:
    assert locating.token_of(SESSION, "smals", message_id) == ""


def test_a_place_is_never_printed() -> None:
    assert "secret" not in repr(MessagePlace("smals", "secret"))
