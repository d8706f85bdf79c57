"""What asks for attention on the home page: the signals that features' rules find, without those that the citizen
dismissed.

A dismissal is of one rule and one cause, and hides nothing else. It is kept with the profile, which takes it by a
form of its own (`links.dismiss`).
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.template.loader import get_template

from portal.features.profile import queries as profile
from portal.features.profile.types import DISMISSAL, Dismissal
from portal.platform.access import carried
from portal.platform.access.types import Session
from portal.platform.feature.home import Block, Rule, Signal

SECONDS = 1.0  # that the page waits for the dismissals; after that it shows every signal

log = logging.getLogger("portal.home")


def slot_of(rule_id: str) -> str:
    """Name the place of what a rule finds."""
    return f"attention-{rule_id.replace('.', '-').replace('_', '-')}"


@dataclass(slots=True)
class Attention:
    """What asks for attention on one page, and what was left out of it.

    dismissed: marks of what this citizen dismissed, as they are read. is_whole: everything was looked at. is_told:
    what is shown says itself that something was not.
    """

    session: Session
    rules: Mapping[str, Rule]
    dismissed: asyncio.Task[frozenset[bytes]]
    shown: int = 0
    hidden: list[tuple[Signal, str]] = field(default_factory=list)
    is_whole: bool = True
    is_told: bool = False
    unasked: list[str] = field(default_factory=list)
    _can_tell: bool = True

    async def render(self, signal: Signal) -> str:
        """Render a signal, or "" when it was dismissed. A failure to read the dismissals hides nothing."""
        dismissal = Dismissal(signal.rule, signal.cause)
        sealed = carried.seal(self.session, DISMISSAL, dismissal)
        if await self._is_dismissed(dismissal):
            self.hidden.append((signal, sealed))
            return ""
        context = {"signal": signal, "rule": self.rules[signal.rule], "sealed": sealed, "session": self.session}
        context["slot"] = slot_of(signal.rule)
        shown = str(get_template("home/signal.html").render(context))
        self.shown += 1
        self.is_told |= signal.tells_gap
        return shown

    def lacks(self, block: Block) -> None:
        """Note that what a block looks at was not looked at, or could not be shown."""
        self.is_whole = False
        if block.unasked not in self.unasked:
            self.unasked.append(block.unasked)

    def state(self, *, is_open: bool, is_seen: bool) -> str:
        """Render how it ended.

        is_open: what was dismissed is shown at once, to whoever just did so. is_seen: the room that waited for it is,
        so it stays.
        """
        context = {"attention": self, "session": self.session, "is_open": is_open, "is_seen": is_seen}
        return str(get_template("home/state.html").render(context))

    async def _is_dismissed(self, dismissal: Dismissal) -> bool:
        if not self._can_tell:
            return False
        try:
            async with asyncio.timeout(SECONDS):
                # Shielded: cancelling the wait for one signal does not cancel reading for the others.
                marks = await asyncio.shield(self.dismissed)
                return bool(marks) and await profile.mark_of(self.session.citizen_id, dismissal) in marks
        except Exception as error:
            # The page waits for it once; otherwise each later signal would wait as long again.
            self._can_tell = False
            log.error("dismissals not read: %s", type(error).__name__)
            return False


def rules_of(blocks: Sequence[Block]) -> Mapping[str, Rule]:
    """Give the rules of the page by their ids, in its order."""
    rules = [rule for block in blocks for rule in block.rules]
    return {rule.id: rule for rule in sorted(rules, key=lambda rule: rule.is_last)}
