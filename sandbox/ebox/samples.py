"""The letters that stand in people's boxes when the town begins, from `letters.toml`."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from . import reference
from .letters import Boxes, Enclosure, Letter, id_of
from .papers import file_of
from .sending import Filling, fill

FIRST_OF_HEAP = 500  # Letters that are written one by one have the numbers before it.
_FILE = Path(__file__).with_name("letters.toml")


def boxes_from(now: float) -> Boxes:
    """Fill the boxes; moments count back from now, in seconds since 1970."""
    boxes = Boxes()
    boxes.consents.put_back(now)
    fill_samples(boxes, now)
    return boxes


def fill_samples(boxes: Boxes, now: float, person: str = "") -> None:
    """Put every sample letter in its box as it began; those of one person only where that is said."""
    opened = datetime.fromtimestamp(int(now), UTC)
    written = tomllib.loads(_FILE.read_text("utf-8"))
    for place, it in enumerate(written["letters"], 1):
        if person in ("", it["person"]):
            boxes.add(it["provider"], _letter(place, it, opened))
    for one in written["heaps"]:
        if person in ("", one["person"]):
            fill(boxes, Filling(one["person"], one["count"]), now, first=FIRST_OF_HEAP)


def _letter(place: int, it: dict[str, Any], opened: datetime) -> Letter:
    received = opened - timedelta(days=it["days"], minutes=it.get("minutes", 7))
    lasts = it.get("lasts", reference.types(it["provider"])[it["type"]]["days"])
    payment = dict(it["payment"]) if "payment" in it else None
    if payment is not None:
        payment["dueDate"] = payment.get("dueDate") or (opened + timedelta(days=payment.pop("due", 0))).strftime(
            "%Y-%m-%dT00:00:00Z"
        )
        payment["paymentDataId"] = f"P{place}"
    person = it["person"]
    return Letter(
        id=it.get("id") or id_of(it["provider"], place, received),
        person=person,
        subject=it["subject"],
        sender=it["sender"],
        type_id=it["type"],
        received_at=received,
        expires_at=received + timedelta(days=lasts),
        application=it.get("application", ""),
        body=it.get("body", {}),
        is_body_main=it.get("is_body_main", False),
        enclosures=tuple(_enclosure(number, one) for number, one in enumerate(it.get("files", []), 1)),
        payment=payment,
        is_registered=it.get("is_registered", False),
        is_read=it.get("is_read", False),
        is_visible=it.get("is_visible", True),
        attention={"type": "person", "id": person, "name": it["attention"]} if "attention" in it else None,
        business=it.get("business", []),
        raw=it.get("raw", {}),
        is_sample=True,
    )


def _enclosure(place: int, one: dict[str, Any]) -> Enclosure:
    media_type = one.get("type", "application/pdf")
    return Enclosure(
        id=str(place),
        file_name=one["name"],
        media_type=media_type,
        content=one["content"].encode() if "content" in one else file_of(media_type, one["name"], one["lines"]),
        is_main=one.get("is_main", False),
        titles=one.get("titles", {}),
        digest=one.get("digest"),
        is_signed=one.get("is_signed", False),
    )
