"""A question that was being written as the session of its page ended: nothing is lost, and no passer-by reads it."""

import re

import pytest
from django.test import AsyncClient, override_settings

from tests.citizen import Citizen, person, sign_in

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

FORM = "/contact/"
TYPED = {"onderwerp": "app", "vraag": "Waarom staat mijn <b>scheiding</b> er niet?", "email": "", "telefoon": ""}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture(autouse=True)
def _hosts():
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield


async def by_script(client: AsyncClient, page: str) -> str:
    """Send the form as `session.js` does at the end of the session of its page."""
    names = dict(HIDDEN.findall(page.partition("data-keeps-typed")[2].partition("</form>")[0]))
    answer = await client.post(
        FORM, {**names, **TYPED, "stap": "wijzigen"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code == 200
    return str(answer.content.decode())


async def shown_in(who: Citizen) -> str:
    return str((await who.gets(FORM)).content.decode())


async def test_question_is_out_of_sight_until_somebody_goes_on_with_it():
    lies = await sign_in(person("84651421235"))
    page = await shown_in(lies)
    # The page only feared the end.
    assert "scheiding&lt;/b&gt; er niet?</textarea>" in await by_script(lies.client, page)
    nobody, other = AsyncClient(), await sign_in(person("65112020079"))
    for client in (nobody, other.client):
        kept = await by_script(client, page)
        assert "Wat u invulde, is er nog." in kept
        fields = dict(HIDDEN.findall(kept.partition('action="/contact/"')[2].partition("</form>")[0]))
        assert fields.pop("vraag") == "Waarom staat mijn &lt;b&gt;scheiding&lt;/b&gt; er niet?"
        assert kept.count("scheiding") == 1
        again = await client.post(FORM, {**TYPED, **fields}, headers={"Sec-Fetch-Site": "same-origin"})
        assert "er niet?</textarea>" in again.content.decode()


async def test_who_was_never_signed_in_changes_a_question_as_before():
    nobody = AsyncClient()
    page = (await nobody.get(FORM)).content.decode()
    assert "er niet?</textarea>" in await by_script(nobody, page)
