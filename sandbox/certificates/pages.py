"""Cut a source's list about a person into pages, in the format of the body's own sample.

A sample is the whole list as one page of the body's API, in flat JSON or in HAL; `{base}` in it stands for the URL of
the body's API.
"""

import copy
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

MOST_PER_PAGE = 100
DEFAULT_PER_PAGE = 10


class BadPage(Exception):
    """There is no such page; the text says which parameter is wrong."""


def sample_of(roots: Iterable[Path], name: str, number: str, base: str) -> dict[str, Any] | None:
    """Read a body's list about a person, with `base` filled in for `{base}`; None without a sample about them.

    `name` is the folder of the samples (`ListHolder.name`), `number` the person's national number.
    """
    for root in roots:
        try:
            text = (root / "rest" / name / f"{number}.json").read_text("utf-8")
        except OSError:
            continue
        sample: dict[str, Any] = msgspec.json.decode(text.replace("{base}", base))
        return sample
    return None


def certificates_of(sample: dict[str, Any] | None) -> list[dict[str, Any]]:
    """List the certificates of a sample; none without one."""
    if sample is None:
        return []
    holder = sample.get("_embedded", sample)
    return list(holder.get("certificates", []))


def page_of(sample: dict[str, Any] | None, limit: int, number: int, address: str) -> dict[str, Any]:
    """Cut out the page `number` (from 0 on) of `limit` certificates; `address` is the URL of the list. Raises
    BadPage.

    The API counts pages from 0 in its addresses, and from 1 in its metadata. One page behind the last is empty.
    """
    if not 0 < limit <= MOST_PER_PAGE:
        raise BadPage(f"limit is 1 to {MOST_PER_PAGE}")
    certificates = certificates_of(sample)
    pages = -(-len(certificates) // limit)
    if number < 0 or number > pages:
        raise BadPage("page is a number from 0 on")
    selection = certificates[number * limit : (number + 1) * limit]
    metadata = {"number": number + 1, "size": limit, "totalElements": len(certificates), "totalPages": pages}
    linked_pages = {"self": number, "start": 0}
    if number + 1 < pages:
        linked_pages["next"] = number + 1
    if number:
        linked_pages["prev"] = number - 1
    links = {rel: f"{address}?limit={limit}&page={at}" for rel, at in linked_pages.items()}
    page = copy.deepcopy(sample) if sample is not None else {"certificates": []}
    if "_embedded" in page:
        page["_embedded"]["certificates"] = selection
        return {**page, "page": metadata, "_links": {rel: {"href": href} for rel, href in links.items()}}
    page["certificates"] = selection
    return {**page, "pageMetadata": metadata, "links": [{"rel": rel, "href": href} for rel, href in links.items()]}


def find(sample: dict[str, Any] | None, certificate_id: str, language: str = "") -> dict[str, Any] | None:
    """Find a certificate by its id, and by its language unless that is empty; None where there is none."""
    return next(
        (
            it
            for it in certificates_of(sample)
            if str(it.get("id")) == certificate_id and language in ("", str(it.get("language", "")))
        ),
        None,
    )
