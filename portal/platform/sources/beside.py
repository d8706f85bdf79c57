"""Long work, done in threads beside the event loop so that other requests are served meanwhile.

Work on one answer that takes more than a few milliseconds goes to a thread: the interpreter switches back to the loop
regularly, and lxml mostly runs without the GIL. There are two such threads, since more would only wait for each
other, and a third for work of seconds, so that ordinary answers do not wait for it.
"""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from portal.platform.language.current import carry

# Bytes. Reading a larger answer for two datasets can take over 40 ms if no reader knows its elements. A thread costs
# 0.07 ms, and no sample of a body is larger.
LARGE_ANSWER = 32 * 1024
HUGE_ANSWER = 256 * 1024  # bytes; the largest published answer has 130 kB, and 4 MB take some 5 s
MANY_FACTS = 2_000  # more of them take over 5 ms to arrange, and over 30 ms to search

_threads = ThreadPoolExecutor(2, thread_name_prefix="beside")
_apart = ThreadPoolExecutor(1, thread_name_prefix="apart")


async def run[**P, T](is_long: bool, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """Run short work at once and long work in a thread; a caller that is cancelled does not wait for its end."""
    if not is_long:
        return work(*arguments, **named)
    return await _run_in(_threads, lambda: work(*arguments, **named))


async def read[T](size: int, work: Callable[[], T]) -> T:
    """Read an answer of so many bytes: at once, in a thread, or in the thread for work of seconds."""
    if size > HUGE_ANSWER:
        return await _run_in(_apart, work)
    return await run(size > LARGE_ANSWER, work)


async def _run_in[T](threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    context = contextvars.copy_context()
    spoken = carry(work)
    return await asyncio.get_running_loop().run_in_executor(threads, lambda: context.run(spoken))
