"""Measure the processor time of overviews, of the portal and of its database."""

from http.client import HTTPConnection

from . import browser, processor
from .scene import Scene


def portal_cpu_ms(scene: Scene, pid: int, connection: HTTPConnection, cookie: str, count: int) -> tuple[float, float]:
    """Open overviews that ask every source; return the milliseconds of processor for each: (portal, database)."""
    connection.close()  # The portal closed the idle connection during the others' turn; HTTPConnection reopens it.
    before, database_before = processor.cpu_s(pid), processor.backends_cpu_s(scene.owner)
    for _ in range(count):
        scene.forget()
        browser.overview(connection, cookie, len(scene.sources))
    cpu = processor.cpu_s(pid) - before
    database = processor.backends_cpu_s(scene.owner) - database_before
    return cpu / count * 1000, database / count * 1000
