"""The time to read what the provider, a body's server or a machine sends grows linearly with its length at most.

Each reader gets the costliest texts up to its cap, until the time was once in proportion (`tests.effort`).
"""

import base64
import json
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import override_settings

from portal.platform.access import id_token, machine_clients, oidc, provider, wire
from portal.platform.kit.errors import PortalError
from portal.platform.sources.registries import ListQuery
from portal.platform.sources.tests import papers, town
from portal.platform.sources.transports import registry_pages, repertorium, rest_token, signed_answer
from portal.platform.wire.received import decode
from tests.effort import LENGTHS, Proportion

pytestmark = pytest.mark.security

LONG = 256 * 1024  # bytes
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PIECES = ("[", '{"a":', "9", '"\\u0301', " ", '"x",', "\u0301\u0323")
VALUES = ("a.", "9", "\u0301\u0323", "\\", "://", "[", "=")
XML = (
    "<a>",
    "<a/>",
    "&lt;",
    "\u0301\u0323",
    " ",
    "<Uitzondering><Identificatie>40003</Identificatie></Uitzondering>",
)

Read = Callable[[bytes], Any]


def seconds_of(read: Read, data: bytes) -> float:
    started = time.thread_time()
    # Refusing is an answer; nothing else is raised than what a caller waits for.
    with suppress(PortalError, signed_answer.UntrustedError):
        read(data)
    return time.thread_time() - started


def growth(read: Read, made: Callable[[int], bytes], longest: int = LONG) -> str:
    """Tell the times of a short and a long text; "" when they are in proportion, or a moment."""
    long, short = made(longest), made(longest // LENGTHS)
    return str(Proportion().of(lambda: seconds_of(read, short), lambda: seconds_of(read, long)))


def slow(read: Read, made: dict[str, Callable[[int], bytes]], longest: int = LONG) -> dict[str, str]:
    return {name: found for name, make in made.items() if (found := growth(read, make, longest))}


def repeat(piece: str, before: str = "", after: str = "") -> Callable[[int], bytes]:
    """Make a text of one piece again and again, with something around it."""
    one, rest = piece.encode(), len(before.encode()) + len(after.encode())
    return lambda size: before.encode() + one * ((size - rest) // len(one)) + after.encode()


def of_each(pieces: tuple[str, ...], before: str = "", after: str = "") -> dict[str, Callable[[int], bytes]]:
    return {piece: repeat(piece, before, after) for piece in pieces}


def part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


METADATA = dict.fromkeys(provider.ENDPOINTS, "https://p.example/x") | {"issuer": "https://p.example"}


@pytest.mark.parametrize("piece", VALUES)
def test_no_description_of_a_provider_takes_longer_than_it_is_long(piece):
    def read(data: bytes) -> None:
        provider.read_metadata(wire._object(decode(data).data, is_required=True), "https://p.example")

    def made(size: int) -> bytes:
        text = piece * (size // len(piece.encode()) - 1000 // len(piece))
        return json.dumps(METADATA | {"jwks_uri": f"https://{text}"}, ensure_ascii=False).encode()

    assert slow(read, {piece: made, **of_each(PIECES)}) == {}


PUBLIC = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))


def listed_keys(size: int) -> bytes:
    one = {**PUBLIC, "kid": "k1234567"}
    return json.dumps({"keys": [one] * (size // len(json.dumps(one)))}).encode()


def key_with(**changed: Callable[[int], Any]) -> Callable[[int], bytes]:
    return lambda size: json.dumps(
        {"keys": [{**PUBLIC, "kid": "k"} | {name: make(size) for name, make in changed.items()}]}
    ).encode()


def test_no_list_of_keys_takes_longer_than_it_is_long():
    def digits(size: int) -> str:
        return "_" * (size - 800)

    made = {
        "many": listed_keys,
        "long n": key_with(n=digits),
        "long e": key_with(e=digits),
        "long both": key_with(n=lambda size: digits(size // 2), e=lambda size: digits(size // 2)),
        "deep": key_with(n=lambda size: ["x"] * (size // 6)),
        "short": repeat("{},", '{"keys":[', "{}]}"),
        **of_each(PIECES),
    }
    assert slow(lambda data: provider.read_keys(wire._object(decode(data).data, is_required=True)), made) == {}


def token_of(claims: bytes, header: bytes = b'{"alg":"RS256","kid":"k"}') -> bytes:
    return f"{part(header)}.{part(claims)}.{part(b'x' * 256)}".encode()


TOKENS: dict[str, Callable[[int], bytes]] = {
    "dots": repeat("."),
    "letters": repeat("a"),
    "header": lambda size: token_of(b"{}", b"[" * (size * 3 // 4 - 300)),
    "claims": lambda size: token_of(b'{"exp":' + b"9" * (size * 3 // 4 - 400) + b"}"),
    "deep": lambda size: token_of(b"[" * (size * 3 // 4 - 400)),
    "audience": lambda size: token_of(b'{"iss":"x","aud":[' + b'"a",' * (size * 3 // 16 - 200) + b'"a"]}'),
}


def sign(claims: bytes) -> bytes:
    return jwt.PyJWS().encode(claims, KEY, algorithm="RS256", headers={"kid": "k"}).encode()


SIGNED: dict[str, Callable[[int], bytes]] = {
    name: lambda size, make=make: sign(make(size * 3 // 4 - 500))
    for name, make in {
        "number": lambda size: b'{"iss":"https://p.example","exp":' + b"9" * size + b"}",
        "audience": lambda size: b'{"iss":"https://p.example","aud":[' + b'"a",' * (size // 4) + b'"a"]}',
        "name": lambda size: ('{"given_name":"' + "\u0301\u0323" * (size // 4) + '"}').encode(),
        "escapes": lambda size: b'{"rrn":"' + b"\\u0301" * (size // 6) + b'"}',
        "keys": lambda size: b"{" + b",".join(b'"%07d":1' % n for n in range(size // 12)) + b"}",
    }.items()
}


@pytest.mark.parametrize("made", [TOKENS, SIGNED], ids=["unsigned", "signed"])
def test_no_id_token_takes_longer_than_it_is_long(made):
    def read(data: bytes) -> None:
        token = data.decode()
        id_token.key_id(token)
        expected = id_token.Expected("https://p.example", client_id="portal", nonce="n", access_token="t")
        claims = id_token.check(token, KEY.public_key(), expected, NOW)
        oidc.identity_of(claims, NOW)

    assert slow(read, made, longest=id_token.LARGEST) == {}
    with pytest.raises(PortalError):
        read(repeat("a.")(LONG))


def test_no_claims_about_a_person_take_longer_than_they_are_long():
    def read(data: bytes) -> None:
        oidc.identity_of(wire._object(decode(data).data, is_required=True), NOW)

    claims = {"rrn": "71690999827", "acr": "urn:be:vlaanderen:authmech:eid", "vo_doelgroepcode": "BUR", "sub": "s"}
    before = json.dumps(claims)[:-1]
    made = {
        f"{name}: {piece}": repeat(piece, f'{before},"{name}":"', '"}')
        for name in ("given_name", "family_name", "rrn", "acr")
        for piece in ("\u0301\u0323", "a ", "9", "\\u0301")
    }
    assert slow(read, made) == {}


def test_no_answer_about_tokens_takes_longer_than_it_is_long():
    def read(data: bytes) -> None:
        granted = rest_token.granted_by(data)
        if isinstance(granted, rest_token.AccessToken):
            assert granted.life > 0

    made = {
        "token": repeat("a", '{"access_token":"', '"}'),
        "token that is none": repeat("a", '{"access_token":"', ' "}'),
        "life": repeat("9", '{"access_token":"a","expires_in":', "}"),
        "life as a text": repeat("9", '{"access_token":"a","expires_in":"', '"}'),
        "life with spaces": repeat(" ", '{"access_token":"a","expires_in":"', 'x"}'),
        **of_each(PIECES),
    }
    assert slow(read, made) == {}


def test_no_answer_of_the_repertorium_takes_longer_than_it_is_long():
    def read(data: bytes) -> None:
        repertorium.needs_registration(data)
        repertorium.outcome(data, town.REFERTE)

    before, after = town.in_envelope(town.answer("~")).decode().split("~")
    made = of_each(XML, before, after) | {f"40003 {piece}": repeat(piece, "<a>40003") for piece in XML}
    made["attributes"] = lambda size: f"<a {' '.join(f'a{n}="1"' for n in range(size // 12))}>40003</a>".encode()
    assert slow(read, made) == {}


def test_no_machine_assertion_takes_longer_than_it_is_long():
    def read(data: bytes) -> None:
        form = {"client_assertion_type": machine_clients.ASSERTION_TYPE, "client_assertion": data.decode()}
        machine_clients._authenticate(form, NOW)

    assert slow(read, TOKENS | SIGNED, longest=machine_clients.LARGEST) == {}
    with pytest.raises(PortalError):
        read(repeat("a.")(LONG))


def test_no_signed_answer_takes_longer_than_it_is_long(tmp_path):
    authority = papers.issue("authority", is_authority=True)
    signer = papers.issue("magda", authority)
    (tmp_path / "authority.pem").write_bytes(authority.pem)

    def whole(content: str) -> bytes:
        return papers.signed(town.answer(town.CONTENT.replace("Snoek", content)), signer)

    one = whole("x")
    made = {
        "content": lambda size: whole("Snoek " * ((size - 8000) // 6)),
        "elements": lambda size: one.replace(b"x<", b"<b/>" * ((size - 8000) // 4) + b"<"),
        "token": lambda size: one.replace(
            b"</wsse:BinarySecurityToken>", b"A" * (size - 8000) + b"</wsse:BinarySecurityToken>"
        ),
        "references": lambda size: one.replace(
            b"</ds:SignedInfo>", b"<ds:Reference/>" * ((size - 8000) // 15) + b"</ds:SignedInfo>"
        ),
        "namespaces": lambda size: one.replace(
            b":Header>",
            b":Header " + b" ".join(b'xmlns:p%d="u:%d"' % (n, n) for n in range((size - 8000) // 24)) + b">",
            1,
        ),
        "attributes": lambda size: one.replace(
            b":Body ", b":Body " + b"".join(b'a%d="" ' % n for n in range((size - 8000) // 10)), 1
        ),
        **of_each(XML, "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'>"),
    }
    with override_settings(MAGDA_ANSWER_CA_FILE=str(tmp_path / "authority.pem"), MAGDA_SIGNATURE="sha256"):
        assert slow(lambda data: signed_answer.signed_part(data, papers.NOW), made) == {}


MESSAGE = '{"messageId":"M-1","receiptDate":"2026-03-02T12:00:00Z","subject":{"nl":"x"}},'
MESSAGES: dict[str, Callable[[int], bytes]] = {
    "many": repeat(MESSAGE, '{"items":[', "{}]}"),
    "short": repeat("{},", '{"items":[', "{}]}"),
    "no objects": repeat("[],", '{"items":[', "{}]}"),
    "one": repeat("x", '{"items":[{"messageId":"', '"}]}'),
    "one moment": repeat("2", '{"items":[{"messageId":"M","receiptDate":"', '"}]}'),
    "one number": repeat("9", '{"items":[{"forTheAttentionOf":{"id":"', '"}}]}'),
    "one count": repeat("9", '{"items":[],"totalItems":', "}"),
    **of_each(PIECES),
}


def test_no_page_of_a_registry_takes_longer_than_it_is_long():
    asked = registry_pages.ListQuestion("84651421235", ListQuery(filters={"visible": "true"}), NOW)
    assert slow(lambda data: registry_pages.page_of(data, asked), MESSAGES) == {}
