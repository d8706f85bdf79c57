"""A body reads by which means a citizen was signed in; only the highest level asks it for no copy of a card."""

import msgspec
import pytest

from portal.features.privacy.rights import forwarding, rules
from portal.features.privacy.rights.tests.asking import JSON, MAIL, NOW, Role, errands, forward, mails, put
from portal.platform.access.rules import ASSURANCE
from portal.platform.access.types import Identity, SignInMeans
from portal.platform.keys import citizens
from tests.citizen import sign_in
from tests.desks import LIES, Desks
from tests.inbox import past_walls

pytestmark = pytest.mark.security

NO_COPY = "Vraag dus geen kopie van een identiteitskaart."


def lies_by(means: SignInMeans) -> Identity:
    return msgspec.structs.replace(LIES, means=means, assurance=ASSURANCE[means])


async def test_mail_names_the_means_and_forbids_a_copy_only_at_the_highest_level(
    mailboxes: Desks, as_worker: Role
) -> None:
    said: dict[str, tuple[str, bool]] = {}
    for means in ASSURANCE:
        await put(await sign_in(lies_by(means)), about=f"Aangemeld met {means.value}.")
        async with as_worker():
            await forward()
            await forwarding.drop_certain(NOW + 2 * rules.MAY_BOUNCE)
        (mail,) = mails(mailboxes)
        mailboxes.ask("DELETE", "/mail/messages")
        (line,) = [one for one in mail["text"].splitlines() if one.startswith("De burger was aangemeld")]
        said[means.value] = (line.partition(".")[0], NO_COPY in line)
    assert said == {
        "eid": ("De burger was aangemeld met eID en kaartlezer (veiligheidsniveau hoog)", True),
        "eidashigh": (
            "De burger was aangemeld met buitenlandse elektronische identiteitskaart (veiligheidsniveau hoog)",
            True,
        ),
        "itsme": ("De burger was aangemeld met itsme (veiligheidsniveau hoog)", True),
        "csamtotp": ("De burger was aangemeld met beveiligingscode via app (veiligheidsniveau substantieel)", False),
        "csamsms": ("De burger was aangemeld met beveiligingscode via sms (veiligheidsniveau substantieel)", False),
        "eidassubstantial": (
            "De burger was aangemeld met buitenlands aanmeldmiddel (veiligheidsniveau substantieel)",
            False,
        ),
    }


async def test_endpoint_gets_the_level(mailboxes: Desks, as_worker: Role) -> None:
    levels = []
    for means in ASSURANCE:
        await put(await sign_in(lies_by(means)), JSON, about=f"Aangemeld met {means.value}.")
        async with as_worker():
            await forward()
        (came,) = mailboxes.reports()
        mailboxes.clear()
        levels.append(came["content"]["persoon"]["veiligheidsniveau"])
    assert levels == ["hoog"] * 3 + ["substantieel"] * 3


@pytest.mark.parametrize("body", [MAIL, JSON])
async def test_errand_of_an_earlier_release_vouches_for_nothing(mailboxes: Desks, as_worker: Role, body: str) -> None:
    lies = await sign_in(lies_by(SignInMeans.ITSME))
    await put(lies, body)
    (request_id,) = errands()
    box = await citizens.errand_box(lies.session.citizen_id, rules.ERRAND)
    fields = {"insz": LIES.insz, "name": LIES.name, "ask": {"body": "VDAB", "about": "Dag.", "reply_to": ""}}
    sealed = box.seal(msgspec.json.encode(fields), rules.bound_errand(request_id))
    past_walls("update privacy_request_errand set sealed = %s", sealed)
    async with as_worker():
        await forward()
    if body == MAIL:
        (mail,) = mails(mailboxes)
        assert ("identiteitskaart" in mail["text"], "weten wij niet meer" in mail["text"]) == (False, True)
    else:
        (came,) = mailboxes.reports()
        assert came["content"]["persoon"] == {"insz": LIES.insz, "naam": LIES.name, "veiligheidsniveau": ""}
