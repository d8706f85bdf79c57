"""An address that lacks its last slash leads to the one that has it, with all that was asked."""

import pytest
from django.test import AsyncClient, override_settings

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]


@pytest.fixture(autouse=True)
def reached():
    """Let the client's own name be one of ours."""
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield


@pytest.mark.parametrize(
    ("method", "asked", "status", "to"),
    [
        ("get", "/hulp?over=app&x=caf%C3%A9", 301, "/hulp/?over=app&x=caf%C3%A9"),
        ("head", "/hulp", 301, "/hulp/"),
        # A program sends the same again there; after another status than 308 it would only read.
        ("post", "/controle?x=1", 308, "/controle/?x=1"),
    ],
)
async def test_address_without_its_last_slash_keeps_its_query_and_its_method(method, asked, status, to):
    answer = await getattr(AsyncClient(), method)(asked, headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer["Location"]) == (status, to)


async def test_address_that_exists_neither_way_leads_nowhere():
    assert (await AsyncClient().get("/bestaat-niet?x=1")).status_code == 404
