"""The list of sites where one can sign in to Mijn Burgerprofiel: `connected_sites.toml`, beside this file.

It is read once, when the portal starts.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec

from portal.platform.kit.errors import PortalError

FILE = Path(__file__).with_name("connected_sites.toml")

Name = Annotated[str, msgspec.Meta(pattern=r"^\S(.*\S)?$")]
Address = Annotated[str, msgspec.Meta(pattern=r"^(https://[a-z0-9.-]+(/\S*)?)?$")]


class ConnectedSitesError(PortalError):
    """The list of connected sites cannot be used."""

    code = "connected_sites"


class ConnectedSite(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A site where one can sign in. address: only one that is certain, else "", and the name is no link."""

    name: Name
    address: Address = ""


class ConnectedBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A Flemish body and its connected sites. A site with the same name as the body is its main site."""

    name: Name
    sites: Annotated[tuple[ConnectedSite, ...], msgspec.Meta(min_length=1)]

    @property
    def named_sites(self) -> tuple[ConnectedSite, ...]:
        """The sites with another name than the body: all but its main site."""
        return tuple(site for site in self.sites if site.name != self.name)


class ConnectedSites(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All sites where one can sign in: those of Flanders itself, of its bodies and of municipalities."""

    entrances: tuple[ConnectedSite, ...]
    municipalities: tuple[ConnectedSite, ...]
    bodies: tuple[ConnectedBody, ...]


@cache
def all_sites() -> ConnectedSites:
    """Give the list of this portal, read once per process."""
    return read(FILE)


def read(file: Path) -> ConnectedSites:
    """Read a list. Raises ConnectedSitesError, which names the file, the first mistake and its cure."""
    try:
        sites = msgspec.convert(tomllib.loads(file.read_text("utf-8")), ConnectedSites)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ConnectedSitesError(f"{file}: {error}. Correct it; its first lines say what it may hold.") from error
    twice = [name for name, times in Counter(_names(sites)).items() if times > 1]
    if twice:
        raise ConnectedSitesError(f"{file}: {twice[0]!r} is in it twice; keep one.")
    return sites


def _names(sites: ConnectedSites) -> Iterator[str]:
    for entrance in sites.entrances:
        yield entrance.name
    for body in sites.bodies:
        yield body.name
        yield from (site.name for site in body.named_sites)
    # A municipality and a body may have the same name: the lists are checked separately.
    yield from (f"gemeente {municipality.name}" for municipality in sites.municipalities)
