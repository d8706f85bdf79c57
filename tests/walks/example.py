"""An example of an address: its parts, who visits it, what is done before, and what is sent."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from .somebody import Somebody

# What is done before the visit, through the pages themselves; gives parts of the address and of its query.
Prepare = Callable[["Somebody"], Awaitable[Mapping[str, str]]]


class Person:
    """People of the model town who visit pages, by their national number."""

    complete = "84651421235"  # Lies Verhaegen: partner, two children, somebody unrelated in the house
    without_certificates = "47692310692"  # Godelieve Struyven: a widow, living alone
    under_guardianship = "58641731466"  # Roger Lauwers: two guardians, and a former one; descent unknown
    minor = "10630941889"  # Mila Aerts: born in 2010
    abroad = "66643025104"  # Pieter Ooms: his identity card expired
    renewed = "79720833338"  # Bram De Cleyn, signed in with his former number
    with_new_number = "79721833131"  # the same with his new one; a diploma still has the former
    in_civic_path = "95701237702"  # Yusuf Karimi: a recognised refugee
    mother = "81681244217"  # Saskia Wouters: four children, one of whom died; one parent known
    in_many_lessons = "71600048271"  # Amina Waziri: two civic paths, twelve Dutch lessons
    nowhere = "93681527060"  # no source has anything
    with_long_names = "87641221452"  # names of 35 letters in one word and of 90, and in Arabic, Hebrew and Chinese
    busy = "88660616030"  # every source is too busy to answer
    lodger = "90670124448"  # Noor Benhaddou: two nationalities, companies, a civic path; lives with Lies Verhaegen


async def nothing(_: "Somebody") -> Mapping[str, str]:
    """Prepare nothing."""
    return {}


@dataclass(frozen=True, kw_only=True)
class Example:
    """One way in which an address is visited.

    values: the parts of the address, or stand-ins for those that `prepare` gives. query: its query.
    person: who is signed in; "" for nobody. status: of the answer.
    form: the fields of a form that is posted (`{}`: an empty one); None: GET. asks: whether the page shows answers of
    sources, and names each source that did not answer. is_file: whether the answer is a picture or a document.
    At a machine's address: method; scope, of the token; said, the JSON that is sent.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    person: str = ""
    prepare: Prepare = nothing
    form: Mapping[str, str] | None = None
    status: int = 200
    asks: bool = False
    is_file: bool = False
    method: str = ""
    scope: str = ""
    said: object = None

    @property
    def is_page(self) -> bool:
        """Tell whether people read what comes, which a redirect, a file and a machine's answer are not for."""
        return self.status not in (204, 302, 303, 308)

    def query_with(self, more: Mapping[str, str]) -> str:
        """Write the query, with what `prepare` gave; "" without any."""
        whole = {**self.query, **more}
        return f"?{urlencode(whole)}" if whole else ""
