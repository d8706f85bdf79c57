"""The pages of rights: what is shown is read again by us, what was typed is not lost, nothing is sent twice."""

import html
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import AsyncClient

from portal.features.privacy.rights import actions, desk, explained, forwarding, offering, section
from portal.features.privacy.rights.tests.asking import (
    NONE,
    NOW,
    OURS,
    Role,
    errands,
    fails,
    forward,
    mails,
    put,
)
from portal.features.privacy.rights.types import DataRight
from portal.platform.access import sessions
from portal.platform.sources import catalogue
from portal.platform.sources.manifest import ManifestError
from portal.platform.sources.tests.bodies import SOUND, body
from tests.citizen import Citizen, sign_in
from tests.desks import LIES, Desks
from tests.inbox import past_walls

pytestmark = pytest.mark.security

PLACE = "/privacy/rechten/wissing/verzoek/"
TYPED = {"about": "Wis mijn sollicitatie.", "reply_to": ""}
DAY = timedelta(days=1)


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def hidden(answer: Any, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', answer.content.decode())
    assert found, name
    return html.unescape(found[1])


async def open_check_page(who: Citizen, dienst: str = "vdab", **typed: str) -> tuple[Any, dict[str, str]]:
    """Fill in the form; returns the check page, and what its button would send."""
    form = await who.gets(PLACE, dienst=dienst)
    fields = {name: hidden(form, name) for name in ("dienst", "sleutel", "van")} | TYPED | typed
    answer = await who.posts(PLACE, stap="nakijken", **fields)
    if answer.status_code == 200:
        fields["ontwerp"] = hidden(answer, "ontwerp")
    return answer, fields


async def test_each_right_is_explained_and_leads_to_its_form(lies: Citizen) -> None:
    index = text(await lies.client.get("/privacy/rechten/"))
    for right in DataRight:
        assert f"/privacy/rechten/{right.value}/" in index
        page = text(await lies.gets(f"/privacy/rechten/{right.value}/"))
        assert explained.RIGHTS[right].what in page
        assert f"/privacy/rechten/{right.value}/verzoek/" in page
        assert "contact@apd-gba.be" in page
        bodies = text(await lies.gets(f"/privacy/rechten/{right.value}/verzoek/"))
        assert bodies.count('type="radio"') == 1 + len(catalogue.installed().agencies)
    # What one consented to stands on the page of who is signed in, and the way to that on everybody's.
    withdrawal = "/privacy/rechten/intrekking/"
    assert "nu voor niets toestemming" in text(await lies.gets(withdrawal))
    for_all = text(await AsyncClient().get(withdrawal))
    assert [word for word in ("zie waarvoor u toestemming gaf", "/brievenbus/archief/") if word not in for_all] == []
    for unknown in ("vergeten", "inzage2"):
        assert (await lies.gets(f"/privacy/rechten/{unknown}/")).status_code == 404
        assert (await lies.gets(f"/privacy/rechten/{unknown}/verzoek/")).status_code == 404


async def test_request_goes_out_once_however_often_its_button_is_pressed_and_in_two_tabs(
    lies: Citizen, pieter: Citizen, mailboxes: Desks, as_worker: Role
) -> None:
    page, fields = await open_check_page(lies)
    assert "Uw naam en geboortedatum gaan mee" in text(page)
    first = await lies.posts(PLACE, stap="versturen", **fields)
    again = await lies.posts(PLACE, stap="versturen", **fields)
    assert (first.status_code, first["Location"]) == (303, again["Location"])
    assert len(errands()) == 1
    receipt = await lies.client.get(first["Location"])
    assert "Wij hebben uw verzoek goed ontvangen." in text(receipt)
    here = first["Location"].partition("?")[0]
    async with as_worker():
        for request_id in errands():
            await forwarding.forward(request_id)
    shown = text(await lies.gets(here))
    assert "Verstuurd naar Vlaamse Dienst voor Arbeidsbemiddeling" in shown
    assert "privacy@vdab.example" in shown
    # Somebody else's reference is nothing, and a look at it is noted.
    for answer in (await pieter.gets(here), await pieter.posts(here)):
        assert answer.status_code == 404
    assert "Afgesloten" not in text(await lies.gets(here))
    assert (await lies.posts(here)).status_code == 303
    assert (await lies.posts(here)).status_code == 303
    assert "U sloot het af" in text(await lies.gets(here))
    for odd in ("RE-00000", "x", "VB-00000-00000-00000"):
        assert (await lies.gets(f"/privacy/verzoeken/{odd}/")).status_code == 404


async def test_what_is_sent_is_what_was_checked_and_nobody_elses(
    lies: Citizen, pieter: Citizen, mailboxes: Desks
) -> None:
    _, fields = await open_check_page(lies)
    other_key = await lies.posts(PLACE, stap="versturen", **{**fields, "sleutel": str(uuid4())})
    assert (other_key.status_code, 'name="ontwerp"' in text(other_key)) == (200, False)
    other_body = await lies.posts(PLACE, stap="versturen", **{**fields, "dienst": "ahovoks"})
    assert (other_body.status_code, 'name="ontwerp"' in text(other_body)) == (200, False)
    other_person = await pieter.posts(PLACE, stap="versturen", **fields)
    assert (other_person.status_code, errands()) == (200, [])
    sent = await lies.posts(PLACE, stap="versturen", **{**fields, "about": "iets anders"})
    shown = text(await lies.client.get(sent["Location"]))
    assert (TYPED["about"] in shown, "iets anders" in shown) == (True, False)


async def test_mistakes_are_said_and_nothing_is_lost(lies: Citizen, mailboxes: Desks) -> None:
    for typed, words in (
        ({"about": "  "}, "Schrijf op wat u vraagt."),
        ({"about": "x" * 3001}, "3000"),
        ({"about": "Ik ben 84.65.14-212.35."}, "staat een rijksregisternummer"),
        ({"reply_to": "lies"}, "apenstaartje"),
        ({"reply_to": "lies@canary.example\r\nBcc: a@b.example"}, "U mag dit ook leeg laten."),
    ):
        answer, _ = await open_check_page(lies, **typed)
        assert (answer.status_code, words in text(answer)) == (422, True)
    for bad in ({"sleutel": "x"}, {"dienst": "niemand"}, {"dienst": ""}):
        _, fields = await open_check_page(lies)
        assert (await lies.posts(PLACE, stap="nakijken", **{**fields, **bad})).status_code == 404
    changed = await lies.posts(PLACE, stap="wijzigen", **(await open_check_page(lies))[1])
    assert (changed.status_code, TYPED["about"] in text(changed)) == (200, True)


async def test_session_that_ended_while_the_form_was_open_loses_nothing(lies: Citizen, mailboxes: Desks) -> None:
    _, fields = await open_check_page(lies)
    await sessions.close(lies.session)
    gone = await lies.posts(PLACE, stap="versturen", **fields)
    assert TYPED["about"] in text(gone)
    again = await sign_in(LIES)
    token = {"form_token": lies.session.form_token}
    shown = await again.posts(PLACE, stap="versturen", **fields, **token)
    assert (shown.status_code, TYPED["about"] in text(shown), errands()) == (200, True, [])


async def test_too_many_open_requests_are_said(lies: Citizen, mailboxes: Desks, monkeypatch: Any) -> None:
    monkeypatch.setattr(actions.rules, "MOST_OPEN", 1)
    await put(lies)
    _, fields = await open_check_page(lies)
    answer = await lies.posts(PLACE, stap="versturen", **fields)
    assert (answer.status_code, "Uw verzoek is niet verstuurd" in text(answer)) == (429, True)
    assert hidden(answer, "ontwerp")


async def test_failure_of_ours_keeps_what_was_typed(lies: Citizen, mailboxes: Desks, monkeypatch: Any) -> None:
    _, fields = await open_check_page(lies)
    with monkeypatch.context() as patch:
        patch.setattr(actions, "PUT_ERRAND", "select 1/0")
        answer = await lies.posts(PLACE, stap="versturen", **fields)
    assert (answer.status_code, "Dubbel versturen kan niet" in text(answer), errands()) == (503, True, [])
    kept = {name: hidden(answer, name) for name in fields}
    assert (await lies.posts(PLACE, stap="versturen", **kept)).status_code == 303


async def test_wrong_datum_of_a_body_leads_to_the_pages_for_that(lies: Citizen, mailboxes: Desks) -> None:
    place = "/privacy/rechten/verbetering/verzoek/"
    page = text(await lies.gets(place, dienst="ahovoks"))
    assert ("/verbeteren/ahovoks/bewijzen/" in page, "<textarea" in page) == (True, False)
    # A body without data here has no such page, and is asked.
    assert "<textarea" in text(await lies.gets(place, dienst="anb"))
    assert offering.datasets_to_correct(DataRight.ERASURE, catalogue.installed().agencies[0]) == []


async def test_state_of_a_request_is_said_as_it_is(
    lies: Citizen, mailboxes: Desks, as_worker: Role, monkeypatch: Any
) -> None:
    reference = await put(lies, at=NOW)
    here = f"/privacy/verzoeken/{reference}/"
    # Long ago: the term is over.
    late = text(await lies.gets(here))
    assert ("Het antwoord is te laat" in late, "3 april 2026" in late, "contact@toezichtcommissie.be" in late) == (
        True,
        True,
        True,
    )
    assert "Te laat" in text(await lies.gets("/privacy/verzoeken/"))
    async with as_worker():
        await desk.extend(reference, "Drie archieven <b>doorzoeken</b>.", NOW + DAY)
        await desk.answer(reference, "Gewist.", NOW + 2 * DAY)
    page = await lies.gets(here)
    assert "Drie archieven &lt;b&gt;doorzoeken&lt;/b&gt;." in page.content.decode()
    assert ("Er is meer tijd nodig" in text(page), "Gewist." in text(page), "te laat" in text(page)) == (
        True,
        True,
        False,
    )


async def test_trouble_on_the_way_is_said(lies: Citizen, mailboxes: Desks, as_worker: Role) -> None:
    fails(mailboxes, "mail", "permanent")
    _, fields = await open_check_page(lies)
    sent = await lies.posts(PLACE, stap="versturen", **fields)
    async with as_worker():
        for request_id in errands():
            with pytest.raises(forwarding.TryLater):
                await forwarding.forward(request_id)
    page = text(await lies.client.get(sent["Location"]))
    assert "Wij konden uw verzoek niet bezorgen aan Vlaamse Dienst" in page
    assert "goed ontvangen" not in page
    fails(mailboxes, "mail", "ok")
    async with as_worker():
        for request_id in errands():
            await forwarding.forward(request_id)
    page = text(await lies.client.get(sent["Location"]))
    assert ("Bij onze functionaris" in page, len(mails(mailboxes))) == (True, 1)


@pytest.mark.parametrize(("body", "says"), [(NONE, "Niet bezorgd aan VDAB"), (OURS, "Niet bezorgd")])
async def test_request_that_does_not_open_any_more_is_said(
    lies: Citizen, mailboxes: Desks, as_worker: Role, body: str, says: str
) -> None:
    reference = await put(lies, body)
    past_walls("update privacy_request_errand set sealed = sealed || 'x'::bytea")
    async with as_worker():
        await forward()
    page = text(await lies.gets(f"/privacy/verzoeken/{reference}/"))
    assert "<h2>Uw verzoek is niet bezorgd</h2>" in page
    assert f"<strong>{says}</strong>" in page
    assert "Wij konden uw verzoek niet bezorgen aan" not in page


async def test_request_to_ourselves_and_the_paper_way(lies: Citizen, mailboxes: Desks, as_worker: Role) -> None:
    page, fields = await open_check_page(lies, dienst="mijn-burgerprofiel")
    assert "Dan krijgt onze functionaris" in text(page)
    sent = await lies.posts(PLACE, stap="versturen", **fields)
    assert sent.status_code == 303
    fails(mailboxes, "mail", "permanent")
    async with as_worker():
        for request_id in errands():
            with pytest.raises(forwarding.TryLater):
                await forwarding.forward(request_id)
    assert "te bezorgen aan onze functionaris voor gegevensbescherming. Wij proberen het opnieuw." in text(
        await lies.client.get(sent["Location"])
    )
    lies.client.cookies.clear()
    paper = text(await lies.client.get("/privacy/zonder-aanmelden/"))
    assert "geen kopie van uw identiteitskaart" in paper
    assert "privacy@kortrijk.example" in paper
    assert (await lies.client.get(PLACE)).status_code == 303


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('name = "DPO"', "one way"),
        ('name = "DPO"\nemail = "a@b.example"\nsource = "s"\npath = "/x"\nscope = "y"', "one way"),
        ('name = "DPO"\nsource = "s"', "come together"),
        ('name = "DPO"\nemail = "nowhere"', "no address that mail can go to"),
        ('name = ""\nemail = "a@b.example"', "length"),
        ('name = "DPO"\nemail = "a@b.example"\nfax = "1"', "unknown"),
    ],
)
def test_manifest_that_cannot_be_used_is_refused(tmp_path: Any, table: str, says: str) -> None:
    with pytest.raises(ManifestError, match=says):
        catalogue.load(
            [body(tmp_path, "voorbeeld", SOUND.replace("[[datasets]]", f"[rights]\n{table}\n\n[[datasets]]"))]
        )


def test_endpoint_of_a_body_has_a_switch() -> None:
    found = {one: catalogue.installed().agency(one) for one in ("toerisme_vlaanderen", "ahovoks")}
    assert found["toerisme_vlaanderen"].sections[section.SECTION].endpoints() == ()
    (endpoint,) = found["ahovoks"].sections[section.SECTION].endpoints()
    assert endpoint.source in found["ahovoks"].sources
