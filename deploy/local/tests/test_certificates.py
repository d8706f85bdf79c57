"""Certificates that a strict client and a strict server accept, renewed in time, with keys only we can read."""

import datetime as dt
import json
import shutil
import ssl
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from deploy.local.certificates import VALID_FOR, Certificates, ensure

ORIGIN = "http://localhost:8000"
NOW = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)
PAIRS = ("town", "portal", "town-signing", "portal-signing")
MADE = ("ca.pem", *(f"{pair}.{kind}" for pair in PAIRS for kind in ("pem", "key")))


@pytest.fixture(scope="module")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ensure(tmp_path_factory.mktemp("once") / "certificates", ORIGIN).folder


@pytest.fixture
def made(tmp_path: Path, shared_folder: Path) -> Certificates:
    """Give a copy of certificates that are made once for all tests, as making them takes half a second."""
    return Certificates(shutil.copytree(shared_folder, tmp_path, dirs_exist_ok=True))


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in MADE}


def handshake(made: Certificates, host: str, *, with_client_certificate: bool = True, town: str = "town") -> str:
    """Shake hands in memory as portal and town do; return the common name that the town sees."""
    client = ssl.create_default_context(cafile=made.ca)
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    if with_client_certificate:
        client.load_cert_chain(made.portal, made.portal_key)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=made.ca)
    server.verify_flags |= ssl.VERIFY_X509_STRICT
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_cert_chain(made.folder / f"{town}.pem", made.folder / f"{town}.key")
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    here = client.wrap_bio(to_client, to_server, server_hostname=host)
    there = server.wrap_bio(to_server, to_client, server_side=True)
    waiting = [here, there]
    for _ in range(10):
        for side in list(waiting):
            try:
                side.do_handshake()
                waiting.remove(side)
            except ssl.SSLWantReadError:
                pass
    assert waiting == []
    subject = (there.getpeercert() or {})["subject"]
    return dict(part[0] for part in subject)["commonName"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_portal_and_town_trust_each_other_strictly(made: Certificates, host: str) -> None:
    assert handshake(made, host) == "Mijn Burgerprofiel"


def test_town_refuses_whoever_shows_no_certificate(made: Certificates) -> None:
    with pytest.raises(ssl.SSLError, match="PEER_DID_NOT_RETURN_A_CERTIFICATE"):
        handshake(made, "127.0.0.1", with_client_certificate=False)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("stranger", "unable to get local issuer"), ("expired", "expired"), ("elsewhere", "IP address mismatch")],
)
def test_portal_refuses_each_certificate_that_is_made_for_it(made: Certificates, name: str, reason: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match=reason):
        handshake(made, "127.0.0.1", town=name)
    (made.folder / f"{name}.pem").unlink()
    ensure(made.folder, ORIGIN)
    with pytest.raises(ssl.SSLCertVerificationError, match=reason):
        handshake(made, "127.0.0.1", town=name)


def test_portal_refuses_another_host(made: Certificates) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(made, "127.0.0.2")


def test_keys_are_readable_to_us_alone(tmp_path: Path) -> None:
    folder = tmp_path / "certificates"
    ensure(folder, ORIGIN)
    modes = {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}
    assert modes == {
        "ca.pem": 0o644,
        "clients.json": 0o644,
        "elsewhere.key": 0o600,
        "elsewhere.pem": 0o644,
        "expired.key": 0o600,
        "expired.pem": 0o644,
        "oidc.key": 0o600,
        "oidc.pub.pem": 0o644,
        **{f"{pair}.key": 0o600 for pair in PAIRS},
        **{f"{pair}.pem": 0o644 for pair in PAIRS},
        "seals-root.key": 0o600,
        "seals-root.pem": 0o644,
        "source-tokens.key": 0o600,
        "stranger.key": 0o600,
        "stranger.pem": 0o644,
    }
    assert folder.stat().st_mode & 0o777 == 0o700


def test_certificates_stay_until_thirty_days_before_their_end(tmp_path: Path) -> None:
    made = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    ensure(tmp_path, ORIGIN, made)
    before, key = contents(tmp_path), (tmp_path / "oidc.key").read_bytes()
    ensure(tmp_path, ORIGIN, made + dt.timedelta(days=367))
    assert contents(tmp_path) == before
    ensure(tmp_path, ORIGIN, made + dt.timedelta(days=367, seconds=1))
    after = contents(tmp_path)
    assert [name for name in MADE if after[name] == before[name]] == []
    assert (tmp_path / "oidc.key").read_bytes() == key


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("damage", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_damaged_file_is_made_again(made: Certificates, name: str, damage: bytes) -> None:
    (made.folder / name).write_bytes(damage)
    assert handshake(ensure(made.folder, ORIGIN), "127.0.0.1") == "Mijn Burgerprofiel"


def test_key_of_another_certificate_is_made_again(made: Certificates) -> None:
    (made.folder / "town.key").write_bytes((made.folder / "portal.key").read_bytes())
    assert handshake(ensure(made.folder, ORIGIN), "127.0.0.1") == "Mijn Burgerprofiel"


def test_damaged_openid_key_is_made_again_with_its_public_half(made: Certificates) -> None:
    made.oidc_key.write_text("stuk")
    ensure(made.folder, ORIGIN)
    private = serialization.load_pem_private_key(made.oidc_key.read_bytes(), None)
    public = serialization.load_pem_public_key(made.oidc_public.read_bytes())
    assert private.public_key() == public


def test_clients_follow_the_origin(made: Certificates) -> None:
    made = ensure(made.folder, "http://localhost:9000")
    assert json.loads(made.clients.read_text()) == [
        {
            "client_id": "mijn-burgerprofiel",
            "public_key_file": str(made.oidc_public),
            "redirect_uris": ["http://localhost:9000/aanmelden/terug/"],
            "post_logout_redirect_uris": [
                "http://localhost:9000/afgemeld/",
                "http://localhost:9000/aanmelden/",
                "http://localhost:9000/",
            ],
            "scopes": ["openid", "profile", "rrn", "vo", "dv_*"],
        }
    ]


def test_the_root_of_the_seals_stays_until_its_last_year(tmp_path):
    first = ensure(tmp_path, ORIGIN, NOW).seals_root.read_bytes()
    assert ensure(tmp_path, ORIGIN, NOW + dt.timedelta(days=390)).seals_root.read_bytes() == first
    assert ensure(tmp_path, ORIGIN, NOW + 10 * VALID_FOR).seals_root.read_bytes() != first
