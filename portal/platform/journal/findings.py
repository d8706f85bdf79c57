"""What a verifier can find in the journal."""

from enum import StrEnum

import msgspec


class FindingKind(StrEnum):
    """The kinds of findings. All but those in NO_DAMAGE are damage."""

    ENTRY_CHANGED = "entry changed"
    ENTRY_REMOVED = "entry removed"
    ENTRY_INSERTED = "entry inserted"
    ENTRY_BACK = "entry that was erased is there again"
    SALT_INSERTED = "salt of no entry that was sealed"
    ERASED = "erased from the journal"
    ERASED_NOTHING = "entry that says it erased, and not what"
    BATCH_CHANGED = "batch changed"
    BATCH_REMOVED = "batch removed"
    BATCH_ORDER = "batch out of order"
    BATCH_FORGED = "batch not sealed with our key"
    CHAIN_BROKEN = "chain broken"
    ACCEPTED = "chain broken, and accepted"
    ANCHOR_AHEAD = "chain shorter than its anchor"
    ANCHOR_DIFFERS = "batch is not the anchored one"
    ANCHOR_MISSING = "anchor missing"
    ANCHOR_FORGED = "anchor not made with our key"
    SEEN_GONE = "batch that was seen is gone"
    SEEN_DIFFERS = "batch is not the one that was seen"
    ACTIVITY_CHANGED = "activity changed"
    ACTIVITY_REMOVED = "activity removed"
    ACTIVITY_INSERTED = "activity inserted"
    ACTIVITY_UNUSED = "activity that no entry names since some were erased"
    STRUCTURE_MISSING = "not there as our migrations made it"
    STRUCTURE_ADDED = "not made by our migrations"
    NOT_YET_SEALED = "not yet sealed"
    NOT_YET_ANCHORED = "not yet anchored"
    NUMBERS_UNUSED = "numbers without an entry"


NO_DAMAGE = frozenset(
    (
        FindingKind.ACCEPTED,
        FindingKind.ERASED,
        FindingKind.ACTIVITY_UNUSED,
        FindingKind.NOT_YET_SEALED,
        FindingKind.NOT_YET_ANCHORED,
        FindingKind.NUMBERS_UNUSED,
    )
)


class Head(msgspec.Struct, frozen=True):
    """The last batch of the chain, or of a chain as somebody saw it: its number (0: there is none) and hash."""

    number: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.number}:{self.hash.hex()}"

    @classmethod
    def read(cls, text: str) -> "Head":
        """Read NUMBER:HASH, as it is written; ValueError for anything else."""
        number, _, known = text.partition(":")
        head = cls(int(number), bytes.fromhex(known))
        if str(head) != text or len(head.hash) != 32:
            raise ValueError("It is not NUMBER:HASH.")
        return head


class Finding(msgspec.Struct, frozen=True):
    """A finding, in words for the operator. number: of the batch or entry, where it has one."""

    kind: FindingKind
    text: str
    number: int = 0

    @property
    def is_damage(self) -> bool:
        """Tell whether somebody has to find out why."""
        return self.kind not in NO_DAMAGE

    def line(self) -> str:
        """Write the finding as one line."""
        return f"{self.kind}: {self.text}"
