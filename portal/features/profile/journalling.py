"""What the journal says of the profile: which of the things people gave us was shown, given or taken back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext_noop as _
from psycopg import AsyncConnection

from portal.platform.journal import actions
from portal.platform.journal.types import CITIZEN, Activity, Actor, ActorKind, begin

from .types import Kind

LOOK = "look at own profile"
GIVE = "give to own profile"
REMOVE = "remove from own profile"
WARN = "warn of a new device"
ADDRESS = "address"
MAILER = Actor(ActorKind.SYSTEM, "portal")

_TITLES = {
    Kind.NICKNAME: _("Roepnaam"),
    Kind.PHOTO: _("Profielfoto"),
    Kind.EMAIL: _("Contactgegevens"),
    ADDRESS: _("Bewaarde adressen"),
}
ACTIVITIES = {
    kind: Activity(
        body="burgerprofiel",
        body_name="Mijn Burgerprofiel",
        dataset=str(kind),
        title=title,
        purpose=_("U beheert wat u ons zelf gaf."),
        legal_basis=_("Uw toestemming (AVG, artikel 6, lid 1, a)."),
        services=(),
        retention=_("Tot u het verwijdert, of tot u zich twee jaar niet hebt aangemeld."),
    )
    for kind, title in _TITLES.items()
}
ACTIVITIES[WARN] = msgspec.structs.replace(
    ACTIVITIES[Kind.EMAIL], purpose=_("Wij verwittigen u wanneer u zich aanmeldt met een nieuw toestel.")
)


async def note(
    conn: AsyncConnection[Any],
    name: str,
    citizen_id: UUID,
    kinds: Iterable[str],
    *,
    correlation_id: str,
    now: datetime,
) -> None:
    """Write down what is shown or changed in this transaction: when the one is undone, so is the other.

    Whatever is raised: nothing may be shown.
    """
    activities = [ACTIVITIES[kind] for kind in kinds]
    if not activities:
        return
    actor = MAILER if name == WARN else CITIZEN
    operation = begin(name, activities, citizen_id, correlation_id=correlation_id, now=now, actor=actor)
    journalled = await actions.record_asked(conn, operation)
    await actions.record_outcomes(conn, journalled, {activity.name: "ready" for activity in activities}, now=now)
