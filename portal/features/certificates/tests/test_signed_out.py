"""Once a session ended, no certificate is asked for it, and what came meanwhile is not given."""

import io
import zipfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
import pytest_asyncio

from portal.features.certificates import bundling, checking, fetching, obtaining, section, wording
from portal.features.certificates.choosing import CertificateChoice
from portal.features.certificates.looking import FoundOffers, OfferOfBody
from portal.features.certificates.types import PDF, CertificateKind, Document, NoDocument, NotHanded, Offer
from portal.platform.access import sessions
from portal.platform.access.types import SignedInRequest
from portal.platform.database.lender import DatabaseAway
from portal.platform.journal.types import Occasion
from portal.platform.seals.types import Judgement, Verdict
from portal.platform.sources.reading.outcomes import Ready
from tests.citizen import person

pytestmark = pytest.mark.security

CAME = Document(b"%PDF-1.7", PDF, "Attest")
OFFERS = [Offer("rijksregister", f"rijksregister.{key}", key, ("nl",), CertificateKind.ATTEST) for key in "abc"]


@pytest_asyncio.fixture
async def request_of_somebody(database: None) -> SignedInRequest:
    session, _ = await sessions.open_session(person("84651421235"), now=datetime.now(UTC))
    occasion = Occasion(session.citizen_id, datetime.now(UTC), str(uuid4()))
    made = SimpleNamespace(session=session, occasion=occasion, correlation_id=occasion.correlation_id)
    return cast("SignedInRequest", made)


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """List what is asked of the body, which always has it; its document is valid."""
    keys: list[str] = []

    async def fetch(_: object, key: str, __: str) -> Ready[Document]:
        keys.append(key)
        return Ready(CAME, datetime.now(UTC))

    monkeypatch.setattr(fetching, "fetch", fetch)
    monkeypatch.setattr(checking, "judge", judging(lambda: None))
    return keys


def judging(meanwhile: Callable[[], Awaitable[None] | None]) -> Any:
    """Make a check of seals, during which something happens."""

    async def judge(*_: object) -> Judgement:
        if happening := meanwhile():
            await happening
        return Judgement(Verdict.VALID)

    return judge


async def test_nothing_is_asked_for_a_session_that_ended(request_of_somebody, questions):
    first = await obtaining.obtain(request_of_somebody, OFFERS[0], "nl")
    assert (first.why, first.document) == ("", CAME)
    await sessions.close(request_of_somebody.session)
    second = await obtaining.obtain(request_of_somebody, OFFERS[1], "nl")
    assert (second.why, second.document, questions) == (NotHanded.ENDED, None, [OFFERS[0].key])


async def test_document_that_came_while_the_session_ended_is_not_given(request_of_somebody, questions, monkeypatch):
    monkeypatch.setattr(checking, "judge", judging(lambda: sessions.close(request_of_somebody.session)))
    result = await obtaining.obtain(request_of_somebody, OFFERS[0], "nl")
    assert (result.why, result.document, result.judgement, len(questions)) == (NotHanded.ENDED, None, None, 1)


async def test_nothing_is_asked_where_nobody_can_tell_whether_the_session_ended(
    request_of_somebody, questions, monkeypatch
):
    async def is_away(*_: object, **__: object) -> bool:
        raise DatabaseAway

    monkeypatch.setattr(obtaining.sessions, "is_live", is_away)
    result = await obtaining.obtain(request_of_somebody, OFFERS[0], "nl")
    assert (result.why, questions) == (NoDocument.DOWN, [])


async def test_zip_ends_with_what_it_has_and_says_why(request_of_somebody, questions):
    found = FoundOffers([OfferOfBody(section.makers()[0], offer) for offer in OFFERS])
    making = bundling.ZipMaking(request_of_somebody, found, CertificateChoice(), datetime.now(UTC))
    whole = b""
    async for step in making.steps():
        if isinstance(step, bytes):
            whole += step
            await sessions.close(request_of_somebody.session)
    assert ([one.result.why for one in making.failed], questions) == ([NotHanded.ENDED] * 2, [OFFERS[0].key])
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        first, text = opened.namelist()
        assert opened.read(first) == CAME.content
        assert opened.read(text).decode("utf-8-sig").count(wording.WHY[NotHanded.ENDED]) == 2
