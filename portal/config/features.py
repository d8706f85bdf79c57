"""The features of this portal, in the order in which people see them: the only place that names them.

Each declares itself in its `feature.py`. FEATURES in the environment lists others, or fewer: one that is left out has
no page, no navigation, no job and no mail. Its tables stay, as do their rows and migrations: put back, all is there.
"""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from . import environment

EVERY = (
    "portal.features.themes",
    "portal.features.profile",
    "portal.features.notifications",
    "portal.features.mailbox",
    "portal.features.corrections",
    "portal.features.dossiers",
    "portal.features.certificates",
    "portal.features.privacy",
    "portal.features.contact",
    "portal.features.authenticity",
)


def packages() -> Sequence[str]:
    """List the packages of the features that this portal has."""
    given = environment.packages("FEATURES") or EVERY
    missing = [package for package in given if not _is_there(package)]
    environment.problems += [("FEATURES", f"FEATURES names {one!r}, which has no feature.py.") for one in missing]
    return tuple(package for package in given if package not in missing)


def all_packages() -> Sequence[str]:
    """List those too that were left out, whose tables the database has."""
    return tuple(dict.fromkeys((*EVERY, *packages())))


def folder_of(package: str) -> Path:
    """Find the folder of a package; what stands in it is not imported."""
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else Path()


def _is_there(package: str) -> bool:
    try:
        return find_spec(f"{package}.feature") is not None
    except ImportError:
        return False
