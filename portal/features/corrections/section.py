"""What corrections read of a body's `agency.toml`: what a citizen can do when a datum is wrong; what machines may."""

from typing import Annotated, Literal

import msgspec

from portal.platform.language.translations import Text
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.sections import Endpoint, Keys, Section

SCOPE = "corrections:status"  # of a body's machines, to say what became of a report


class Correction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a citizen can do when a datum is wrong: a form of ours, a link of the body's, or whom to contact.

    `contact` says in whole sentences whom to turn to and how; with a form it is the other way, offered when the
    report could not be delivered. `desk` is "municipality" where that is the population desk of wherever the citizen
    lives: it is then named, with how it is reached. `url` and `url_text` are a link (https) and its words. A form's
    report is POSTed to `path`, below the address of the JSON sources, with a token for `scope`; `source` is the
    switch of that address.
    """

    kind: Literal["form", "link", "contact"]
    contact: Annotated[Text, msgspec.Meta(min_length=1)]
    url: Annotated[str, msgspec.Meta(pattern=r"^(https://[^\s]+)?$")] = ""
    url_text: Text = ""
    source: str = ""
    path: Annotated[str, msgspec.Meta(pattern=r"^(/[A-Za-z0-9/_.-]+)?$")] = ""
    scope: str = ""
    desk: Literal["", "municipality"] = ""

    def __post_init__(self) -> None:
        """Refuse a form without an address, a link without words, and keys that belong to neither."""
        if bool(self.url) != bool(self.url_text) or (self.kind == "link" and not self.url):
            raise ValueError("a correction's `url` and `url_text` come together; kind `link` needs them")
        if self.desk and self.kind == "form":
            raise ValueError("a correction's `desk` is where citizens go themselves; kind `form` has none")
        place = (self.source, self.path, self.scope)
        if any(place) != all(place) or (self.kind == "form") != all(place):
            raise ValueError("a correction of kind `form`, and no other, needs `source`, `path` and `scope`")

    @property
    def address(self) -> Endpoint | None:
        """Where a form's reports go; None without a form."""
        return Endpoint(self.source, self.path, self.scope) if self.kind == "form" else None


class CorrectionKeys(Keys, frozen=True):
    """The one table of a dataset: `[datasets.correction]`."""

    correction: Correction | None = None

    def addresses(self) -> tuple[Endpoint, ...]:
        """Give where reports go."""
        address = self.correction.address if self.correction else None
        return (address,) if address else ()

    def remedy(self) -> str:
        """Name the kind of way in which a citizen can say that it is wrong."""
        return self.correction.kind if self.correction else ""


SECTION = Section("corrections", CorrectionKeys, scopes=(SCOPE,))


def of(entry: DatasetEntry) -> Correction | None:
    """Give what a citizen can do when something in a dataset is wrong; None where its body says nothing of it."""
    return SECTION.of(entry).correction
