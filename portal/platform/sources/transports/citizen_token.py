"""The headers of a call that asks a body about a citizen with a token that we sign (partners, registries)."""

import uuid
from datetime import UTC, datetime

from django.conf import settings

from portal.platform.access import source_tokens
from portal.platform.access.source_tokens import SourceTokenError

from ..reading.outcomes import Down


def token_of(insz: str, audience: str) -> str | Down:
    """Sign a token about one citizen for one body; without a key, give a failure that is not the body's."""
    try:
        signing = source_tokens.ours()
    except SourceTokenError:
        signing = None
    if signing is None:
        return Down("fault", "no key for tokens", is_elsewhere=True, is_unsent=True)
    return source_tokens.token(signing, insz, audience, datetime.now(UTC))


def headers_of(token: str, accepted: str, sent: list[str]) -> dict[str, str]:
    """Write the headers, with a new reference, which is added to `sent`. accepted: the media types of the answer."""
    sent.append(str(uuid.uuid4()))
    return {
        "Accept": accepted,
        "Authorization": f"Bearer {token}",
        "x-correlation-id": sent[-1],
        "X-Magda-Sender-ID": settings.MAGDA_SENDER,
    }
