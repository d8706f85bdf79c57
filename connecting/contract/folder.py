"""Rules about a body's folder: what its code may import, what its approved facts belong to, what must stand in it."""

import ast
from collections.abc import Iterator
from importlib import util
from pathlib import Path

from portal.platform.sources.catalogue import Agency
from portal.platform.sources.manifest import LEFT_OUT, Magda

from .. import samples
from ..contents import code_of
from .evidence import DatasetEvidence

MAY_IMPORT = ("portal.platform.sources.reading", "portal.platform.kit")
OF_THE_HOUSE = ("portal", "agencies", "connecting", "sandbox", "deploy", "benchmarks", "tests", "django")


def imports_the_reading_room_only(agency: Agency) -> Iterator[str]:
    """Code of a body imports the readers and `kit`, and nothing else of the portal or of another body."""
    package = f"agencies.{agency.id}"
    allowed = (package, *MAY_IMPORT)
    for file in sorted(agency.folder.rglob("*.py")):
        place = file.relative_to(agency.folder)
        for line, name in _imports(file, ".".join((package, *place.parent.parts))):
            is_ours = name.split(".")[0] in OF_THE_HOUSE
            if is_ours and not any(name == one or name.startswith(f"{one}.") for one in allowed):
                yield f"{place}, line {line}: imports {name}; only {' and '.join(MAY_IMPORT)} are for bodies"


def _imports(file: Path, package: str) -> Iterator[tuple[int, str]]:
    """Give the line of each import of a file, and what it imports: a module, or a name in one.

    package: in which the file stands.
    """
    for node in ast.walk(code_of(file)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(node, package)
            yield from ((node.lineno, f"{module}.{name.name}") for name in node.names)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    """Give the module from which a file imports, by its whole name; the name as written where Python finds none."""
    written = "." * node.level + (node.module or "")
    try:
        return util.resolve_name(written, package)
    except ImportError:
        return written


def says_what_the_body_is(agency: Agency) -> Iterator[str]:
    """The folder's `__init__.py` says in its docstring what the body is."""
    if not ast.get_docstring(code_of(agency.folder / "__init__.py")):
        yield f'__init__.py must say what the body is: """{agency.manifest.name}, ..."""'


def approves_where_it_is_read(agency: Agency) -> Iterator[str]:
    """Each file of approved facts is in a folder of samples that a dataset reads."""
    places = samples.places_of(agency)
    misplaced = [file for file in sorted(agency.folder.rglob("*.facts.json")) if file.parent not in places]
    yield from (f"{file.relative_to(agency.folder)} lies where no dataset reads it" for file in misplaced)


def approves_what_there_is(evidence: DatasetEvidence) -> Iterator[str]:
    """Each file of approved facts has its sample, and a dataset that reads it."""
    entry, place = evidence.entry, samples.place_of(evidence.entry)
    of_samples = {samples.facts_file(file, entry) for file in evidence.files}
    # Other datasets that read the same answers have their own KEY.DATASET.facts.json there.
    others = samples.places_of(entry.agency).get(place, set()) - {entry.id}
    for file in sorted(place.glob("*.facts.json")):
        dataset = file.name.removesuffix(".facts.json").partition(".")[2]
        if file in of_samples or dataset in others:
            continue
        gone = "its sample is gone" if dataset in ("", entry.id) else f"no dataset {dataset} reads its sample"
        yield f"{file.name} is approved, but {gone}"


def has_left_out_file(evidence: DatasetEvidence) -> Iterator[str]:
    """A body with a MAGDA dataset has samples/left_out.toml, which says what is not shown, and why."""
    if isinstance(evidence.entry.service, Magda) and not (evidence.entry.agency.folder / LEFT_OUT).is_file():
        yield "no samples/left_out.toml: what is not shown, and why"
