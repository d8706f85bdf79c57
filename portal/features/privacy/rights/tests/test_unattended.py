"""Who sits at a device that was left open does not get an answer about its citizen at an address of their own."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from portal.features.mailbox.tests.linking import gives
from portal.features.privacy.rights.tests.asking import errands
from portal.features.privacy.rights.tests.test_rights_pages import PLACE, TYPED, hidden, open_check_page, text
from portal.platform.access import sessions
from portal.platform.feature import installed
from tests.citizen import Citizen, sign_in
from tests.desks import LIES, Desks
from tests.inbox import past_walls
from tests.journal_entries import entries_of

pytestmark = pytest.mark.security

OWN, OTHER = "lies@münchen.example", "vreemde@canary.example"
PROFILE = ("profile_kept", "profile_email", "profile_proposal")


async def lies_who_signed_in(ago: timedelta | None) -> Citizen:
    shown_at = datetime.now(UTC) - ago if ago is not None else None
    return await sign_in(msgspec.structs.replace(LIES, authenticated_at=shown_at))


@pytest.mark.parametrize("ago", [timedelta(minutes=21), None])
async def test_other_address_wants_a_recent_sign_in_and_nothing_typed_is_lost(
    mailboxes: Desks, ago: timedelta | None
) -> None:
    for table in PROFILE:
        past_walls(f"delete from {table}")
    lies = await lies_who_signed_in(ago)
    await gives(lies.session.citizen_id, "lies@xn--mnchen-3ya.example")
    _, fields = await open_check_page(lies, reply_to=OTHER)
    answer = await lies.posts(PLACE, stap="versturen", **fields)
    assert (answer.status_code, errands()) == (403, [])
    page = text(answer)
    assert ("/aanmelden/?opnieuw=1" in page, "hooguit 20 minuten geleden" in page) == (True, True)
    kept = {name: hidden(answer, name) for name in (*fields, "form_token")}
    assert (kept["about"], kept["reply_to"]) == (TYPED["about"], OTHER)
    # They sign in anew in another tab, and go on in this one: it is of the session before.
    await sessions.close(lies.session)
    again = await lies_who_signed_in(timedelta(0))
    form = await again.posts(PLACE, stap="versturen", **kept)
    assert (form.status_code, TYPED["about"] in text(form), OTHER in text(form), errands()) == (200, True, True, [])
    _, fields = await open_check_page(again, reply_to=OTHER)
    assert (await again.posts(PLACE, stap="versturen", **fields)).status_code == 303
    assert len(errands()) == 1


@pytest.mark.parametrize("reply_to", [OWN, ""])
async def test_own_address_and_a_letter_want_none(mailboxes: Desks, reply_to: str) -> None:
    for table in PROFILE:
        past_walls(f"delete from {table}")
    lies = await lies_who_signed_in(timedelta(hours=2))
    await gives(lies.session.citizen_id, "lies@xn--mnchen-3ya.example")
    _, fields = await open_check_page(lies, reply_to=reply_to)
    before = {one.id for one in await entries_of(lies.session.citizen_id)}
    assert (await lies.posts(PLACE, stap="versturen", **fields)).status_code == 303
    assert len(errands()) == 1
    since = [one.name for one in await entries_of(lies.session.citizen_id) if one.id not in before]
    assert since == ["ask for a right", *(["look at own profile"] if reply_to else [])]


async def test_portal_without_profiles_knows_no_own_address(
    mailboxes: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    lies = await lies_who_signed_in(timedelta(hours=2))
    await gives(lies.session.citizen_id, "lies@xn--mnchen-3ya.example")
    _, fields = await open_check_page(lies, reply_to=OWN)
    others = [feature for feature in installed.features() if feature.id != "profile"]
    monkeypatch.setattr(installed, "features", lambda: others)
    assert (await lies.posts(PLACE, stap="versturen", **fields)).status_code == 403
