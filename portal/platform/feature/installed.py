"""Which features this portal has, as the setting FEATURES lists them, and what they lend to each other.

KNOWN_FEATURES also lists features that an installation may switch off. A declaration is imported when it is first
needed, since the code that it names needs settings and models.
"""

import importlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from django.conf import settings

from portal.platform.kit.errors import PortalError

from .types import Feature, Loan


class FeatureRefused(PortalError):
    """The `feature.py` of a package cannot be imported, or declares no feature."""

    code = "feature"


@cache
def features() -> Sequence[Feature]:
    """List the features of this portal, in the order of the settings. Raise FeatureRefused."""
    return tuple(_declaration(package) for package in settings.FEATURES)


def is_here(feature_id: str) -> bool:
    """Tell whether this portal has a feature."""
    return any(feature.id == feature_id for feature in features())


def every_feature() -> Sequence[Feature]:
    """List all known features, also those switched off: their rows, and their keys in manifests, are still there."""
    return tuple(_declaration(package) for package in settings.KNOWN_FEATURES)


def with_tables() -> Sequence[Feature]:
    """List the known features that have tables, also those switched off: their rows are still there."""
    return tuple(feature for feature in every_feature() if feature.tables)


def folder_of(feature: Feature) -> Path:
    """Give the folder of a feature."""
    return Path(importlib.import_module(feature.package).__path__[0])


def absent_ids() -> frozenset[str]:
    """List the ids of features that are known and that this portal does not have."""
    return frozenset(package.rpartition(".")[2] for package in set(settings.KNOWN_FEATURES) - set(settings.FEATURES))


def loans_to(feature_id: str) -> Sequence[Loan]:
    """List what features lend to a list of this one."""
    return [loan for feature in features() for loan in feature.loans if loan.to == feature_id]


def _declaration(package: str) -> Feature:
    try:
        feature = getattr(importlib.import_module(f"{package}.feature"), "FEATURE", None)
    except Exception as error:
        problem = f"{package}.feature cannot be read ({type(error).__name__}: {error})"
        raise FeatureRefused(f"{problem}. Correct it, or leave it out of FEATURES.") from error
    if not isinstance(feature, Feature) or feature.package != package:
        raise FeatureRefused(f"{package}.feature must hold FEATURE = Feature(package=__package__, …).")
    return feature
