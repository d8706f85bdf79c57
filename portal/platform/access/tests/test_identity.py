"""A provider's answers become tokens that can be used, and an identity whose name can be kept."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platform.access.errors import NotAnew, ProviderUnavailable
from portal.platform.access.exchange import read_tokens
from portal.platform.access.oidc import check_anew, identity_of
from portal.platform.access.types import Identity

from .conftest import GOOD, NOW

TOKENS = {"id_token": "a.b.c", "access_token": "the-access-token", "token_type": "Bearer"}


def test_tokens_are_read():
    tokens = read_tokens({**TOKENS, "expires_in": 300})
    assert (tokens.id_token, tokens.access_token, tokens.token_type) == ("a.b.c", "the-access-token", "Bearer")


@pytest.mark.parametrize(
    "change",
    [
        {"id_token": None},
        {"access_token": 7},
        {"access_token": ""},
        {"access_token": "a\r\nX-Other: b"},
        {"access_token": "a\n"},
        {"access_token": "é"},
        {"token_type": "mac"},
        {"token_type": []},
    ],
)
def test_tokens_that_cannot_be_used_are_refused(change):
    with pytest.raises(ProviderUnavailable):
        read_tokens({**TOKENS, **change})


@given(st.text(st.characters(codec=None)), st.text(st.characters(codec=None)))
def test_whatever_the_name_a_session_can_be_opened(given_name, family_name):
    someone = identity_of({**GOOD, "given_name": given_name, "family_name": family_name}, NOW)
    assert isinstance(someone, Identity)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(someone), type=Identity) == someone


def test_name_that_is_no_text_is_left_out():
    someone = identity_of({**GOOD, "given_name": ["Jan"], "family_name": "Pe\ud800eters\u202e"}, NOW)
    assert isinstance(someone, Identity)
    assert someone.name == "Peeters"


@pytest.mark.parametrize(
    ("shown_ago", "taken", "is_anew"),
    [
        (0, 0.2, True),  # in the second in which we sent them off
        (1, 0.2, True),
        (2, 0.2, False),
        (30, 30.0, True),
        (50, 30.0, False),  # a minute's drift is no excuse: both moments are the provider's
        (-5, 30.0, True),
        (-6, 30.0, False),
        (None, 30.0, False),
        ("10", 30.0, False),
        (True, 30.0, False),
    ],
)
@pytest.mark.parametrize("offset", [-55, 0, 55])
def test_proof_is_anew_only_when_it_was_given_in_this_sign_in(shown_ago, taken, is_anew, offset):
    issued = GOOD["iat"] + offset
    is_number = type(shown_ago) is int
    claims = {**GOOD, "iat": issued, "auth_time": issued - shown_ago if is_number else shown_ago}
    if is_anew:
        check_anew(claims, taken)
    else:
        with pytest.raises(NotAnew):
            check_anew(claims, taken)


def test_proof_of_unknown_age_is_not_dated_by_us():
    someone = identity_of(GOOD, NOW)
    assert isinstance(someone, Identity)
    assert someone.authenticated_at is None
