"""How the number of sources changes the overview: a hundred against twenty, and fifty slow ones.

All sources are invented MAGDA ones, so that a hundred are five times the same twenty sizes.
"""

import time
from contextlib import closing

from . import browser
from .bodies import SourceMix
from .figures import Figure, median, p95, ratios, round_off
from .sampling import portal_cpu_ms
from .scene import scene_of

PAIRS = 5
WARM_UP = 10
OF_TWENTY, OF_HUNDRED = 50, 15  # overviews a sample
SLOW, LATENCY_MS = 50, 200
LOOKS = 30


def measure_hundred() -> Figure:
    """Measure five alternating pairs in two houses: processor time of an overview of 100 over one of 20."""
    with (
        scene_of(SourceMix(magda=20, has_real=False)) as few,
        scene_of(SourceMix(magda=100, has_real=False, steps=20)) as many,
        closing(few.connect()) as to_few,
        closing(many.connect()) as to_many,
    ):
        cookie_few, cookie_many = few.sign_in(), many.sign_in()
        portal_cpu_ms(few, few.portal_pid, to_few, cookie_few, WARM_UP)
        portal_cpu_ms(many, many.portal_pid, to_many, cookie_many, WARM_UP)
        few.check_asked(cookie_few)
        many.check_asked(cookie_many)
        twenty, hundred = [], []
        for _ in range(PAIRS):
            twenty.append(portal_cpu_ms(few, few.portal_pid, to_few, cookie_few, OF_TWENTY)[0])
            hundred.append(portal_cpu_ms(many, many.portal_pid, to_many, cookie_many, OF_HUNDRED)[0])
    pairs = ratios(hundred, twenty)
    return Figure(
        "overview_100_over_20",
        median(pairs),
        "ratio",
        6.0,
        {
            "cpu_ms_20": round_off(median(twenty)),
            "cpu_ms_100": round_off(median(hundred)),
            "pairs": [round_off(ratio) for ratio in pairs],
        },
    )


def measure_slow() -> Figure:
    """Measure an overview of fifty sources of 200 ms, from before the request to the page's last byte.

    The town adds the latency to its own work for fifty questions at once, so that this work counts too.
    """
    with scene_of(SourceMix(magda=SLOW, has_real=False)) as scene, closing(scene.connect()) as connection:
        cookie = scene.sign_in()
        for source in scene.sources:
            scene.turn(source, "ok", LATENCY_MS)
        scene.check_asked(cookie)
        seconds = []
        for _ in range(WARM_UP + LOOKS):
            scene.forget()
            started = time.perf_counter()
            browser.overview(connection, cookie, SLOW)
            seconds.append(time.perf_counter() - started)
    seconds = seconds[WARM_UP:]
    return Figure(
        "overview_50x200ms_s",
        median(seconds),
        "s",
        0.5,
        {"p95": round_off(p95(seconds)), "max": round_off(max(seconds)), "samples": len(seconds)},
    )
