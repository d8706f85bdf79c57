"""Fill people's boxes with the letters of the start, from `letters.toml`."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from . import reference
from .letters import Boxes, Enclosure, Letter, id_of
from .papers import file_of
from .sending import FillRequest, fill

# The numbers for ids below it are those of the letters that the file has one by one; a heap is many of one pattern.
FIRST_OF_HEAP = 500
_FILE = Path(__file__).with_name("letters.toml")


def boxes_from(now: float) -> Boxes:
    """Make the boxes as they are at the start of the town; `now` is in seconds since 1970."""
    boxes = Boxes()
    boxes.consents.reset(now)
    fill_samples(boxes, now)
    return boxes


def fill_samples(boxes: Boxes, now: float, person: str = "") -> None:
    """Put every sample letter, or those of one person, in its box; their moments count back from `now`."""
    opened = datetime.fromtimestamp(int(now), UTC)
    samples = tomllib.loads(_FILE.read_text("utf-8"))
    for place, it in enumerate(samples["letters"], 1):
        if person in ("", it["person"]):
            boxes.add(it["provider"], _letter(place, it, opened))
    for heap in samples["heaps"]:
        if person in ("", heap["person"]):
            fill(boxes, FillRequest(heap["person"], heap["count"]), now, first=FIRST_OF_HEAP)


def _letter(place: int, it: dict[str, Any], opened: datetime) -> Letter:
    """Make the letter of a table of the file; `place` is its number in the file, `opened` the start of the town."""
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
        enclosures=tuple(_enclosure(number, file) for number, file in enumerate(it.get("files", []), 1)),
        payment=payment,
        is_registered=it.get("is_registered", False),
        is_read=it.get("is_read", False),
        is_visible=it.get("is_visible", True),
        attention={"type": "person", "id": person, "name": it["attention"]} if "attention" in it else None,
        business=it.get("business", []),
        raw=it.get("raw", {}),
        is_sample=True,
    )


def _enclosure(place: int, file: dict[str, Any]) -> Enclosure:
    media_type = file.get("type", "application/pdf")
    return Enclosure(
        id=str(place),
        file_name=file["name"],
        media_type=media_type,
        content=file["content"].encode() if "content" in file else file_of(media_type, file["name"], file["lines"]),
        is_main=file.get("is_main", False),
        titles=file.get("titles", {}),
        digest=file.get("digest"),
        is_signed=file.get("is_signed", False),
    )
