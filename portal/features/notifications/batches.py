"""Gather what single requests bring into batches: what arrives while one batch is under way makes up the next."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from portal.platform.database.pool import DatabaseBusy


class _Pending[In, Out](NamedTuple):
    item: In
    result: asyncio.Future[Out]


class Batches[In, Out]:
    """Runs a function on batches of items, one batch at a time, in the order in which they came.

    run: gives an output for each item of a batch, in their order, or raises and has done nothing. Then each item is
    run by itself, so that one that cannot be handled fails alone. Where it raises DatabaseBusy, the whole batch
    fails. weight: gives the weight of an item. most: a batch has at most so many items, and at most this weight,
    unless a single item weighs more.
    """

    def __init__(
        self, run: Callable[[list[In]], Awaitable[list[Out]]], weight: Callable[[In], int], most: int
    ) -> None:
        self._run, self._weight, self._most = run, weight, most
        self._waiting: deque[_Pending[In, Out]] = deque()
        self._running: asyncio.Task[None] | None = None

    async def take(self, item: In) -> Out:
        """Run an item in the next batch; return its output, or raise what prevented that."""
        result: asyncio.Future[Out] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Pending(item, result))
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run_all())
        return await result

    async def _run_all(self) -> None:
        while self._waiting:
            batch = self._next()
            try:
                await self._run_batch(batch)
            except DatabaseBusy as error:
                _fail(batch, error)
            except Exception as error:
                if len(batch) == 1:
                    _fail(batch, error)
                else:
                    await self._run_one_by_one(batch)

    def _next(self) -> list[_Pending[In, Out]]:
        batch = [self._waiting.popleft()]
        weight = self._weight(batch[0].item)
        while self._waiting and len(batch) < self._most:
            weight += self._weight(self._waiting[0].item)
            if weight > self._most:
                break
            batch.append(self._waiting.popleft())
        return batch

    async def _run_batch(self, batch: list[_Pending[In, Out]]) -> None:
        outputs = await self._run([each.item for each in batch])
        for (_, result), output in zip(batch, outputs, strict=True):
            if not result.done():
                result.set_result(output)

    async def _run_one_by_one(self, batch: list[_Pending[In, Out]]) -> None:
        for each in batch:
            try:
                await self._run_batch([each])
            except Exception as error:
                _fail([each], error)


def _fail[In, Out](batch: list[_Pending[In, Out]], error: Exception) -> None:
    for _, result in batch:
        if not result.done():
            result.set_exception(error)
