"""The types of an `agency.toml`, and how a wrong one is refused.

A manifest is data: who a body is and all it does in the portal. These types have the keys that asking a body needs;
features read all others themselves (`sections`). With an unknown key or a wrong type the portal does not start; the
error names file, line and cure. `manifest_reading` reads a file into these types.
"""

import re
import stat
import tomllib
from codecs import BOM_UTF8
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, ClassVar, Literal, NoReturn

import msgspec

from portal.platform.kit.errors import PortalError
from portal.platform.language.translations import InDutch, Text, mark_like

from .registries import Registry
from .sections import Level

Meaning = Literal["nothing", "busy", "unavailable", "refused", "note", "ignore"]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")]
# The Dutch article before the name of a body in a sentence; a table of another language may write any article.
Article = Annotated[Text, msgspec.Meta(pattern=r"^(het|de|)$")]


class ManifestError(PortalError):
    """A manifest cannot be used."""

    code = "manifest"


# The variable of a question (`${today}`) for the day in Belgium on which it is asked: 2026-03-03.
TODAY = "today"
LARGEST = 1024 * 1024  # bytes of a file that is read as text; a manifest has some thousands
LEFT_OUT = Path("samples", "left_out.toml")
REPERTORIUM = "repertorium"
TOKENS = "tokens"
# The sources that belong to no body, with the name of who runs them.
OWN_SOURCES = {REPERTORIUM: "MAGDA", TOKENS: "Vlaams toegangsbeheer"}


class ExceptionMeaning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The meaning of an error code for this body; it comes before what a code of origin MAGDA usually means
    (`magda_codes`).
    """

    origin: str
    code: str
    meaning: Meaning


class Maintenance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A time (with offset) in which a source is out of service on purpose: it is not asked, and tiles tell that."""

    source: str
    begin: Annotated[datetime, msgspec.Meta(tz=True)] = msgspec.field(name="from")
    until: Annotated[datetime, msgspec.Meta(tz=True)]


class Items(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a dataset that holds several of the same is counted and named on its tile.

    `path` is the repeating element (`Bewijzen/Bewijs`); `title` and `detail` are fact keys of an item. `when` lists
    the fact keys that date an item, the best first: a date or a school year. Without them a long list cannot be
    sorted by date, and a timeline shows its items without one. `until` lists, in the same order, the keys of the end
    dates. `about` is "people" where each item is a person: only such an item can be the citizen who reads it.
    """

    path: str
    one: Text
    many: Text
    title: tuple[str, ...]
    detail: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    about: Literal["", "people"] = ""


class HistoryRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a dataset with a history is divided into periods, of which the newest comes first.

    `begin` and `end` name the leaves with the first and the last day (`@Van`) in each element that `groups` names.
    `one_at_a_time` lists the elements of which one ends where the next begins (an address); `titles` lists the fact
    keys that make the title of a period.
    """

    begin: str
    end: str
    one_at_a_time: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()


class Residence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fact keys that say where somebody lives, and so which municipality corrects what the register says of them.

    `code` is its NIS code and `name` its name, of the main residence; `managed_by` the name of the municipality that
    keeps the file, for who has no such residence. `country` says that they live abroad, `post` which Belgian post
    there knows them.
    """

    code: str
    name: str
    managed_by: str = ""
    country: str = ""
    post: str = ""

    def keys(self) -> frozenset[str]:
        """Give the fact keys that it names."""
        return frozenset(msgspec.structs.astuple(self)) - {""}


class Magda(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table of a MAGDA service: where and how it is asked.

    `question` is a file in `requests/`: the `Inhoud` of the question, with `${insz}`. `subject` is the path
    below the answer's `Inhoud` where the asked person's own number must stand, when the service gives it; where
    the path leads to several numbers (a household), one of them must be theirs.

    `origins` names the sources behind the service that this dataset is about, when it is not about all, in every
    spelling (case does not count): exceptions of other origins are not its own. `origin` is the path, below the
    answer's `Inhoud`, of the leaf of an item that names its source (`Dingen/Ding/Bron`): items of other origins are
    not its own either.
    """

    transport: ClassVar[str] = "magda"

    domain: str
    service: str
    version: str
    namespace: str
    question: str
    subject: str = ""
    origins: tuple[str, ...] = ()
    origin: str = ""

    def __post_init__(self) -> None:
        """Refuse `origin` without `origins`, and an `origin` that is no leaf of an item."""
        if self.origin and (not self.origins or "/" not in self.origin):
            raise ValueError("`origin` is the path of a leaf in an item (`Dingen/Ding/Bron`) and needs `origins`")


class Rest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table of a JSON service, which is asked by POST, so that no national number stands in an address.

    `path` is below the address of the REST sources; `scope` is asked of the authorization server; `question` is a
    file in `requests/`, with `${insz}`. `subject` is the path (`persoon/insz`) of the asked person's own number.
    `empty` is the path of a list that, when it is there and empty, says that there is nothing (as 204 does).
    `count` is the path of that list's length, when the service gives it: a list of another length is damaged.
    """

    transport: ClassVar[str] = "rest"

    path: str
    version: str
    scope: str
    question: str
    subject: str = ""
    empty: str = ""
    count: str = ""

    @property
    def service(self) -> str:
        """Name the service, as the journal's activities and `manage.py agencies` list it."""
        return self.path


class Partner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table of a source with addresses about a citizen, asked with a token of ours (certificates).

    `path` is below the address of the REST sources, before the number; `address` is its own address as the source
    writes it in links, where that is another (behind a gateway). `audience` is the source's name in our tokens.
    """

    transport: ClassVar[str] = "partner"

    path: Annotated[str, msgspec.Meta(pattern=r"^(/[A-Za-z0-9_.-]+)+$")]
    version: str
    audience: Annotated[str, msgspec.Meta(pattern=r"^[!-~]{1,200}$")]
    address: Annotated[str, msgspec.Meta(pattern=r"^(https://[a-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9_.-]+)*)?$")] = ""
    deadline_s: Annotated[float, msgspec.Meta(gt=0, le=5)] = 4.0

    @property
    def service(self) -> str:
        """Name the service, as the journal's activities and `manage.py agencies` list it."""
        return self.path


# The table of a transport: of a manifest, or for a registry made of what the eBox's federation says.
type Service = Magda | Rest | Partner | Registry


class Lookup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A second question, about what the first answer only names: asked for each value of the fact key `of`.

    The question has that value as `${value}`. `parse` names the function that reads its answer; its facts come after
    the fact that they explain.
    """

    of: str
    source: str
    parse: str
    magda: Magda


class MachineClientTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The permission for a body's machines to call us.

    scopes: what they may do, of what features offer (`sections.Section.scopes`); `manifest_reading` refuses others.
    keys: the file in the body's folder with their public keys (JWKS). Without it they are in the folder of
    `MACHINE_KEYS`, as BODY.jwks.json.
    """

    scopes: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    keys: str = ""


class Terms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What holds for a dataset and for its lookup alike: name, title, legal basis, deadline, assurance, retention."""

    id: Slug
    title: Text
    legal_basis: Text
    deadline_s: Annotated[float, msgspec.Meta(gt=0, le=5)] = 2.0
    assurance: Literal["low", "substantial", "high"] = "substantial"
    retention: Literal["session"] = "session"


class Dataset(Terms, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of data of one body: how it is asked, and how its answer is structured.

    The structure stands here because several features read it: `items`, `history`, and `groups`, which gives a
    heading to the facts in an element of the answer (`Kind = "Kind"`). Datasets with the same source, service and
    question share one question. All other keys belong to features (`sections`).

    `provides` names the datum that the portal itself reads from it at sign-in: the birth date, by which it judges who
    is of age. At most one dataset has it.
    """

    source: str
    transport: Literal["magda", "rest"]
    parse: str
    magda: Magda | None = None
    rest: Rest | None = None
    lookup: Lookup | None = None
    items: Items | None = None
    groups: dict[str, Text] = {}
    history: HistoryRules | None = None
    provides: Literal["", "birth_date"] = ""
    residence: Residence | None = None

    def __post_init__(self) -> None:
        """Refuse a transport without its table, and a table without its transport.

        A history whose `one_at_a_time` names an element that `groups` lacks is refused too.
        """
        if (self.transport == "magda") != (self.magda is not None) or (self.transport == "rest") != (
            self.rest is not None
        ):
            raise ValueError(f"transport `{self.transport}` needs the table [datasets.{self.transport}] and no other")
        if self.history and (strangers := set(self.history.one_at_a_time) - set(self.groups)):
            raise ValueError(
                f"`one_at_a_time` names {', '.join(sorted(strangers))}, which [datasets.groups] does not"
            )

    @property
    def service(self) -> Magda | Rest:
        """Give the table of the transport."""
        service = self.magda or self.rest
        assert service is not None  # noqa: S101 - __post_init__ checked it
        return service


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `agency.toml`, as written.

    `short_name` is what texts call the body after its full `name`, "" for the name itself; `article` stands before it
    in a sentence. `names` gives the names by which citizens know origins (an `Oorsprong`, a `bron`) in the middle of
    a sentence, with an article (`DHO = "de Databank Hoger Onderwijs"`).
    """

    name: Text
    website: str
    short_name: Text = ""
    article: Article = ""
    datasets: tuple[Dataset, ...] = ()
    exceptions: tuple[ExceptionMeaning, ...] = ()
    names: dict[str, Text] = {}
    maintenance: tuple[Maintenance, ...] = ()
    machine_client: MachineClientTable | None = None

    @property
    def short(self) -> str:
        """Name the body in short, as at the foot of a tile."""
        return self.short_name or self.name

    @property
    def mention(self) -> str:
        """Name it in short in the middle of a sentence: "het Agentschap"."""
        short = self.short
        # A Dutch article makes no sense before a name in another language.
        is_apart = isinstance(self.article, InDutch) and not isinstance(short, InDutch)
        return short if is_apart or not self.article else mark_like(short, f"{self.article} {short}")

    @property
    def opening(self) -> str:
        """Name it in short where a sentence begins: "Het Agentschap"."""
        mention = self.mention
        return mark_like(mention, mention[:1].upper() + mention[1:])


# The keys that the manifest itself has, by the table in which they stand.
OWN: Mapping[Level, frozenset[str]] = {
    "body": frozenset(field.encode_name for field in msgspec.structs.fields(Manifest)),
    "dataset": frozenset(field.encode_name for field in msgspec.structs.fields(Dataset)),
}


def text_of(file: Path) -> str:
    """Read a file as UTF-8, without its byte order mark.

    Raises ManifestError for what is no file, too large or no UTF-8.
    """
    try:
        about = file.stat()
        if not stat.S_ISREG(about.st_mode):
            raise ManifestError(f"{file} is not a file; write it as a plain file.")
        if about.st_size > LARGEST:
            raise ManifestError(
                f"{file} has {about.st_size} bytes; at most {LARGEST} are read: is it the right file?"
            )
        data = file.read_bytes().removeprefix(BOM_UTF8)
    except OSError as error:
        raise ManifestError(f"{file} cannot be read: {error.strerror}; correct the file or its rights.") from error
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ManifestError(f"{file}, line {line}: not UTF-8; save the file as UTF-8.") from error


def read_left_out(file: Path, dataset: str) -> dict[str, str]:
    """Read the places of answers that a body leaves out, with the reasons: for all datasets, and for this one.

    A missing file leaves nothing out. Raises ManifestError for a file that holds anything else.
    """
    if not file.exists():
        return {}
    try:
        written = msgspec.convert(tomllib.loads(text_of(file)), dict[str, str | dict[str, str]])
    except (ValueError, RecursionError) as error:
        raise ManifestError(f'{file}: {error}; write `"Place/In/Answer" = "why it is not shown"`.') from error
    own = written.get(dataset, {})
    for_all = {place: reason for place, reason in written.items() if isinstance(reason, str)}
    return {**(own if isinstance(own, dict) else {}), **for_all}


def line_of_table(file: Path, table: str, index: int) -> int:
    """Find where the index-th `[[table]]` of a manifest begins; 0-based, 0 where there is none."""
    headers = _lines_of_tables(text_of(file).splitlines(), table)
    return headers[index] if index < len(headers) else 0


def line_of_key(file: Path, keys: Sequence[str], start: int) -> int:
    """Find the line of a key, by the names of the tables around it; 0-based.

    start: where to begin; with a `[[table]]` there, only that one is searched, up to the next of its name. The
    nearest line that can be found is given: a table can also be written on one line.
    """
    lines = text_of(file).splitlines()
    end = next((at for at in _lines_of_tables(lines, keys[0]) if at > start), len(lines))
    names = [rf"""["']?{re.escape(key)}["']?""" for key in keys]
    for depth in range(len(keys), 0, -1):
        header = re.compile(r"\s*\[\[?\s*" + r"\s*\.\s*".join(names[:depth]) + r"\s*\]")
        found = next((at for at in range(start, end) if header.match(lines[at])), None)
        if found is None:
            continue
        if depth == len(keys):
            return found
        key = re.compile(rf"\s*{names[depth]}\s*[=.]")
        return next((at for at in range(found, end) if key.match(lines[at])), found)
    return start


def _lines_of_tables(lines: Sequence[str], table: str) -> list[int]:
    """Find where each `[[table]]` begins; 0-based."""
    return [at for at, line in enumerate(lines) if line.replace(" ", "").startswith(f"[[{table}]]")]


def refuse(file: Path, word: str, problem: str, cure: str, start: int = 0) -> NoReturn:
    """Raise ManifestError, naming the first line from `start` (0-based) on that has the word, or `start` itself."""
    lines = text_of(file).splitlines()
    pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    line = next((at for at, text in enumerate(lines[start:], start + 1) if word and pattern.search(text)), start + 1)
    raise ManifestError(f"{file}, line {line}: {problem}; {cure}.")
