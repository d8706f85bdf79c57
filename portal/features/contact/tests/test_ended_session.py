"""A question that was being written as the session of its page ended: nothing is lost, and no passer-by reads it."""

import re
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import AsyncClient, override_settings

from tests.citizen import Citizen, person, sign_in

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

FORM = "/contact/"
TYPED = {"onderwerp": "app", "vraag": "Waarom staat mijn <b>scheiding</b> er niet?", "email": "", "telefoon": ""}
SHOWN = "scheiding&lt;/b&gt; er niet?</textarea>"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture(autouse=True)
def _hosts():
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield


async def by_script(client: AsyncClient, page: str) -> HttpResponse:
    """Send the form as `session.js` does at the end of the session of its page."""
    fields = {name: unescape(value) for name, value in HIDDEN.findall(form_of(page))}
    return await posts(client, {**TYPED, **fields, "stap": "wijzigen"})


async def posts(client: AsyncClient, fields: dict[str, str]) -> HttpResponse:
    answer: HttpResponse = await client.post(FORM, fields, headers={"Sec-Fetch-Site": "same-origin"})
    return answer


def form_of(page: str) -> str:
    return page.partition('action="/contact/"')[2].partition("</form>")[0]


async def shown_in(who: Citizen, *, checked: bool) -> str:
    page = str((await who.gets(FORM)).content.decode())
    if not checked:
        return page
    fields = {name: unescape(value) for name, value in HIDDEN.findall(form_of(page))}
    return (await posts(who.client, {**fields, **TYPED, "email": "lies@example.org"})).content.decode()


@pytest.mark.parametrize("checked", [False, True])
async def test_question_is_out_of_sight_until_its_citizen_or_nobody_goes_on_with_it(checked):
    lies = await sign_in(person("84651421235"))
    page = await shown_in(lies, checked=checked)
    assert ('data-keeps-typed="always"' in form_of(page)) == checked
    assert 'formtarget="_blank"' in page
    # The page only feared the end, or Lies signed in anew.
    for client in (lies.client, (await sign_in(person("84651421235"))).client):
        assert SHOWN in (await by_script(client, page)).content.decode()
    nobody, other = AsyncClient(), await sign_in(person("65112020079"))
    kept = (await by_script(nobody, page)).content.decode()
    assert "Wat u invulde, is er nog." in kept
    assert kept.count("scheiding") == 1
    fields = {name: unescape(value) for name, value in HIDDEN.findall(form_of(kept))}
    assert fields["vraag"] == TYPED["vraag"]
    assert '<button name="stap" value="verder">' in form_of(kept)
    for client in (nobody, lies.client):
        assert SHOWN in (await posts(client, {**fields, "stap": "verder"})).content.decode()
    # Whoever else signed in at that browser gets nothing of it, whatever is pressed.
    for step in ("", "wijzigen", "verder", "versturen"):
        answer = await posts(other.client, {**fields, "stap": step})
        assert (answer.status_code, answer["Location"]) == (303, FORM)


async def test_who_was_never_signed_in_changes_a_question_as_before():
    nobody = AsyncClient()
    page = (await nobody.get(FORM)).content.decode()
    assert SHOWN in (await by_script(nobody, page)).content.decode()
