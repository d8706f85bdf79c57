"""What asks for attention on the home page: the signals that features' rules find, without those that the citizen
dismissed.

A dismissal is of one rule and one cause, and hides nothing else. The profile stores dismissals, and has the form for
them (`links.dismiss`).
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
    """Give the name of the HTML slot into which the signals of a rule come."""
    return f"attention-{rule_id.replace('.', '-').replace('_', '-')}"


@dataclass(slots=True)
class Attention:
    """The signals of one page, and what was left out of them.

    dismissed: the task that reads the marks of what this citizen dismissed. shown: how many signals were rendered.
    hidden: the dismissed ones, each with its sealed Dismissal. is_whole: every block looked at everything,
    and all that it found could be shown. unasked: names of what was not looked at, or could not be shown.
    """

    session: Session
    rules: Mapping[str, Rule]
    dismissed: asyncio.Task[frozenset[bytes]]
    shown: int = 0
    hidden: list[tuple[Signal, str]] = field(default_factory=list)
    is_whole: bool = True
    unasked: list[str] = field(default_factory=list)
    _gaps: set[str] = field(default_factory=set)  # names of the blocks that have a gap
    _told: set[str] = field(default_factory=set)  # of those of which a signal that is shown tells it
    _can_read: bool = True

    @property
    def is_gap_told(self) -> bool:
        """Tell whether, for each block with a gap, a shown signal says that it could not look at everything."""
        return self._gaps <= self._told

    async def render(self, block: Block, signal: Signal) -> str:
        """Render a signal of a block, or "" when it was dismissed. A failure to read the dismissals hides nothing."""
        dismissal = Dismissal(signal.rule, signal.cause)
        sealed = carried.seal(self.session, DISMISSAL, dismissal)
        if await self._is_dismissed(dismissal):
            self.hidden.append((signal, sealed))
            return ""
        context = {"signal": signal, "rule": self.rules[signal.rule], "sealed": sealed, "session": self.session}
        context["slot"] = slot_of(signal.rule)
        rendered = str(get_template("home/signal.html").render(context))
        self.shown += 1
        if signal.tells_gap:
            self._told.add(block.name)
        return rendered

    def note_gap(self, block: Block) -> None:
        """Note that a block could not look at everything."""
        self.is_whole = False
        self._gaps.add(block.name)

    def note_missing(self, block: Block) -> None:
        """Note that a block could not look, or that what it found could not be shown."""
        self.is_whole = False
        if block.unasked not in self.unasked:
            self.unasked.append(block.unasked)

    def render_end(self, *, is_open: bool, is_seen: bool) -> str:
        """Render the end of the list of signals: that there were none, what was not looked at, what was dismissed.

        is_open: the fold with the dismissed signals is open, because the citizen just dismissed one. is_seen: the
        citizen sees the empty slots already, so that they keep their room.
        """
        context = {"attention": self, "session": self.session, "is_open": is_open, "is_seen": is_seen}
        return str(get_template("home/state.html").render(context))

    async def _is_dismissed(self, dismissal: Dismissal) -> bool:
        if not self._can_read:
            return False
        try:
            async with asyncio.timeout(SECONDS):
                # Shielded: cancelling the wait for one signal does not cancel reading for the others.
                marks = await asyncio.shield(self.dismissed)
                return bool(marks) and await profile.mark_of(self.session.citizen_id, dismissal) in marks
        except Exception as error:
            # The page waits only once; otherwise each later signal would wait as long again.
            self._can_read = False
            log.error("dismissals not read: %s", type(error).__name__)
            return False


def rules_of(blocks: Sequence[Block]) -> Mapping[str, Rule]:
    """Give the rules of all blocks by their ids, in the order of the page."""
    rules = [rule for block in blocks for rule in block.rules]
    return {rule.id: rule for rule in sorted(rules, key=lambda rule: rule.is_last)}
