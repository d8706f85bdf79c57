"""A consent is one to the text that was read; a tab that stayed open asks nothing of who agreed meanwhile."""

import re
from uuid import UUID

import pytest

from portal.features.mailbox import queries, rules
from portal.features.mailbox.copies import consent
from portal.features.mailbox.tests.linking import links, occasion
from tests.citizen import Citizen

pytestmark = pytest.mark.security

LINK = "/brievenbus/ebox/koppelen/"
ARCHIVE = "/brievenbus/archief/beginnen/"
TEXTS = {LINK: rules.CONSENT, ARCHIVE: consent.CONSENT}
SUMMARY = "Kijk dit na"
CHANGED = "Deze pagina is vernieuwd"


async def agreed_to(lies: Citizen, address: str) -> bool:
    citizen_id = lies.session.citizen_id
    return await queries.is_linked(citizen_id) if address == LINK else await consent.look(citizen_id) is not None


@pytest.mark.parametrize("address", TEXTS)
async def test_form_names_the_text_that_it_asks_consent_to(lies: Citizen, home: UUID, address: str):
    page = (await lies.gets(address)).content.decode()
    (name,) = re.findall(r'<input type="hidden" name="tekst" value="([^"]+)">', page)
    sent = await lies.posts(address, akkoord="1", tekst=name, email=str(home))
    assert (name, sent.status_code, await agreed_to(lies, address)) == (TEXTS[address], 303, True)


@pytest.mark.parametrize("address", TEXTS)
@pytest.mark.parametrize("named", [{}, {"tekst": ""}, {"tekst": "ebox-0"}, {"tekst": "x" * 10_000}])
async def test_who_read_another_text_agreed_to_nothing_and_is_shown_the_one_of_now(
    lies: Citizen, home: UUID, address: str, named: dict[str, str]
):
    sent = await lies.posts(address, akkoord="1", email=str(home), **named)
    page = sent.content.decode()
    assert (sent.status_code, page.count(CHANGED), f'value="{TEXTS[address]}"' in page) == (422, 2, True)
    (tick,) = re.findall(r'<input type="checkbox" id="id_akkoord"[^>]*>', page)
    assert ("checked" in tick, await agreed_to(lies, address)) == (False, False)


@pytest.mark.parametrize("ticked", [{}, {"akkoord": "1", "tekst": "of-before"}])
async def test_tab_that_stayed_open_tells_who_has_an_archive_since_when(lies: Citizen, ticked: dict[str, str]):
    await consent.give(occasion(lies.session.citizen_id))
    sent = await lies.posts(ARCHIVE, **ticked)
    page = sent.content.decode()
    assert (sent.status_code, SUMMARY in page, "U hebt sinds" in page) == (200, False, True)


@pytest.mark.parametrize("ticked", [{}, {"akkoord": "1", "tekst": "of-before"}])
async def test_tab_that_stayed_open_tells_who_has_a_link_since_when(
    lies: Citizen, home: UUID, ticked: dict[str, str]
):
    await links(lies.session.citizen_id)
    sent = await lies.posts(LINK, **ticked)
    page = sent.content.decode()
    assert (sent.status_code, SUMMARY in page, "met uw toestemming" in page) == (200, False, True)
