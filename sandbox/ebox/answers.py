"""Write the answers of a registry in the format of its version: 2.1, or 3.0 with other names of booleans.

`major` is the first digit of the version, `mode` the fault of the registry's switch.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import msgspec
from aiohttp import web

from sandbox.faults.strangers import stranger
from sandbox.rest.answers import echo

from .letters import Enclosure, Letter
from .offices import ZONE, PostOffice

_RENAMED = {
    "mainContent": "isMainContent",
    "attachmentSigned": "isAttachmentSigned",
    "replyAuthorized": "isReplyAuthorized",
}
# A digest that no file has.
_WRONG_DIGEST = "A" * 43


def message_of(letter: Letter, office: PostOffice, major: str, base: str, mode: str = "") -> dict[str, Any]:
    """Write a letter as JSON; base: the registry's URL."""
    json: dict[str, Any] = {
        "messageId": letter.id,
        "subject": letter.subject,
        "receiptDate": moment_of(letter.received_at, office.id),
        "expirationDate": moment_of(letter.expires_at, office.id),
        "readStatus": letter.is_read,
        "registeredMail": letter.is_registered,
        "messageTypeId": letter.type_id,
        "senderOrganizationId": letter.sender,
        "attachments": attachments_of(letter, major, base, mode),
        "bodyMainContent": letter.is_body_main,
        _name("replyAuthorized", major): False,
    }
    if office.rules.has_patch:  # Without it, the registry has no hidden letters.
        json["visible"] = letter.is_visible
    if letter.application:
        json["senderApplicationId"] = letter.application
    if letter.payment is not None:
        json["paymentData"] = letter.payment
    if letter.business:
        json["businessDataList"] = {"items": letter.business, "totalItems": len(letter.business)}
    if letter.attention is not None:
        json["forTheAttentionOf"] = letter.attention
    if mode == "another_box":
        json["forTheAttentionOf"] = {"type": "person", "id": stranger(letter.person), "name": "Iemand Anders"}
    return json | letter.raw


def attachments_of(letter: Letter, major: str, base: str, mode: str = "") -> dict[str, Any]:
    """Write the list of a letter's files."""
    items = [attachment_of(letter, enclosure, major, base, mode) for enclosure in letter.enclosures]
    return {"items": items, "totalItems": len(items)}


def attachment_of(letter: Letter, enclosure: Enclosure, major: str, base: str, mode: str = "") -> dict[str, Any]:
    """Write a file's metadata."""
    below = f"{quote(letter.id, safe='')}/attachments/{quote(enclosure.id, safe='')}/content"
    json: dict[str, Any] = {
        "attachmentId": enclosure.id,
        "attachmentTitle": enclosure.titles,
        "fileName": enclosure.file_name,
        _name("mainContent", major): enclosure.is_main,
        "mediaType": enclosure.media_type,
        "size": round(enclosure.length / 1024, 3),
        _name("attachmentSigned", major): enclosure.is_signed,
        "contentHref": f"{base}/ebox/messages/{below}",
    }
    digest = _WRONG_DIGEST if mode == "wrong_digest" else enclosure.digest
    if digest != "":
        value = enclosure.real_digest if digest is None else digest
        json["digest"] = {"digestMethod": "sha_256", "digestValue": value}
    return json


def page_of[T](items: Sequence[T], total: int, write: Callable[[T], dict[str, Any]]) -> dict[str, Any]:
    """Write a page of a list; total: the number of items of all pages."""
    return {"items": [write(item) for item in items], "totalItems": total}


def moment_of(moment: datetime, office: str = "") -> str:
    """Write a moment as this office does: `smals` in Belgian time, the others and the federation ("") in UTC."""
    if office == "smals":
        return moment.astimezone(ZONE).isoformat(timespec="seconds")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def json_of(request: web.Request, value: object, status: int = 200, cache_control: str = "no-store") -> web.Response:
    """Answer with a value as JSON, and the correlation id of the question."""
    return web.Response(
        status=status,
        body=msgspec.json.encode(value),
        content_type="application/json",
        headers={**echo(request), "Cache-Control": cache_control},
    )


def status_message(request: web.Request, status: int, message: str, environment: str = "test") -> web.Response:
    """Answer with an error, in the format of the API; the federation writes its environment in capitals."""
    error = {
        "id": str(uuid.uuid4()),
        "code": f"EBOX-{status}",
        "message": message,
        "contact": "helpdesk@modelstad.example",
        "environment": environment,
    }
    return json_of(request, error, status)


def _name(name: str, major: str) -> str:
    return _RENAMED[name] if major == "3" else name
