"""The places in the navigation that features declare, each with its address."""

from collections.abc import Sequence
from functools import cache

from django.urls import reverse

from . import installed
from .types import Place

PlaceLink = tuple[Place, str]  # a place and its address


@cache
def all_places() -> Sequence[PlaceLink]:
    """List every place of every feature with its address, in the order of the features."""
    return [
        (place, reverse(place.route, kwargs=dict(place.arguments)))
        for feature in installed.features()
        for place in feature.navigation()
    ]
