"""What is spoken of five pages, approved as files: read them aloud before you approve them.

`APPROVE=1 make test T=tests/journeys/test_spoken.py` writes what is spoken now; `git diff` says what changed.
"""

import os
from pathlib import Path

import pytest

from .spoken import speech_of

APPROVED = Path(__file__).parent / "spoken"
STREAMED = {
    "home": "/",
    "overview": "/uw-gegevens/",
    "theme": "/uw-gegevens/gezin/",
    "identity": "/uw-gegevens/bron/rijksregister/persoon/",
}


@pytest.mark.usefixtures("nothing_of_their_own")
async def test_what_is_spoken_is_approved(visitor, faults, persona):
    page = visitor.page
    await visitor.signs_in(persona.complete)
    await visitor.sees_every_source()
    said: dict[str, str] = {}
    for name, path in STREAMED.items():
        await visitor.opens(path)
        await page.locator(".closing").wait_for()
        said[name] = await speech_of(page)
    # A form that was sent empty: its errors are spoken first, and each again with its field.
    await visitor.opens("/profiel/adressen/nieuw/")
    await page.get_by_role("main").get_by_role("button").first.click()
    await page.locator(".errors").wait_for()
    said["form"] = await speech_of(page)
    if os.environ.get("APPROVE"):
        for name, text in said.items():
            (APPROVED / f"{name}.txt").write_text(text, "utf-8")
    assert said == {name: (APPROVED / f"{name}.txt").read_text("utf-8") for name in said}
