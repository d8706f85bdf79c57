"""Write what a registry answers, in the shape of its version: 2.1, or 3.0 with other names of booleans."""

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
# Of another file than any.
_WRONG = "A" * 43


def message_of(letter: Letter, office: PostOffice, major: str, base: str, mode: str = "") -> dict[str, Any]:
    """Write a letter. base: the registry's address; mode: the fault of the registry."""
    made: dict[str, Any] = {
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
    if office.rules.has_patch:  # Another knows nothing of letters that are hidden.
        made["visible"] = letter.is_visible
    if letter.application:
        made["senderApplicationId"] = letter.application
    if letter.payment is not None:
        made["paymentData"] = letter.payment
    if letter.business:
        made["businessDataList"] = {"items": letter.business, "totalItems": len(letter.business)}
    if letter.attention is not None:
        made["forTheAttentionOf"] = letter.attention
    if mode == "another_box":
        made["forTheAttentionOf"] = {"type": "person", "id": stranger(letter.person), "name": "Iemand Anders"}
    return made | letter.raw


def attachments_of(letter: Letter, major: str, base: str, mode: str = "") -> dict[str, Any]:
    """Write what a letter has in files."""
    items = [attachment_of(letter, one, major, base, mode) for one in letter.enclosures]
    return {"items": items, "totalItems": len(items)}


def attachment_of(letter: Letter, one: Enclosure, major: str, base: str, mode: str = "") -> dict[str, Any]:
    """Write what a file is, without its bytes."""
    below = f"{quote(letter.id, safe='')}/attachments/{quote(one.id, safe='')}/content"
    made: dict[str, Any] = {
        "attachmentId": one.id,
        "attachmentTitle": one.titles,
        "fileName": one.file_name,
        _name("mainContent", major): one.is_main,
        "mediaType": one.media_type,
        "size": round(one.length / 1024, 3),
        _name("attachmentSigned", major): one.is_signed,
        "contentHref": f"{base}/ebox/messages/{below}",
    }
    digest = _WRONG if mode == "wrong_digest" else one.digest
    if digest != "":
        value = one.real_digest if digest is None else digest
        made["digest"] = {"digestMethod": "sha_256", "digestValue": value}
    return made


def page_of[T](items: Sequence[T], total: int, written: Callable[[T], dict[str, Any]]) -> dict[str, Any]:
    """Write a page of a list; total: of all pages."""
    return {"items": [written(one) for one in items], "totalItems": total}


def moment_of(moment: datetime, office: str) -> str:
    """Write a moment as a registry does: one in Belgian time, the others in UTC."""
    if office == "smals":
        return moment.astimezone(ZONE).isoformat(timespec="seconds")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def json_of(request: web.Request, value: object, status: int = 200, kept: str = "no-store") -> web.Response:
    """Answer with JSON. kept: what is said of keeping it."""
    return web.Response(
        status=status,
        body=msgspec.json.encode(value),
        content_type="application/json",
        headers={**echo(request), "Cache-Control": kept},
    )


def status_message(request: web.Request, status: int, message: str, environment: str = "test") -> web.Response:
    """Answer with what is wrong, as the contract has it; the federation writes its environment in capitals."""
    said = {
        "id": str(uuid.uuid4()),
        "code": f"EBOX-{status}",
        "message": message,
        "contact": "helpdesk@modelstad.example",
        "environment": environment,
    }
    return json_of(request, said, status)


def _name(name: str, major: str) -> str:
    return _RENAMED[name] if major == "3" else name
