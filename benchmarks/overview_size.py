"""What the number of sources does to the overview: a hundred against twenty, and fifty slow ones.

All sources are invented MAGDA ones, so that a hundred are five times the same twenty sizes.
"""

import time
from contextlib import closing

from . import browser
from .bodies import SourceMix
from .figures import Figure, median, p95, round_off
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
    ratios = [one / other for one, other in zip(hundred, twenty, strict=True)]
    return Figure(
        "overview_100_over_20",
        median(ratios),
        "ratio",
        6.0,
        {
            "cpu_ms_20": round_off(median(twenty)),
            "cpu_ms_100": round_off(median(hundred)),
            "pairs": [round_off(ratio) for ratio in ratios],
        },
    )


def measure_slow() -> Figure:
    """Measure from before the question to the page's last byte, while each of fifty sources takes 200 ms.

    The town adds the latency to its own work for fifty questions at once, which counts too.
    """
    with scene_of(SourceMix(magda=SLOW, has_real=False)) as on, closing(on.connect()) as connection:
        cookie = on.sign_in()
        for source in on.sources:
            on.turn(source, "ok", LATENCY_MS)
        on.check_asked(cookie)
        seconds = []
        for _ in range(WARM_UP + LOOKS):
            on.forget()
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
