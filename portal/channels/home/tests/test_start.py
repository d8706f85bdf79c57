"""The start page of whoever is not signed in: what features say that people find here."""

import pytest
from django.test import AsyncClient, override_settings

from portal.platform.feature import places
from portal.platform.feature.types import Place


async def test_a_place_without_a_drawing_is_named_like_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        (Place("Getekend", "help:topics", about="Met een tekening.", icon="home"), "/een/"),
        (Place("Ongetekend", "help:topics", about="Zonder tekening."), "/twee/"),
    ]
    monkeypatch.setattr(places, "all_places", lambda: found)
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        answer = await AsyncClient().get("/")
    page = answer.content.decode()
    assert answer.status_code == 200
    drawn, plain = page.partition('<ul class="finds">')[2].partition("</ul>")[0].strip().splitlines()
    assert drawn.startswith('<li class="theme-home"><svg class="icon"')
    assert plain == "<li><div><strong>Ongetekend</strong><br>Zonder tekening.</div></li>"
