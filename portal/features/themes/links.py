"""Addresses of the pages with what government knows about somebody, for other rooms (`ui.links`)."""

from functools import cache

from django.urls import reverse

from portal.platform.sources.catalogue import DatasetEntry


@cache
def overview() -> str:
    """Lead to the overview of all themes."""
    return str(reverse("themes:overview"))


def dataset(entry: DatasetEntry) -> str:
    """Lead to the page of one dataset."""
    return _dataset(entry.agency.id, entry.dataset.id)


def dataset_anew(entry: DatasetEntry) -> str:
    """Lead to the page of one dataset, which asks its source anew."""
    return f"{dataset(entry)}?opnieuw={entry.name}"


@cache
def _dataset(agency: str, dataset: str) -> str:
    return str(reverse("themes:dataset", kwargs={"agency": agency, "dataset": dataset}))
