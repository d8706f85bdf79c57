"""What is personal stays between the citizen and the page; what a browser keeps is declared."""

import re
import urllib.error
import urllib.request
from fnmatch import fnmatchcase

import pytest

from portal.platform.access import cookies

pytestmark = pytest.mark.security

# Facts of the samples about the persona, which hold for nobody else.
CANARIES = ["84651421235", "10630941889", "84.65.14", "Verhaegen", "Kersenlaar", "Aerts", "Benhaddou"]


async def _whole_visit(visitor, persona, faults) -> None:
    """Sign in, see every page, also with sources in trouble, make mistakes, sign out."""
    await visitor.signs_in_by_hand(persona.complete)
    for path in (
        "/uw-gegevens/",
        "/uw-gegevens/gezin/",
        "/uw-gegevens/onderwijs/",
        "/uw-gegevens/bron/rijksregister/persoon/",
        "/uw-gegevens/bron/rijksregister/gezin/",
        "/bestaat-niet/",
        "/hulp/",
        "/cookies/",
        "/uw-gegevens/bron/rijksregister/afstamming/",
    ):
        await visitor.opens(path)
    await visitor.page.get_by_role("link", name="Bekijk het profiel").click()
    await visitor.page.get_by_role("heading", name="Profiel van Mila").wait_for()
    for mode in ("503", "soap-fault"):
        await faults.set("rijksregister-gezin", mode)
        await visitor.opens("/uw-gegevens/?opnieuw=rijksregister.gezin")
    await visitor.page.get_by_role("button", name="Langer aangemeld blijven").click()


def database_text(house) -> str:
    """Read everything the database holds, byte strings as what they spell."""
    tables = house.rows("select tablename from pg_tables where schemaname = 'public'")
    values = [value for (table,) in tables for row in house.rows(f'select * from "{table}"') for value in row]
    return " ".join(v.decode("latin-1") if isinstance(v, bytes) else str(v) for v in values)


async def test_nothing_personal_in_log_database_or_addresses(visitor, faults, persona):
    addresses: list[str] = []
    visitor.page.on("request", lambda request: addresses.append(request.url))
    await _whole_visit(visitor, persona, faults)
    assert visitor.house.rows("select count(*) from sources_answer")[0][0] >= 3
    held = database_text(visitor.house)
    await visitor.page.get_by_role("button", name="Afmelden").click()
    await visitor.page.wait_for_url("**/afgemeld/**")
    log = visitor.house.log.read_text("utf-8") + visitor.house.worker_log.read_text("utf-8")
    assert "rijksregister.gezin" in log  # it is the log we think it is
    ours = " ".join(address for address in addresses if address.startswith(visitor.house.portal))
    for canary in CANARIES:
        assert canary not in log
        assert canary not in held
        assert canary not in ours
    secrets = re.findall(r"(?:code|state|session_state)=([\w.~-]+)", " ".join(addresses))
    assert secrets
    assert [secret for secret in secrets if secret in log] == []


async def test_every_cookie_is_declared_and_every_declared_one_is_set(visitor, faults, persona):
    seen: set[str] = set()

    async def note() -> None:
        seen.update(c["name"] for c in await visitor.page.context.cookies(visitor.house.portal))

    await visitor.opens("/aanmelden/")
    await note()
    await _whole_visit(visitor, persona, faults)
    await note()
    declared = {n for c in cookies.DECLARED if c.component == "Mijn Burgerprofiel" for n in c.names}
    # A sign-in under way has a cookie named after its state.
    assert {next((n for n in declared if fnmatchcase(name, n)), name) for name in seen} == declared
    kept = await visitor.page.evaluate("[localStorage.length, sessionStorage.length]")
    assert kept == [0, 0]


async def test_a_cookie_cut_or_swapped_opens_nothing(visitor, persona):
    await visitor.signs_in_by_hand(persona.complete)
    (session,) = [c for c in await visitor.page.context.cookies() if c["name"] == cookies.SESSION]
    value = session["value"]
    for wrong in (value[:-1], value + "A", "A" * len(value), value[::-1], "", "%00", "é" * 20, "x" * 4000):
        headers = {"Cookie": f"{cookies.SESSION}={wrong}".encode().decode("latin-1")}
        status, body, _ = _get(visitor.house.portal + "/uw-gegevens/", headers)
        assert status == 303, wrong
        assert "data-dataset" not in body


def _get(address: str, headers: dict[str, str] | None = None) -> tuple[int, str, dict[str, str]]:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    opener = urllib.request.build_opener(Stay)
    try:
        with opener.open(urllib.request.Request(address, headers=headers or {}), timeout=60) as answer:
            return answer.status, answer.read().decode(), dict(answer.headers.items())
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode(), dict(refused.headers.items())


def test_each_answer_has_a_nonce_of_its_own(house):
    policies = {_get(house.portal + "/")[2]["content-security-policy"] for _ in range(3)}
    assert len(policies) == 3


def test_a_foreign_host_name_is_refused(house):
    status, _, _ = _get(house.portal + "/", {"Host": "evil.example"})
    assert status == 400


def test_static_files_may_be_kept_for_ever(house):
    _, page, _ = _get(house.portal + "/")
    (style,) = re.findall(r'href="(/static/ui/portal\.[^"]+)"', page)
    status, _, headers = _get(house.portal + style)
    assert status == 200
    assert "immutable" in headers["cache-control"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers
