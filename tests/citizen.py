"""A citizen who is signed in and asks for our pages, through Django's test client."""

import secrets
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.test import AsyncClient

from portal.platform.access import cookies, sessions
from portal.platform.access.types import Assurance, Identity, Session, SignInMeans

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


class Citizen:
    """A session, and the test client with its cookie. `testserver` must be in ALLOWED_HOSTS."""

    def __init__(self, session: Session, cookie: str) -> None:
        self.session = session
        self.client = AsyncClient()
        self.client.cookies[cookies.SESSION] = cookie

    async def gets(self, path: str, **query: str) -> Any:
        """Open a page."""
        return await self.client.get(path, query)

    async def posts(self, path: str, **fields: str) -> Any:
        """Send a form of a page just opened: with the session's token, and a key of its own unless one is given."""
        ours = {"form_token": self.session.form_token, "form_key": secrets.token_urlsafe(16)}
        return await self.client.post(path, {**ours, **fields}, headers=SAME_ORIGIN)


async def sign_in(identity: Identity) -> Citizen:
    """Sign somebody in."""
    assert "testserver" in settings.ALLOWED_HOSTS, "Django's test clients call every host so"
    return Citizen(*await sessions.open_session(identity, now=datetime.now(UTC)))


def person(insz: str, assurance: Assurance = Assurance.HIGH) -> Identity:
    """Make the identity of a person, with another subject at the provider each time."""
    return Identity(insz, "Jan", "Peeters", SignInMeans.ITSME, assurance, uuid4().hex)
