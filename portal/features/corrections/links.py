"""The address where a citizen reports that a datum is wrong, for other rooms (`ui.links`)."""

from functools import cache
from urllib.parse import quote

from django.urls import reverse

from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.reading.facts import Fact

from . import rules, section


def correct(entry: DatasetEntry, fact: Fact | None = None, *, part: str = "", is_about_child: bool = False) -> str:
    """Lead to where one reports that a dataset, or one fact of it, is wrong; "" when its body has no way for that.

    The page has a form, or says whom to turn to (`section.Correction`). part: the path of an element of the answer;
    a form offers the facts in it to choose from. is_about_child: whether a parent reads a child's data. A form is
    about the reader's own answer, so there is none for a child: "".
    """
    correction = section.of(entry)
    if correction is None or (is_about_child and correction.endpoint):
        return ""
    address = _report(entry.agency.id, entry.dataset.id)
    # Else the page would name the desk of the municipality where the parent lives, and the child may live elsewhere.
    if is_about_child and correction.desk:
        return f"{address}?over={rules.CHILD}"
    if part and correction.endpoint:
        return f"{address}?onderdeel={quote(part)}"
    # The key and path of the fact. They hold no value: none may stand in an address.
    return f"{address}?gegeven={quote(rules.handle_of(fact))}" if fact else address


@cache
def _report(agency: str, dataset: str) -> str:
    return str(reverse("corrections:report", kwargs={"agency": agency, "dataset": dataset}))
