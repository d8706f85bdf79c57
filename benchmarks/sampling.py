"""How much processor overviews take in the portal's process."""

from http.client import HTTPConnection

from . import browser, processor
from .scene import Scene


def portal_cpu_ms(on: Scene, pid: int, connection: HTTPConnection, cookie: str, count: int) -> tuple[float, float]:
    """Look so many times; return the milliseconds of processor an overview took: (portal, database)."""
    connection.close()  # The portal closed the idle connection during the others' turn; HTTPConnection reopens it.
    before, database_before = processor.cpu_s(pid), processor.backends_cpu_s(on.owner)
    for _ in range(count):
        on.forget()
        browser.overview(connection, cookie, len(on.sources))
    cpu = processor.cpu_s(pid) - before
    database = processor.backends_cpu_s(on.owner) - database_before
    return cpu / count * 1000, database / count * 1000
