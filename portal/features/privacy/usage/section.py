"""The table `[datasets.withheld]` of an `agency.toml`: use of a dataset by others is shown later, or never.

Without it every use is shown to the citizen whose data was used. A search by a notary or an inspector can betray what
is about to happen; where a rule of law says that the citizen may not know of it yet, the manifest says so.
"""

from typing import Annotated

import msgspec

from portal.platform.language.translations import Text
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.sections import Keys, Section

MOST_DAYS = 3650


class WithheldUse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Use of a dataset by others that its citizen does not read of yet.

    ground: the rule of law that says so, in whole sentences. Either days, how long after the use, or for_ever.
    """

    ground: Annotated[Text, msgspec.Meta(min_length=1)]
    days: Annotated[int, msgspec.Meta(ge=0, le=MOST_DAYS)] = 0
    for_ever: bool = False

    def __post_init__(self) -> None:
        """Refuse one that says both or neither."""
        if bool(self.days) == self.for_ever:
            raise ValueError("`withheld` has either `days`, from 1, or `for_ever = true`")


class PrivacyKeys(Keys, frozen=True):
    """The keys of privacy in a dataset's table."""

    withheld: WithheldUse | None = None


SECTION = Section("privacy", PrivacyKeys)


def of(entry: DatasetEntry) -> WithheldUse | None:
    """Give how the use of a dataset is withheld; None where it is shown, as nearly always."""
    return SECTION.of(entry).withheld
