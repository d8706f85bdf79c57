"""The form: what is shown is read again by us, what was typed is not lost, and nothing is sent unchecked or twice."""

import asyncio
import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import msgspec
import psycopg
import pytest

from portal.features.corrections import actions
from portal.features.corrections.tests.test_delivery import NOW, Role, put, to_deliver
from portal.features.profile import actions as profile
from portal.platform.access import sessions
from portal.platform.access.types import Assurance
from portal.platform.journal.types import Occasion
from tests.citizen import SAME_ORIGIN, Citizen, sign_in
from tests.desks import Desks
from tests.inbox import rows
from tests.journal_entries import entries_of

pytestmark = pytest.mark.security

PLACE = "/verbeteren/ahovoks/bewijzen/"
HANDLE = "qualification:Bewijzen/Bewijs[1]/Basis/VolledigeNaam"
TYPED = {"should_be": "Master in de verpleegkunde", "why": "Zo staat het op mijn diploma.", "reply_to": ""}


def text(answer: Any) -> str:
    return answer.content.decode()


def hidden(answer: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text(answer))
    assert found, name
    return html.unescape(found[1])


async def open_check_page(who: Citizen, handle: str = HANDLE, **typed: str) -> tuple[Any, dict[str, str]]:
    """Fill in the form; returns the check page, and what its button would send."""
    form = await who.gets(PLACE, gegeven=handle)
    fields = {name: hidden(form, name) for name in ("gegeven", "sleutel", "gezien")} | TYPED | typed
    answer = await who.posts(PLACE, stap="nakijken", **fields)
    if answer.status_code == 200:
        fields["ontwerp"] = hidden(answer, "ontwerp")
    return answer, fields


async def test_report_goes_out_once_however_often_its_button_is_pressed(lies: Citizen) -> None:
    _, fields = await open_check_page(lies)
    first = await lies.posts(PLACE, stap="versturen", **fields)
    again = await lies.posts(PLACE, stap="versturen", **fields)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first["Location"] == again["Location"]
    assert len(to_deliver()) == 1
    page = await lies.gets(first["Location"].partition("?")[0], nieuw="1")
    assert "Wij hebben uw melding goed ontvangen." in text(page)
    assert "Bachelor in de verpleegkunde" in text(page)


async def test_what_is_changed_after_sending_is_sent_too(lies: Citizen) -> None:
    _, fields = await open_check_page(lies)
    first = await lies.posts(PLACE, stap="versturen", **fields)
    # The browser's Back, "Wijzig iets", and on.
    changed = {**fields, "should_be": "Doctor in de verpleegkunde"}
    changed["ontwerp"] = hidden(await lies.posts(PLACE, stap="nakijken", **changed), "ontwerp")
    second = await lies.posts(PLACE, stap="versturen", **changed)
    assert (second.status_code, second["Location"] == first["Location"]) == (303, False)
    assert "Doctor in de verpleegkunde" in text(await lies.gets(second["Location"].partition("?")[0]))
    assert len(to_deliver()) == 2


async def test_what_is_sent_is_what_was_checked(lies: Citizen) -> None:
    _, fields = await open_check_page(lies)
    changed = {**fields, "should_be": "iets anders", "why": "daarom", "gegeven": "x:y"}
    sent = await lies.posts(PLACE, stap="versturen", **changed)
    page = await lies.gets(sent["Location"].partition("?")[0])
    assert TYPED["should_be"] in text(page)
    assert "iets anders" not in text(page)


async def test_draft_of_another_form_or_person_is_not_sent(lies: Citizen, pieter: Citizen) -> None:
    _, fields = await open_check_page(lies)
    other_key = await lies.posts(PLACE, stap="versturen", **{**fields, "sleutel": str(uuid4())})
    # Looked over again instead.
    assert (other_key.status_code, 'name="ontwerp"' in text(other_key)) == (200, False)
    other_person = await pieter.posts(PLACE, stap="versturen", **fields)
    assert other_person.status_code in (200, 404)
    assert "Bachelor in de verpleegkunde" not in text(other_person)
    assert to_deliver() == []


@pytest.mark.parametrize(
    "handle",
    [
        "qualification:Bewijzen/Bewijs[99]/Basis/VolledigeNaam",
        "birth_date:Bewijzen/Bewijs[1]/Basis/VolledigeNaam",
        "x",
        ":",
        "../../etc/passwd",
        "<script>",
        "\x00",
    ],
)
async def test_datum_that_is_not_in_the_own_answer_is_not_there(lies: Citizen, handle: str) -> None:
    assert (await lies.gets(PLACE, gegeven=handle)).status_code == 404
    answer = await lies.posts(PLACE, stap="nakijken", gegeven=handle, sleutel=str(uuid4()), **TYPED)
    assert answer.status_code == 404


async def test_another_persons_datum_is_not_there(lies: Citizen, pieter: Citizen) -> None:
    """Lies has three certificates, Pieter has one: what is only in hers does not exist for him."""
    hers = "qualification:Bewijzen/Bewijs[2]/Basis/Studierichting/Naam"
    _, fields = await open_check_page(lies, handle=hers)
    assert (await pieter.gets(PLACE, gegeven=hers)).status_code == 404
    assert (await pieter.posts(PLACE, stap="nakijken", **fields)).status_code == 404


async def test_errors_stand_at_the_field_and_on_top_and_nothing_is_lost(lies: Citizen) -> None:
    answer, _ = await open_check_page(lies, should_be=" ", why="Omdat " + "x" * 2000, reply_to="lies@")
    page = text(answer)
    assert answer.status_code == 422
    assert "<title>Fout: Klopt dit niet? - Mijn Burgerprofiel</title>" in page
    for said in (
        "Vul in wat er moet staan.",
        "Gebruik hoogstens 2000 tekens. U gebruikte er 2006.",
        "Dit is geen volledig e-mailadres.",
    ):
        assert page.count(said) == 2, said
    assert "Omdat xxx" in page
    assert 'value="lies@"' in page
    assert to_deliver() == []


async def test_what_was_typed_is_still_there_when_it_is_changed(lies: Citizen) -> None:
    _, fields = await open_check_page(lies)
    page = text(await lies.posts(PLACE, stap="wijzigen", **fields))
    assert TYPED["should_be"] in page
    assert TYPED["why"] in page


async def test_scripts_are_shown_and_never_run(lies: Citizen) -> None:
    script = "<script>alert(1)</script>{{ 7*7 }}"
    answer, fields = await open_check_page(lies, should_be=script, why='"><img src=x onerror=alert(1)>')
    sent = await lies.posts(PLACE, stap="versturen", **fields)
    for page in (answer, await lies.gets(sent["Location"].partition("?")[0]), await lies.gets("/verbeteren/")):
        assert "<script>alert" not in text(page)
        assert "<img src=x" not in text(page)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in text(answer)


async def test_what_is_pasted_from_a_document_is_taken(lies: Citizen) -> None:
    typed = "\ufeffMaster\tin de\u0000 \u202ever\u00adpleeg\u200bkunde\u2060\u2066\ue000"
    answer, _ = await open_check_page(lies, should_be=typed, reply_to="\u200blies@café-dé.be")
    assert (answer.status_code, "Master in de verpleegkunde" in text(answer)) == (200, True)
    assert hidden(answer, "reply_to") == "lies@xn--caf-d-dsac.be"
    assert "<dd>lies@café-dé.be</dd>" in text(answer)


async def test_a_report_says_which_of_several_it_is_about(lies: Citizen, town: Desks, as_worker: Role) -> None:
    """Each of three certificates has the same status in the database."""
    found = re.findall(r'gegeven=([^"]+)"><span>Status in de databank', text(await lies.gets(PLACE)))
    assert len(found) == 3
    parts = []
    for handle in map(unquote, found):
        answer, fields = await open_check_page(lies, handle=handle)
        sent = await lies.posts(PLACE, stap="versturen", **fields)
        page = text(await lies.gets(sent["Location"].partition("?")[0]))
        (part,) = re.findall("<dt>Bij</dt><dd>([^<]+)</dd>", page)
        assert f"<dd>{part}</dd>" in text(answer)
        parts.append(html.unescape(part))
    assert parts[0].startswith("Bachelor in de verpleegkunde · ")
    assert len(set(parts)) == 3
    listed = html.unescape(text(await lies.gets("/verbeteren/")))
    assert all(f"Leer- en ervaringsbewijzen: {part} · " in listed for part in parts)
    async with as_worker():
        for report_id in to_deliver():
            await actions.deliver(report_id)
    assert {report["content"]["gegeven"]["onderdeel"] for report in town.reports()} == set(parts)


async def test_receipt_is_for_just_after_sending(lies: Citizen, as_worker: Role) -> None:
    said = "Wij hebben uw melding goed ontvangen."
    reference = await put(lies, now=datetime.now(UTC))
    where = f"/verbeteren/melding/{reference}/"
    assert said in text(await lies.gets(where, nieuw="1"))
    rows("update corrections_report set failed_at = now(), failure = 'refused'")
    refused = text(await lies.gets(where, nieuw="1"))
    assert (said in refused, "meld het later opnieuw" in refused) == (False, False)
    old = await put(lies, now=datetime.now(UTC) - timedelta(minutes=11))
    assert said not in text(await lies.gets(f"/verbeteren/melding/{old}/", nieuw="1"))


async def test_ten_megabytes_are_refused(lies: Citizen) -> None:
    answer = await lies.posts(
        PLACE, stap="nakijken", gegeven=HANDLE, sleutel=str(uuid4()), should_be="x" * 10_000_000, why="y"
    )
    assert answer.status_code in (400, 413)
    assert to_deliver() == []


async def test_what_was_typed_is_given_back_to_its_own_citizen_in_a_later_session(
    lies: Citizen, pieter: Citizen, town: Desks
) -> None:
    _, fields = await open_check_page(lies)
    later = await sign_in(lies.session.identity)
    # Nor is the source needed for it.
    town.fails("503", source="ahovoks-bewijzen")
    answer = await later.client.post(PLACE, {"stap": "versturen", **fields}, headers=SAME_ORIGIN)
    assert (answer.status_code, TYPED["why"] in text(answer)) == (200, True)
    assert "Bachelor in de verpleegkunde" in text(answer)
    for handle in (HANDLE, "ontbreekt"):
        sent = fields | {"gegeven": handle}
        answer = await pieter.client.post(PLACE, {"stap": "versturen", **sent}, headers=SAME_ORIGIN)
        assert (answer.status_code, answer["Location"]) == (303, PLACE)
    assert to_deliver() == []


async def test_what_was_typed_is_given_back_to_who_signs_in_again_too_weakly(lies: Citizen, pieter: Citizen) -> None:
    _, fields = await open_check_page(lies)
    weaker = await sign_in(msgspec.structs.replace(lies.session.identity, assurance=Assurance.LOW))
    answer = await weaker.client.post(PLACE, {"stap": "versturen", **fields}, headers=SAME_ORIGIN)
    assert (answer.status_code, "sterker middel" in text(answer)) == (403, True)
    # All goes along out of sight, and nothing of what the body says is shown.
    kept = {name: hidden(answer, name) for name in ("stap", *fields)}
    assert kept == {"stap": "versturen", **fields}
    assert "Bachelor in de verpleegkunde" not in text(answer)
    again = await weaker.posts(PLACE, **kept)
    assert (again.status_code, hidden(again, "why")) == (403, TYPED["why"])
    # With a stronger means the form goes on.
    later = await sign_in(lies.session.identity)
    answer = await later.client.post(PLACE, kept, headers=SAME_ORIGIN)
    assert (answer.status_code, TYPED["why"] in text(answer)) == (200, True)
    # Somebody else who signs in too weakly at that browser gets nothing of it.
    other = await sign_in(msgspec.structs.replace(pieter.session.identity, assurance=Assurance.LOW))
    answer = await other.client.post(PLACE, {"stap": "versturen", **fields}, headers=SAME_ORIGIN)
    assert (answer.status_code, answer["Location"]) == (303, PLACE)
    assert to_deliver() == []


@pytest.mark.parametrize("step", ["versturen", "nakijken", "wijzigen", ""])
async def test_form_without_the_sessions_token_is_shown_again_and_does_nothing(lies: Citizen, step: str) -> None:
    _, fields = await open_check_page(lies)
    answer = await lies.client.post(PLACE, {"stap": step, **fields}, headers=SAME_ORIGIN)
    assert (answer.status_code, TYPED["why"] in text(answer)) == (200, True)
    assert 'name="ontwerp"' not in text(answer)
    assert to_deliver() == []
    answer = await lies.client.post(PLACE, {"stap": step, **fields}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


@pytest.mark.parametrize("changed", ["503", "204-exceptions"])
async def test_report_is_about_what_was_seen_whatever_the_source_says_meanwhile(
    lies: Citizen, town: Desks, past_walls: psycopg.Connection, changed: str
) -> None:
    form = await lies.gets(PLACE, gegeven=HANDLE)
    fields = {name: hidden(form, name) for name in ("gegeven", "sleutel", "gezien")} | TYPED
    past_walls.execute("delete from sources_answer")
    town.fails(changed, source="ahovoks-bewijzen")
    wrong = await lies.posts(PLACE, stap="nakijken", **fields | {"should_be": ""})
    assert (wrong.status_code, TYPED["why"] in text(wrong)) == (422, True)
    fields["ontwerp"] = hidden(await lies.posts(PLACE, stap="nakijken", **fields), "ontwerp")
    again = await lies.posts(PLACE, stap="wijzigen", **fields)
    assert (again.status_code, TYPED["why"] in text(again)) == (200, True)
    sent = await lies.posts(PLACE, stap="versturen", **fields)
    assert "Bachelor in de verpleegkunde" in text(await lies.gets(sent["Location"].partition("?")[0]))


async def test_datum_that_cannot_be_asked_now_leaves_another_way(lies: Citizen, town: Desks) -> None:
    town.fails("503", source="ahovoks-bewijzen")
    answer = await lies.gets(PLACE, gegeven=HANDLE)
    assert answer.status_code == 503
    assert "weten dus niet wat er staat" in text(answer)
    assert "U kunt ook terecht bij de school" in text(answer)


@pytest.mark.parametrize("sealed", ["", "AAAA", "é", "x" * 100_000])
async def test_what_was_not_seen_here_is_read_again_and_nothing_typed_is_lost(lies: Citizen, sealed: str) -> None:
    _, fields = await open_check_page(lies)
    answer = await lies.posts(PLACE, stap="nakijken", **fields | {"gezien": sealed})
    assert (answer.status_code, 'name="ontwerp"' in text(answer)) == (200, False)
    assert TYPED["why"] in text(answer)


async def test_what_was_seen_is_bound_to_its_form_and_is_no_draft(lies: Citizen) -> None:
    _, fields = await open_check_page(lies)
    for changed in ({"sleutel": str(uuid4())}, {"gezien": fields["ontwerp"]}):
        answer = await lies.posts(PLACE, stap="nakijken", **fields | changed)
        assert (answer.status_code, 'name="ontwerp"' in text(answer)) == (200, False)
    await lies.posts(PLACE, stap="versturen", **fields | {"ontwerp": fields["gezien"]})
    assert to_deliver() == []


async def test_own_address_is_offered_for_the_answer_and_the_journal_says_so(lies: Citizen) -> None:
    who = lies.session.citizen_id
    occasion = Occasion(who, datetime.now(UTC), str(uuid4()))
    before = len(await entries_of(who, most=1000))
    assert "lies@voorbeeld.be" not in text(await lies.gets(PLACE, gegeven=HANDLE))
    await profile.propose_email(occasion, "lies@voorbeeld.be", code="123456")
    await profile.confirm_email(occasion, "123456")
    form = text(await lies.gets(PLACE, gegeven=HANDLE))
    assert 'value="lies@voorbeeld.be"' in form
    new = (await entries_of(who, most=1000))[: -before or None]
    looks = [entry.uses for entry in new if entry.name == "look at own profile"]
    assert [[use.activity.dataset for use in uses] for uses in looks] == [["email"]]


async def test_what_is_missing_can_be_reported_without_an_answer(lies: Citizen, town: Desks) -> None:
    town.fails("503", source="ahovoks-bewijzen")
    answer, fields = await open_check_page(lies, handle="ontbreekt")
    assert "Er ontbreekt iets" in text(answer)
    assert (await lies.posts(PLACE, stap="versturen", **fields)).status_code == 303


async def test_body_without_a_form_is_contacted_and_takes_no_report(lies: Citizen) -> None:
    page = await lies.gets("/verbeteren/rijksregister/persoon/")
    assert "Alleen uw gemeente kan gegevens in het Rijksregister verbeteren." in text(page)
    assert '<form class="form"' not in text(page)
    answer = await lies.posts("/verbeteren/rijksregister/persoon/", stap="nakijken", gegeven="ontbreekt", **TYPED)
    assert answer.status_code == 404
    link = text(await lies.gets("/verbeteren/vdab/ondersteuning/"))
    assert '<a href="https://www.vdab.be" rel="noreferrer">Website van de VDAB</a>' in link


@pytest.mark.parametrize("path", ["/verbeteren/ahovoks/niets/", "/verbeteren/niemand/bewijzen/"])
async def test_dataset_that_is_not_there_is_not_found(lies: Citizen, path: str) -> None:
    assert (await lies.gets(path)).status_code == 404


async def test_report_of_somebody_else_is_as_unknown_as_none(lies: Citizen, pieter: Citizen) -> None:
    reference = await put(lies)
    assert (await lies.gets(f"/verbeteren/melding/{reference}/")).status_code == 200
    for path in (reference, "VB-22222-22222-22222", "x"):
        assert (await pieter.gets(f"/verbeteren/melding/{path}/")).status_code == 404
    assert reference not in text(await pieter.gets("/verbeteren/"))
    assert reference in text(await lies.gets("/verbeteren/"))


async def test_failed_report_offers_the_other_way(lies: Citizen) -> None:
    reference = await put(lies)  # in March, of which nothing was heard since
    page = text(await lies.gets(f"/verbeteren/melding/{reference}/"))
    assert "Uw melding is niet bezorgd" in page
    assert "U kunt ook terecht bij de school" in page
    assert "https://www.ahovoks.be" in page


@pytest.mark.parametrize(
    ("failure", "attempts", "said"),
    [
        ("unreachable", 3, "Het lukte vier uur lang niet om uw melding aan"),
        ("unreachable", 0, "Wij konden uw melding niet aan"),
        ("unreadable", 0, "Door een fout bij ons konden wij uw melding niet lezen"),
        ("no_form", 0, "neemt via Mijn Burgerprofiel geen meldingen meer aan"),
        ("refused", 0, "nam uw melding niet aan"),
    ],
)
async def test_failed_report_says_the_true_reason(lies: Citizen, failure: str, attempts: int, said: str) -> None:
    reference = await put(lies)
    change = "update corrections_report set failed_at = %s, failure = %s, attempts = %s returning 1"
    assert rows(change, NOW, failure, attempts) == [(1,)]
    page = text(await lies.gets(f"/verbeteren/melding/{reference}/"))
    assert said in page
    assert page.count("vier uur lang") == (1 if failure == "unreachable" and attempts else 0)


async def test_late_report_says_so_and_asks_nothing(lies: Citizen) -> None:
    reference = await put(lies, now=datetime.now(UTC) - timedelta(hours=5))
    page = text(await lies.gets(f"/verbeteren/melding/{reference}/"))
    assert "Uw melding heeft vertraging: wij konden ze nog niet aan" in page
    assert "niet bezorgd</h2>" not in page


@pytest.mark.parametrize("handle", ["", HANDLE])
async def test_session_that_ended_while_the_source_was_asked_is_shown_nothing(
    lies: Citizen, town: Desks, handle: str
) -> None:
    town.fails("ok", latency_ms=1500, source="ahovoks-bewijzen")
    before = await entries_of(lies.session.citizen_id, most=1)
    waiting = asyncio.create_task(lies.gets(PLACE, **({"gegeven": handle} if handle else {})))
    # Written before it is asked: from then on the body lets it wait.
    while await entries_of(lies.session.citizen_id, most=1) == before:  # noqa: ASYNC110 - a row tells nobody
        await asyncio.sleep(0.01)
    await sessions.close(lies.session)
    answer = await waiting
    assert answer.status_code == 303
    assert answer["Location"].startswith("/afgemeld/?verlopen=1")
    assert "Bachelor" not in text(answer)
