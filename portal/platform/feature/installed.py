"""Which features this portal has, as the settings list them (`FEATURES`), and what they lend to each other.

A declaration is read when it is first needed: then settings and models are there, which the code that it names wants.
"""

import importlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from django.conf import settings

from portal.platform.kit.errors import PortalError

from .types import Feature, Loan


class FeatureRefused(PortalError):
    """What a package declares is no feature."""

    code = "feature"


@cache
def features() -> Sequence[Feature]:
    """List the features of this portal, in the order of the settings. Raise FeatureRefused."""
    return tuple(_declaration(package) for package in settings.FEATURES)


def is_here(feature_id: str) -> bool:
    """Tell whether this portal has a feature."""
    return any(feature.id == feature_id for feature in features())


def every_feature() -> Sequence[Feature]:
    """List those too that this portal left out: their rows, and their keys in manifests, are still there."""
    return tuple(_declaration(package) for package in settings.KNOWN_FEATURES)


def with_tables() -> Sequence[Feature]:
    """List the features that keep something, those that this portal left out too: their rows are still there."""
    return tuple(feature for feature in every_feature() if feature.tables)


def folder_of(feature: Feature) -> Path:
    """Give the folder of a feature."""
    return Path(importlib.import_module(feature.package).__path__[0])


def left_out() -> frozenset[str]:
    """Name the features that are known and that this portal does not have."""
    return frozenset(package.rpartition(".")[2] for package in set(settings.KNOWN_FEATURES) - set(settings.FEATURES))


def loans_to(feature_id: str) -> Sequence[Loan]:
    """List what features lend to the list of one of them."""
    return [loan for feature in features() for loan in feature.loans if loan.to == feature_id]


def _declaration(package: str) -> Feature:
    try:
        declared = getattr(importlib.import_module(f"{package}.feature"), "FEATURE", None)
    except Exception as error:
        said = f"{package}.feature cannot be read ({type(error).__name__}: {error}). Correct it, or leave it out"
        raise FeatureRefused(f"{said} of FEATURES.") from error
    if not isinstance(declared, Feature) or declared.package != package:
        raise FeatureRefused(f"{package}.feature must hold FEATURE = Feature(package=__package__, …).")
    return declared
