"""Make a body with the scaffold, for a test to break, and list what it then lacks."""

from pathlib import Path

from connecting import scaffold
from connecting.contract.evidence import PublishedFolders
from connecting.quality import bodies, quality_of
from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import DatasetEntry

# It is computed here, since a number that somebody may have must not stand in the repository.
WHO_MAY_EXIST = f"{710909998}{97 - 710909998 % 97:02}"
READY, NOTHING, DOWN = scaffold.READY, scaffold.NOTHING, scaffold.DOWN
PLACES = {"rest": "rest/vlaamse_tol.toekenningen", "magda": "VlaamseTol/GeefVlaamseTolToekenningen/01.00.0000"}


def body(root: Path, transport: str = "rest", legal_basis: str = "decreet van 7 mei 2004") -> Path:
    """Make a body that lacks nothing, unless the legal basis is empty."""
    folder = scaffold.make("vlaamse_tol", transport, root, [])
    file = folder / "agency.toml"
    text = file.read_text("utf-8")
    line = next(line for line in text.splitlines() if line.startswith("legal_basis"))
    file.write_text(text.replace(line, f'legal_basis = "{legal_basis}"'), "utf-8")
    return folder


def entry_in(root: Path) -> DatasetEntry:
    """Give its dataset."""
    return catalogue.load([root]).entries[0]


def lacks(root: Path, schemas: Path | None = None) -> tuple[str, ...]:
    """List what the body lacks; `schemas` is the folder of MAGDA's published schemas."""
    known = catalogue.load([root])
    of_datasets = quality_of(known.entries[0], PublishedFolders(schemas)).lacks
    return (*of_datasets, *(lack for body in bodies(known, known) for lack in body.lacks))


def edit(file: Path, old: str, new: str) -> None:
    """Replace a text in a file, which must hold it."""
    text = file.read_text("utf-8")
    assert old in text, old
    file.write_text(text.replace(old, new), "utf-8")
