"""A source's list about a person, cut into pages, in the shape of the body's own sample.

A sample is one whole page as the body sends it (flat, or HAL), with `{base}` where the body's own address stands.
"""

import copy
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

MOST = 100  # certificates of one page
DEFAULT = 10


class BadPage(Exception):
    """There is no such page; the text says what is wrong with the question."""


def sample_of(roots: Iterable[Path], name: str, number: str, base: str) -> dict[str, Any] | None:
    """Read what a body has for a person, with its address filled in; None where it has no sample about them."""
    for root in roots:
        try:
            text = (root / "rest" / name / f"{number}.json").read_text("utf-8")
        except OSError:
            continue
        read: dict[str, Any] = msgspec.json.decode(text.replace("{base}", base))
        return read
    return None


def certificates_of(sample: dict[str, Any] | None) -> list[dict[str, Any]]:
    """List the certificates of a sample."""
    if sample is None:
        return []
    holder = sample.get("_embedded", sample)
    return list(holder.get("certificates", []))


def page_of(sample: dict[str, Any] | None, limit: int, number: int, address: str) -> dict[str, Any]:
    """Cut out a page; number is 0-based. address: of the list. Raises BadPage."""
    if not 0 < limit <= MOST:
        raise BadPage(f"limit is 1 to {MOST}")
    every = certificates_of(sample)
    pages = -(-len(every) // limit)
    if number < 0 or number > pages:
        raise BadPage("page is a number from 0 on")
    here = every[number * limit : (number + 1) * limit]
    metadata = {"number": number + 1, "size": limit, "totalElements": len(every), "totalPages": pages}
    around = {"self": number, "start": 0}
    if number + 1 < pages:
        around["next"] = number + 1
    if number:
        around["prev"] = number - 1
    links = {rel: f"{address}?limit={limit}&page={at}" for rel, at in around.items()}
    made = copy.deepcopy(sample) if sample is not None else {"certificates": []}
    if "_embedded" in made:
        made["_embedded"]["certificates"] = here
        return {**made, "page": metadata, "_links": {rel: {"href": href} for rel, href in links.items()}}
    made["certificates"] = here
    return {**made, "pageMetadata": metadata, "links": [{"rel": rel, "href": href} for rel, href in links.items()]}


def one_of(sample: dict[str, Any] | None, number: str, language: str = "") -> dict[str, Any] | None:
    """Find a certificate by its id, and its language where that is said; None where there is none."""
    return next(
        (
            it
            for it in certificates_of(sample)
            if str(it.get("id")) == number and language in ("", str(it.get("language", "")))
        ),
        None,
    )
