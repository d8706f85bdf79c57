"""The features of this portal, in the order in which people see them: the only place that names them.

Each declares itself in its `feature.py`. FEATURES in the environment can list others, or fewer: a feature that is
left out has no page, no navigation, no job and no mail. Its tables stay, with their rows and migrations, so that it
can be put back. A feature that does not stand here is unknown as soon as FEATURES does not list it: nothing reaches
its tables any more, which `checks.every_table_has_a_room` reports.
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
    """List the packages of the features that this portal offers."""
    listed = environment.packages("FEATURES") or EVERY
    missing = [package for package in listed if not _is_there(package)]
    environment.problems += [
        ("FEATURES", f"FEATURES names {package!r}, which has no feature.py.") for package in missing
    ]
    return tuple(package for package in listed if package not in missing)


def all_packages(offered: Sequence[str]) -> Sequence[str]:
    """List the packages of all features that this portal knows: those of EVERY, and others that FEATURES lists.

    offered: what `packages` gives.
    """
    return tuple(dict.fromkeys((*EVERY, *offered)))


def folder_of(package: str) -> Path:
    """Find the folder of a package without importing its modules."""
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else Path()


def _is_there(package: str) -> bool:
    try:
        return find_spec(f"{package}.feature") is not None
    except ImportError:
        return False
