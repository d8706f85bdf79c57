"""The longest time that one request with a costly text occupies the portal's event loop.

Measured from outside: the processor time of the portal's first thread, which runs its loop, for one whole request.
The request may release the loop in between, so the figure is an upper bound. It is divided by the time of a fixed
amount of work, so that slow and busy machines give the same figure: that work takes CALIBRATED_MS on the reference
machine.
"""

import time
from collections.abc import Iterator
from contextlib import closing
from html import unescape
from pathlib import Path

from . import browser
from .browser import SESSION, UnexpectedAnswerError
from .figures import Figure, round_off
from .scene import TWENTY, Scene, scene_of

SIZE = 230 * 1024  # bytes; a form may have 256 kB, and some characters take three
TIMES = 3
STEPS, CALIBRATED_MS = 1_000_000, 50.0  # of the fixed work, and how long it takes on the reference machine
# Texts that are costly to read, by what they are made of; each is repeated to SIZE.
TEXTS = {
    "marks": "\u0301\u0323",
    "spaces": "%20",
    "digits": "1",
    "signs": "%22%27%3C%40.(",
    "words": "a 1a ",
    "fields": "&a",
    "percents": "%",
}
# Pages with forms, and a field of each that people type in.
FORMS = (
    ("/contact/", "vraag"),
    ("/contact/", "email"),
    ("/contact/", "telefoon"),
    ("/profiel/roepnaam/", "nickname"),
    ("/profiel/adressen/nieuw/", "street"),
    ("/profiel/adressen/nieuw/", "number"),
    ("/uw-gegevens/zoeken/", "woorden"),
)


def measure() -> Figure:
    """Measure each form with each text; the slowest counts."""
    with scene_of(TWENTY) as scene:
        cookie = scene.sign_in()
        times = {
            f"{path} {field} {kind}": min(_held_ms(scene, cookie, path, body) for _ in range(TIMES))
            for path, field in FORMS
            for kind, body in _bodies(scene, cookie, path, field)
        }
        loop_ms = min(_calibration_ms() for _ in range(TIMES))
    worst = max(times, key=lambda name: times[name])
    return Figure(
        "loop_held_ms",
        times[worst] * CALIBRATED_MS / loop_ms,
        "ms",
        100,
        {
            "worst": worst,
            "here_ms": round_off(times[worst]),
            "loop_ms": round_off(loop_ms),
            "requests": len(times) * TIMES,
        },
    )


def _bodies(scene: Scene, cookie: str, path: str, field: str) -> Iterator[tuple[str, bytes]]:
    """Fill a page's form in, with its own hidden fields and one field that is costly."""
    with closing(scene.connect()) as connection:
        connection.request("GET", path, headers={"Cookie": f"{SESSION}={cookie}"})
        page = connection.getresponse().read().decode()
    hidden = {name: unescape(value) for name, value in browser.hidden_in(page).items()}
    start = "&".join(f"{name}={value}" for name, value in hidden.items())
    for kind, text in TEXTS.items():
        yield kind, f"{start}&{field}=a{text * (SIZE // len(text.encode()))}".encode()


def _held_ms(scene: Scene, cookie: str, path: str, body: bytes) -> float:
    """Send one form; return the milliseconds of processor that the portal's first thread took."""
    headers = {
        "Cookie": f"{SESSION}={cookie}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Sec-Fetch-Site": "same-origin",
    }
    with closing(scene.connect()) as connection:
        before = _loop_ms(scene.portal_pid)
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status >= 500:
            raise UnexpectedAnswerError(f"{path} answers {answer.status}")
        return _loop_ms(scene.portal_pid) - before


def _loop_ms(pid: int) -> float:
    """Read the processor time of a process's first thread, in milliseconds."""
    return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[0]) / 1e6


def _calibration_ms() -> float:
    started = time.thread_time()
    total = 0
    for step in range(STEPS):
        total += step
    return (time.thread_time() - started) * 1000
