"""How much memory the portal takes to hand over 500 MB of attachments as one ZIP, straight from their provider.

A portal that just started hands over a small ZIP first, so that code and connections do not count. Its resident
memory is then read while the large ZIP is downloaded; the figure is by how much the highest reading exceeds the one
before. Python and `unzip` then read the ZIP and check every file.
"""

import asyncio
import os
import re
import secrets
import subprocess
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import django

from deploy.local.house import House, running_house

from .browser import SESSION, UnexpectedAnswerError
from .figures import Figure, round_off
from .mailbox_2000 import LIST, link
from .scene import RAISED, ask_town
from .under_hang import memory_kb

PERSON = "93681527060"  # of the town, who has no letters but those of this benchmark
SMALL = 1024 * 1024  # bytes of the file of the first letter
LETTERS, LARGE = 10, 50_000_000  # later letters, and bytes of the file of each
TARGET = 64.0  # MB
EVERY_S = 0.02  # between two readings of the memory
PIECE = 256 * 1024  # bytes that are read at a time
TAKE = "/brievenbus/ebox/gekozen/bestanden/"
_DOCUMENT = re.compile(r'name="document" value="([^"]*)"')
_TOKEN = re.compile(r'name="form_token" value="([^"]*)"')


def measure() -> Figure:
    """Download a small ZIP, and then the large one. Raises UnexpectedAnswerError where it is not whole."""
    with running_house(RAISED) as house, tempfile.TemporaryDirectory(prefix="mbp-zip-") as folder:
        os.environ.update(house.environment, DJANGO_SETTINGS_MODULE="portal.config.settings")
        django.setup()
        cookie = asyncio.run(link(house, PERSON))
        at = Path(folder) / "documents.zip"
        _send(house, SMALL, 1)
        _download(house, cookie, at)
        _send(house, LARGE, LETTERS)
        portal = house.child("portal").process.pid
        before = memory_kb(portal)
        with _memory_readings(portal) as readings:
            began = time.perf_counter()
            _download(house, cookie, at)
            took = time.perf_counter() - began
        size = _check(at)
    highest = max(readings)
    more: dict[str, object] = {"zip_mb": round_off(size / 1e6), "s": round_off(took), "readings": len(readings)}
    return Figure("mailbox_zip_mb", (highest - before) / 1024, "MB", TARGET, more | {"before_kb": before})


def _send(house: House, size: int, count: int) -> None:
    """Send letters with a file each."""
    for at in range(count):
        file = {"fileName": f"{at}.pdf", "generated": size}
        letter = {"person": PERSON, "provider": "vlaanderen", "subject": {"nl": f"Brief {at}"}, "attachments": [file]}
        ask_town(house, "POST", "/ebox/messages", letter)


def _download(house: House, cookie: str, at: Path) -> None:
    """Choose all documents on the page, and save the ZIP of their files at `at`."""
    with closing(HTTPConnection(urlsplit(house.portal).netloc, timeout=60)) as connection:
        headers = {"Cookie": f"{SESSION}={cookie}", "Origin": house.portal}
        connection.request("GET", LIST, headers=headers)
        page = connection.getresponse().read().decode()
        token = _TOKEN.search(page)
        documents = [("document", unescape(value)) for value in _DOCUMENT.findall(page)]
        if token is None or not documents:
            raise UnexpectedAnswerError("the list has no form")
        marks = [("form_token", token[1]), ("form_key", secrets.token_urlsafe(16)), ("alles", "1")]
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", TAKE, urlencode([*marks, *documents]), headers | form)
        answer = connection.getresponse()
        if answer.status != 200:
            raise UnexpectedAnswerError(f"the files are answered with {answer.status}")
        with at.open("wb") as file:
            while piece := answer.read(PIECE):
                file.write(piece)


@contextmanager
def _memory_readings(pid: int) -> Iterator[list[int]]:
    """Read a process's memory (kB) every EVERY_S until the block ends; the list grows."""
    readings = [memory_kb(pid)]
    is_over = threading.Event()

    def read() -> None:
        while not is_over.wait(EVERY_S):
            readings.append(memory_kb(pid))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield readings
    finally:
        is_over.set()
        reader.join()


def _check(at: Path) -> int:
    """Have two programs read the ZIP; return how many bytes its files have."""
    with zipfile.ZipFile(at) as opened:
        sizes = [file.file_size for file in opened.infolist() if file.filename.endswith(".pdf")]
    if sorted(sizes) != [SMALL, *[LARGE] * LETTERS]:
        raise UnexpectedAnswerError(f"the ZIP has files of {sizes}")
    subprocess.run(["unzip", "-tqq", str(at)], check=True)
    return sum(sizes)
