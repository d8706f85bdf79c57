"""Somebody signs in as me at another kind of device: I am told by mail."""

import pytest

from .test_profile import Inbox, gives_everything, inbox

pytestmark = pytest.mark.security

__all__ = ["inbox"]  # the fixture


async def test_a_new_kind_of_device_is_told_by_mail(visitor, browser, house, persona, inbox: Inbox):
    await visitor.signs_in(persona.complete)
    await gives_everything(visitor, inbox)
    inbox.clear()
    context = await browser.new_context(
        user_agent="Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
    )
    other = type(visitor)(await context.new_page(), house)
    await other.signs_in(persona.complete, means="eid")
    await context.close()
    (mail,) = await inbox.mails(1)
    assert mail["recipients"] == ["lies@canary.example"]
    assert ("Firefox op Android" in mail["text"], "eID en kaartlezer" in mail["text"]) == (True, True)
    # A second sign-in with the same browser is not new.
    context = await browser.new_context()
    await type(visitor)(await context.new_page(), house).signs_in(persona.complete)
    await context.close()
    assert len(await inbox.mails(1)) == 1
