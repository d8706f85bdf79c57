"""The texts of a body's manifest in each language: translated by its table of that language, or else in Dutch.

A translation is made once for a body or a dataset and a language, when somebody reads it. Questions, the journal and
reports to bodies use the manifest itself, which is Dutch.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from portal.platform.language.current import held
from portal.platform.language.translations import translate

from .sections import Keys, Section

Sections = Mapping[Section[Any], Keys]


class Translation[W: msgspec.Struct](NamedTuple):
    """A body or a dataset in one language: the manifest's own keys, and what each section read."""

    own: W
    sections: Sections


class Wording[W: msgspec.Struct]:
    """A body or a dataset in every language but Dutch; tables: of each language, as the manifest writes them."""

    def __init__(self, own: W, sections: Sections, tables: Mapping[str, Any]) -> None:
        self._tables = tables
        self._dutch = Translation(own, sections)
        self._made: dict[str, Translation[W]] = {}

    def now(self) -> Translation[W]:
        """Give the translation in the language that holds now, which is not Dutch."""
        language = held.get()
        try:
            return self._made[language]
        except KeyError:
            return self._made.setdefault(language, self.make(language))

    def make(self, language: str) -> Translation[W]:
        """Make the translation in a language other than Dutch; raise WrongTranslation for a wrong table."""
        dutch, table = self._dutch, self._tables.get(language, {})
        of_sections = {key for section in dutch.sections for key in section.names}
        # A value that is no table is passed on to `translate`, which refuses it.
        own = (
            {key: text for key, text in table.items() if key not in of_sections} if isinstance(table, dict) else table
        )
        return Translation(
            translate(dutch.own, own, language),
            {
                section: translate(keys, {key: table[key] for key in table if key in section.names}, language)
                for section, keys in dutch.sections.items()
            },
        )
