"""Who keeps something of a citizen: three rooms of the platform, and every feature by its declaration, one that this
portal leaves out too: its tables remain.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext_noop as _

from portal.platform.access import own_copy as access
from portal.platform.feature import installed
from portal.platform.feature.types import Feature, KeptFiles, Record
from portal.platform.mail import queries as mail
from portal.platform.sources import own_copy as sources


class Keeper(msgspec.Struct, frozen=True):
    """A feature or room of the platform that keeps something of citizens; export gives all that it keeps of one.

    id: of the feature or room. title: Dutch. words: Dutch for each kind of Record. files: as in `Tables`.
    """

    id: str
    title: str
    export: Callable[[UUID], Awaitable[Sequence[Record]]]
    words: Mapping[str, str]
    files: Callable[[Any, Any, str], KeptFiles] | None = None


OF_PLATFORM = (
    Keeper(
        "access",
        _("Aanmelden"),
        access.export,
        {access.SESSION: _("Waar u aangemeld bent"), access.DEVICE: _("Een soort toestel dat u gebruikte")},
    ),
    Keeper(
        "sources",
        _("Antwoorden van diensten"),
        sources.export,
        {
            sources.ANSWER: _("Een antwoord, tot u zich afmeldt"),
            sources.CHILD: _("Een antwoord over uw kind, tot u zich afmeldt"),
            sources.FAILURE: _("Een vraag zonder antwoord, tot u zich afmeldt"),
        },
    ),
    Keeper("mail", _("Mails"), mail.export, {mail.WAITING: _("Een mail die nog vertrekt")}),
)


def every_keeper() -> Iterator[Keeper]:
    """List them, features first; anew at each call, as tests install and take away features."""
    for feature in installed.with_tables():
        if feature.tables:
            tables = feature.tables
            yield Keeper(feature.id, title_of(feature), tables.export, tables.words, tables.files)
    yield from OF_PLATFORM


def title_of(feature: Feature) -> str:
    """Give what people call a feature that keeps something, in Dutch."""
    if feature.tables and feature.tables.title:
        return feature.tables.title
    places = feature.navigation()
    return places[0].title if places else feature.id
