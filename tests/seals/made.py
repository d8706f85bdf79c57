"""Documents that the town seals, made once a process, with keys of 2048 bits, which sign three times as fast."""

import asyncio
import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from unittest import mock

from portal.platform.seals import judging
from portal.platform.seals.types import Judgement, Trust
from sandbox.seals import authority, paper, sealing
from sandbox.seals.authority import Authority
from sandbox.seals.sealing import SealOptions

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
FACTS = (("Naam", "Łukasz Müller-Öztürk"), ("Geboren", "3 maart 1971"), ("Adres", "Grote Markt 1, Modelstad"))


def _authority() -> Authority:
    with mock.patch.object(authority, "RSA_BITS", 2048):
        return authority.make(authority.new_root(NOW), NOW)


@cache
def town() -> Authority:
    """Give the town's authority."""
    return _authority()


@cache
def stranger() -> Authority:
    """Give an authority whose root nobody trusts."""
    return _authority()


@cache
def page() -> bytes:
    """Give an attest without a seal."""
    return paper.attest("Attest van gezinssamenstelling", FACTS, NOW)


def sealed(
    pdf: bytes | None = None, kind: str = "good", options: SealOptions | None = None, by: Authority | None = None
) -> bytes:
    """Seal a document as the town does, or in another way."""
    made = sealing.seal(page() if pdf is None else pdf, by or town(), NOW, kind, options)
    # In a thread, since a loop may run in this one.
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, made).result()


@cache
def honest(level: str = "B-LT") -> bytes:
    """Give an attest of the town, sealed to a level."""
    return sealed(options=SealOptions(level=level))


def trust(now: dt.datetime = NOW) -> Trust:
    """Trust the town's root, and nobody else."""
    return Trust((town().root.der,), now)


def judge(pdf: bytes, now: dt.datetime = NOW) -> Judgement:
    """Judge by that trust."""
    return judging.judge(pdf, trust(now))
