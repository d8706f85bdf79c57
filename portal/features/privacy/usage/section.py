"""What privacy reads of a dataset's table in an `agency.toml`: that what others do with it is shown later, or never.

By default everything is shown to whom it is about. A search by a notary or an inspector can show what somebody else
is about to do; where a rule of law says that the person may not know of it yet, the manifest says so with its ground.
"""

from typing import Annotated

import msgspec

from portal.platform.language.translations import Text
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.sections import Keys, Section

MOST_DAYS = 3650


class WithheldUse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[datasets.withheld]`: use of the dataset by others that its citizen does not read of yet.

    ground: the rule of law by which, in whole sentences. days: how long after the use, or 0; for_ever: always.
    """

    ground: Annotated[Text, msgspec.Meta(min_length=1)]
    days: Annotated[int, msgspec.Meta(ge=0, le=MOST_DAYS)] = 0
    for_ever: bool = False

    def __post_init__(self) -> None:
        """Refuse one that says both or neither."""
        if bool(self.days) == self.for_ever:
            raise ValueError("`withheld` has either `days`, from 1, or `for_ever = true`")


class PrivacyKeys(Keys, frozen=True):
    """The keys of a dataset."""

    withheld: WithheldUse | None = None


SECTION = Section("privacy", PrivacyKeys)


def of(entry: DatasetEntry) -> WithheldUse | None:
    """Give what is withheld of the use of a dataset; None, as for nearly all, where nothing is."""
    return SECTION.of(entry).withheld
