"""The HTTP client for the provider: short deadlines, small answers, no redirects, no cookies."""

from typing import Any

import aiohttp
import msgspec

from .errors import ProviderSlow, ProviderUnavailable

SECONDS = 2.0  # connecting and reading together
LARGEST = 256 * 1024  # bytes of an answer

_session: aiohttp.ClientSession | None = None


async def ask(
    method: str, url: str, *, form: dict[str, str] | None = None, bearer: str | None = None
) -> tuple[int, dict[str, Any]]:
    """Ask the provider and return status and JSON object ({} when an error answer has none).

    Raises ProviderSlow past the deadline, and ProviderUnavailable when there is no connection, the answer is a
    redirect or too large, or a good answer is not a JSON object.
    """
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    try:
        async with _client().request(method, url, data=form, headers=headers, allow_redirects=False) as response:
            body = await _read(response)
            status = response.status
    except TimeoutError as error:
        raise ProviderSlow from error
    except (aiohttp.ClientError, OSError) as error:
        raise ProviderUnavailable(type(error).__name__) from error
    if status >= 500 or status == 429 or 300 <= status < 400:
        raise ProviderUnavailable(f"HTTP {status}")
    return status, _object(body, is_required=status == 200)


async def close() -> None:
    """Close the client; it opens again when it is needed."""
    global _session
    if _session is not None:
        await _session.close()
        _session = None


def _client() -> aiohttp.ClientSession:
    global _session
    if _session is None:
        _session = aiohttp.ClientSession(
            # Sign-ins are few: a fresh connection each time never meets one that the other side just closed.
            connector=aiohttp.TCPConnector(force_close=True, limit=64),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=SECONDS),
            auto_decompress=False,
        )
    return _session


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LARGEST:
            raise ProviderUnavailable("answer too large")
    return bytes(body)


def _object(body: bytes, *, is_required: bool) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        value = None
    if isinstance(value, dict):
        return value
    if is_required:
        raise ProviderUnavailable("not a JSON object")
    return {}
