"""Hold the fault of each source, and how its questions ended. `sandbox/index.py` says in words what a mode does."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Annotated, Literal, get_args

import msgspec
from aiohttp import web

Mode = Literal[
    "ok",
    "hang",
    "503",
    "soap-fault",
    "broken",
    "partial",
    "reset",
    "drip",
    "tls",
    "huge",
    "wrong-encoding",
    "wrong-root",
    "redirect",
    "html",
    "other-person",
    "twice",
    "204-exceptions",
    "down",
    "temporary",
    "permanent",
    "unsealed",
    "changed",
    "revoked",
    "expired",
    "wrong-use",
    "not-yet-valid",
    "other-paper",
    "no-pdf",
    "no-document",
    "base64",
    "another_box",
    "wrong_digest",
    "endless",
    "broken_off",
]
PROVIDER = "toegangsbeheer"
MAIL = "mail"
# The faults that only mail has (a desk has `permanent` too), and all that mail has.
_OF_MAIL: tuple[Mode, ...] = ("down", "temporary", "permanent")
MAIL_MODES: tuple[Mode, ...] = ("ok", "hang", "broken", "reset", *_OF_MAIL)
# What can be wrong with a document that a source gives (`attests.answering.FAULTS`).
_OF_DOCUMENTS: tuple[Mode, ...] = (
    "unsealed",
    "changed",
    "revoked",
    "expired",
    "wrong-use",
    "not-yet-valid",
    "other-paper",
    "no-pdf",
    "no-document",
    "base64",
)
# What can be wrong with a registry of the eBox: somebody else's letters, digests of other files, pages that repeat,
# and a file that stops half-way.
_OF_EBOX: tuple[Mode, ...] = ("another_box", "wrong_digest", "endless", "broken_off")
MODES: tuple[Mode, ...] = tuple(mode for mode in get_args(Mode) if mode not in (*_OF_MAIL, *_OF_DOCUMENTS, *_OF_EBOX))
DESK_MODES: tuple[Mode, ...] = (*MODES, "permanent")
ATTEST_MODES: tuple[Mode, ...] = (*MODES, *_OF_DOCUMENTS)
EBOX_MODES: tuple[Mode, ...] = (*MODES, *_OF_EBOX)


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold how a source behaves.

    `latency_ms` passes before every answer to a question that was admitted, and before a mail is taken; not in mode
    `hang`.
    """

    mode: Mode = "ok"
    latency_ms: Annotated[int, msgspec.Meta(ge=0, le=600_000)] = 0


class Result:
    """Hold in one word how a question ended: see `Switch.outcomes`."""

    def __init__(self) -> None:
        self.word = "error"


class Switch:
    """Hold one source's fault and the counts of its questions.

    `modes` are the faults that it can have. `asked` counts its questions, `under_way` those without an answer yet.
    `outcomes` counts them by how they ended: by the mode of a fault that replaced, damaged or disturbed the answer,
    else by the status of the answer (HTTP; of mail `250`), also where the source itself made it wrong (documents,
    desks, letters of the eBox); `left` when the client went away before the answer, `error` when the town itself
    failed.
    """

    def __init__(self, name: str, modes: tuple[Mode, ...] = MODES) -> None:
        self.name = name
        self.modes = modes
        self.fault = Fault()
        self.asked = 0
        self.under_way = 0
        self.outcomes: Counter[str] = Counter()
        self._changed = asyncio.Event()

    def put(self, fault: Fault) -> None:
        """Set the fault; when its mode is another than before, requests that hang or drip are dropped."""
        is_other = fault.mode != self.fault.mode
        self.fault = fault
        if is_other:
            changed, self._changed = self._changed, asyncio.Event()
            changed.set()

    async def wait_for_change(self) -> None:
        """Wait until the mode is another than now."""
        await self._changed.wait()

    @contextmanager
    def counting(self) -> Iterator[Result]:
        """Count one question; the block sets `Result.word` to how it ended."""
        self.asked += 1
        self.under_way += 1
        result = Result()
        try:
            yield result
        except web.HTTPException as error:
            result.word = str(error.status)
            raise
        except (asyncio.CancelledError, ConnectionError):
            result.word = "left"
            raise
        finally:
            self.under_way -= 1
            self.outcomes[result.word] += 1


Switches = dict[str, Switch]


def switches_for(
    sources: Iterable[str],
    desks: Collection[str] = (),
    attests: Collection[str] = (),
    registries: Collection[str] = (),
) -> Switches:
    """Make a switch for the provider, for mail and for each source, in that order, all with the fault `ok`.

    `desks` and `attests` are the sources that are desks, or give documents; `registries` are the services of the
    eBox: its federation, its event service and its registries; none is among `sources`.
    """
    switches = [
        Switch(name, DESK_MODES if name in desks else ATTEST_MODES if name in attests else MODES) for name in sources
    ]
    switches += [Switch(name, EBOX_MODES) for name in registries]
    return {it.name: it for it in (Switch(PROVIDER), Switch(MAIL, MAIL_MODES), *switches)}


def switch_of(switches: Switches, sources: Iterable[str]) -> Switch:
    """Choose the switch for a question that any of these sources may be meant by: one with a fault, else the first.

    A question to a service that no manifest names gets a new switch without a fault.
    """
    candidates = [switches[name] for name in sources]
    with_fault = [switch for switch in candidates if switch.fault != Fault()]
    return (with_fault or candidates or [Switch("")])[0]
