"""Make the folder of a new body: a small example that keeps the contract, to be turned into the real body.

Its files are templates beside this one in `blanks/`, plain text with @MARKS@. The folder is written under a hidden
name and renamed when it is complete: a failure half-way leaves nothing behind, and nothing is overwritten.
"""

import re
import secrets
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from portal.platform.kit.errors import PortalError
from portal.platform.sources.folders import MANIFEST, name_problem

from .quality import TO_FILL_IN

BLANKS = Path(__file__).parent / "blanks"
PORTAL = Path(__file__).resolve().parents[1] / "portal"
Transport = Literal["rest", "magda"]

# Whom the samples are about, as in other bodies: people with data, without data, and whose question always fails.
READY, NOTHING, DOWN = "84651421235", "93681527060", "88660616030"

# Below, by the path of each file in the body's folder: the templates in `blanks/` of which it is made, one after the
# other. {transport} and {answers} stand for the transport's folder of templates and of sample answers (_ANSWERS).
_BOTH = {
    "__init__.py": "both/init.py.txt",
    "agency.toml": "both/agency.head.toml.txt {transport}/agency.toml.txt both/agency.tail.toml.txt",
    "parse.py": "{transport}/parse.py.txt",
    "samples/personas.toml": "both/personas.toml.txt",
}
_REST = {
    "requests/persoon.json": "rest/question.json.txt",
    "schema.json": "rest/schema.json.txt",
    f"{{answers}}/{READY}.json": "rest/ready.json.txt",
    f"{{answers}}/{READY}.facts.json": "rest/ready.facts.json.txt",
    f"{{answers}}/{NOTHING}.json": "rest/nothing.json.txt",
    f"{{answers}}/{NOTHING}.facts.json": "both/nothing.facts.json.txt",
    f"{{answers}}/{DOWN}.problem.json": "rest/problem.json.txt",
    f"{{answers}}/{DOWN}.facts.json": "rest/down.facts.json.txt",
}
_MAGDA = {
    "requests/toekenningen.xml": "magda/question.xml.txt",
    "schemas/Geef@CAMEL@Toekenningen-01.00.0000.xsd": "magda/schema.xsd.txt",
    "samples/left_out.toml": "magda/left_out.toml.txt",
    f"{{answers}}/{READY}.xml": "magda/ready.xml.txt",
    f"{{answers}}/{READY}.facts.json": "magda/ready.facts.json.txt",
    f"{{answers}}/{NOTHING}.xml": "magda/nothing.xml.txt",
    f"{{answers}}/{NOTHING}.facts.json": "both/nothing.facts.json.txt",
    f"{{answers}}/{DOWN}.xml": "magda/down.xml.txt",
    f"{{answers}}/{DOWN}.facts.json": "magda/down.facts.json.txt",
    # The answer about anyone for whom there is no file.
    "{answers}/notfound.xml": "magda/nothing.xml.txt",
    "{answers}/notfound.facts.json": "both/nothing.facts.json.txt",
}
_ANSWERS = {
    "rest": "samples/rest/@ID@.toekenningen",
    "magda": "samples/@CAMEL@/Geef@CAMEL@Toekenningen/01.00.0000",
}


class ScaffoldError(PortalError):
    """The folder was not made."""

    code = "scaffold"


def make(name: str, transport: Transport, root: Path, known: Iterable[Path]) -> Path:
    """Make the folder `name` below `root`, and give it; `known` are the folders that hold bodies already.

    Raises ScaffoldError, whose text says what to do, and then leaves nothing behind.
    """
    _refuse_name(name, [*known, root])
    if not root.is_dir():
        raise ScaffoldError(f"{root} is not a folder; make it first: mkdir -p {root}")
    if (root / MANIFEST).exists():
        raise ScaffoldError(f"{root} is itself a body; name the folder that is to hold the new one.")
    files = _files(name, transport)
    half = root / f".{name}-{secrets.token_hex(4)}"
    try:
        for path, text in files.items():
            (half / path).parent.mkdir(parents=True, exist_ok=True)
            (half / path).write_text(text, "utf-8")
        half.rename(root / name)
    except OSError as error:
        raise ScaffoldError(f"{root / name} cannot be written: {error.strerror}.") from error
    finally:
        shutil.rmtree(half, ignore_errors=True)
    return root / name


def _refuse_name(name: str, roots: Iterable[Path]) -> None:
    """Raise ScaffoldError when the name is no name for a folder, is taken, or is a word of the portal itself."""
    if fault := name_problem(name):
        raise ScaffoldError(f"NAME={name}: {fault.replace('rename the folder', 'for example NAME=vlaamse_dienst')}.")
    for root in roots:
        # A dangling link or a file counts too: the rename would replace it.
        if (root / name).exists() or (root / name).is_symlink():
            raise ScaffoldError(f"NAME={name}: {root / name} exists already; choose another name.")
    if file := _used_in(name):
        raise ScaffoldError(
            f"NAME={name}: the portal itself uses that word ({file.relative_to(PORTAL.parent)}), and names no body; "
            "choose a longer name."
        )


def _used_in(name: str) -> Path | None:
    """Find a file of the portal, outside its tests, that has the name in quotes.

    tests/house forbids the portal to name bodies, and could not tell the word from the body's name.
    """
    word = re.compile(rf"[\"'`](?:{re.escape(name)}|{re.escape(_title(name))})[\"'`.]")
    for file in sorted(PORTAL.rglob("*")):
        is_ours = file.suffix in (".py", ".html", ".js") and "tests" not in file.parts
        if is_ours and word.search(file.read_text("utf-8")):
            return file
    return None


def _files(name: str, transport: Transport) -> dict[str, str]:
    """Give the text of each file, by its path below the body's folder."""
    marks = _marks(name, transport)
    plan = _BOTH | (_REST if transport == "rest" else _MAGDA)
    files: dict[str, str] = {}
    for path, blanks in plan.items():
        texts = [(BLANKS / blank.format(transport=transport)).read_text("utf-8") for blank in blanks.split()]
        text = "".join(texts)
        if path.endswith(".xml") and path.startswith("{answers}"):
            # A template of an answer is only what differs from one to the other; the envelope is one for all.
            text = (BLANKS / "magda/answer.xml.txt").read_text("utf-8").replace("@REPLY@\n", text)
        place = path.replace("{answers}", _ANSWERS[transport])
        files[_fill(place, marks)] = _fill(text, marks)
    files[MANIFEST] = _align(files[MANIFEST])
    return files


def _align(text: str) -> str:
    """Align the comments at the ends of lines, after marks were replaced by names of another length."""
    return re.sub(r"^(\S.*?) {2,}# (.*)$", lambda match: f"{match[1]:<44} # {match[2]}", text, flags=re.MULTILINE)


def _marks(name: str, transport: Transport) -> Mapping[str, str]:
    """Give what replaces each @MARK@, by its word; ITEMS is the path of what repeats in an answer."""
    camel = "".join(part.capitalize() for part in name.split("_"))
    host = name.replace("_", "-").strip("-")
    return {
        "ID": name,
        "TITLE": _title(name),
        "UPPER": name.upper(),
        "HOST": host,
        "CAMEL": camel,
        "NAMESPACE": f"http://webservice.geef{camel.lower()}toekenningen-01_00.{host}.example",
        "TRANSPORT": transport,
        "ITEMS": "toekenningen" if transport == "rest" else "Toekenningen/Toekenning",
        "TO_FILL_IN": TO_FILL_IN,
    }


def _title(name: str) -> str:
    """Write the name of a folder as people read it: `vlaamse_tol` as "Vlaamse tol"."""
    return " ".join(name.split("_")).strip().capitalize()


def _fill(text: str, marks: Mapping[str, str]) -> str:
    return re.sub(r"@([A-Z_]+)@", lambda match: marks[match[1]], text)
