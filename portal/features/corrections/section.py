"""The table `[datasets.correction]` of a body's `agency.toml`: what a citizen can do when a datum is wrong."""

from typing import Annotated, Literal

import msgspec

from portal.platform.language.translations import Text
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.sections import Endpoint, Keys, Section

SCOPE = "corrections:status"  # with which a body's machine sends the status of a report


class Correction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a citizen can do when a datum is wrong: a form here, a link to the body, or whom to contact.

    `contact` says in whole sentences whom to turn to and how; beside a form it is shown when the report could not be
    delivered. `desk` is "municipality" where the citizen turns to the population desk where they live: the page names
    that desk and how it is reached. `url` and `url_text` are a link (https) and its words. A form's report is POSTed
    to `path`, below REST_URL, with a token for `scope`; by `source` that address is switched off.
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
        """Refuse a form without an address, a link without words, and keys of another kind."""
        if bool(self.url) != bool(self.url_text) or (self.kind == "link" and not self.url):
            raise ValueError("a correction's `url` and `url_text` come together; kind `link` needs them")
        if self.desk and self.kind == "form":
            raise ValueError("a correction's `desk` is where citizens go themselves; kind `form` has none")
        place = (self.source, self.path, self.scope)
        if any(place) != all(place) or (self.kind == "form") != all(place):
            raise ValueError("a correction of kind `form`, and no other, needs `source`, `path` and `scope`")

    @property
    def endpoint(self) -> Endpoint | None:
        """Give the endpoint to which a form's reports go; None without a form."""
        return Endpoint(self.source, self.path, self.scope) if self.kind == "form" else None


class CorrectionKeys(Keys, frozen=True):
    """The key of a dataset's table that corrections read."""

    correction: Correction | None = None

    def endpoints(self) -> tuple[Endpoint, ...]:
        """List the endpoint to which reports go, if there is one."""
        endpoint = self.correction.endpoint if self.correction else None
        return (endpoint,) if endpoint else ()

    def remedy(self) -> str:
        """Name the kind of correction; "" where the body has no way for it."""
        return self.correction.kind if self.correction else ""


SECTION = Section("corrections", CorrectionKeys, scopes=(SCOPE,))


def of(entry: DatasetEntry) -> Correction | None:
    """Give what a citizen can do when something in a dataset is wrong; None where its manifest does not say."""
    return SECTION.of(entry).correction
