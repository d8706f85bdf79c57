"""What memory it takes to hand over 500 MB of attachments as one ZIP, straight from their provider.

A portal that just started hands over a small ZIP first: code and connections are no part of the figure. Then its
resident memory is read all the while that the large one is had, at the pace of whoever reads it; the figure is by how
much the highest reading lies above the one before. The ZIP is read from its end by Python and by `unzip`, which
compare every byte with its checksum.
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

PERSON = "93681527060"  # of the town: no letters but those put there
SMALL = 1024 * 1024
LETTERS, LARGE = 10, 50_000_000  # bytes of the file of each
TARGET = 64.0
EVERY_S = 0.02
PIECE = 256 * 1024
TAKE = "/brievenbus/ebox/gekozen/bestanden/"
_DOCUMENT = re.compile(r'name="document" value="([^"]*)"')
_TOKEN = re.compile(r'name="form_token" value="([^"]*)"')


def measure() -> Figure:
    """Have a small ZIP, and then the large one. Raises UnexpectedAnswerError where it is not whole."""
    with running_house(RAISED) as house, tempfile.TemporaryDirectory(prefix="mbp-zip-") as folder:
        os.environ.update(house.environment, DJANGO_SETTINGS_MODULE="portal.config.settings")
        django.setup()
        cookie = asyncio.run(link(house, PERSON))
        at = Path(folder) / "documents.zip"
        _send(house, SMALL, 1)
        _take(house, cookie, at)
        _send(house, LARGE, LETTERS)
        portal = house.child("portal").process.pid
        before = memory_kb(portal)
        with _highest(portal) as readings:
            began = time.perf_counter()
            _take(house, cookie, at)
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


def _take(house: House, cookie: str, at: Path) -> None:
    """Choose all on the page, and save their files as it comes."""
    with closing(HTTPConnection(urlsplit(house.portal).netloc, timeout=60)) as connection:
        headers = {"Cookie": f"{SESSION}={cookie}", "Origin": house.portal}
        connection.request("GET", LIST, headers=headers)
        page = connection.getresponse().read().decode()
        token = _TOKEN.search(page)
        documents = [("document", unescape(one)) for one in _DOCUMENT.findall(page)]
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
def _highest(pid: int) -> Iterator[list[int]]:
    """Read a process's memory (kB) again and again, meanwhile."""
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
    """Have two programs read the ZIP; gives how many bytes its files have."""
    with zipfile.ZipFile(at) as opened:
        sizes = [one.file_size for one in opened.infolist() if one.filename.endswith(".pdf")]
    if sorted(sizes) != [SMALL, *[LARGE] * LETTERS]:
        raise UnexpectedAnswerError(f"the ZIP has files of {sizes}")
    subprocess.run(["unzip", "-tqq", str(at)], check=True)
    return sum(sizes)
