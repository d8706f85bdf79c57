"""Long work done beside the loop, so that whoever waits for something else gets it meanwhile.

A thread, for work on one answer that takes more than a few milliseconds: the interpreter gives the loop its turn
again and again, and much of lxml needs no turn. Two at once: more would only wait for each other. What takes seconds
has a thread apart, so that nobody's ordinary answer waits for it.
"""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from portal.platform.language.current import carried

# Bytes; to read larger ones for two datasets can take more than some 40 ms, where all in them is unknown. Handing an
# answer over costs 0.07 ms, and no sample of a body is larger.
LARGE_ANSWER = 32 * 1024
HUGE_ANSWER = 256 * 1024  # bytes; the largest published answer has 130 kB, and 4 MB take some 5 s
MANY_FACTS = 2_000  # more of them take more than some 5 ms to arrange, and 30 ms to search

_threads = ThreadPoolExecutor(2, thread_name_prefix="beside")
_apart = ThreadPoolExecutor(1, thread_name_prefix="apart")


async def done[**P, T](is_long: bool, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Do work at once when it is short, else in a thread; whoever leaves does not wait for its end."""
    if not is_long:
        return work(*arguments, **named)
    return await _in(_threads, lambda: work(*arguments, **named))


async def read[T](size: int, work: Callable[[], T]) -> T:
    """Read an answer of so many bytes: at once, in a thread, or in the one for those that take seconds."""
    if size > HUGE_ANSWER:
        return await _in(_apart, work)
    return await done(size > LARGE_ANSWER, work)


async def _in[T](threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    context = contextvars.copy_context()
    spoken = carried(work)
    return await asyncio.get_running_loop().run_in_executor(threads, lambda: context.run(spoken))
