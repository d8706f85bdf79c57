"""A measured figure, its line of JSON, and the arithmetic of samples."""

import json
import platform
import statistics
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass, field


class LeftOutError(Exception):
    """A figure needs something that was not given; the message says what."""


@dataclass(frozen=True)
class Figure:
    """A value in `unit` that should be at most `target`; `more` holds further figures of the same run.

    least: it should be at least `target`.
    """

    name: str
    value: float
    unit: str
    target: float
    more: dict[str, object] = field(default_factory=dict)
    least: bool = False

    def line(self) -> str:
        """Write it as one line of JSON."""
        said = {
            "name": self.name,
            "value": round_off(self.value),
            "unit": self.unit,
            "target": self.target,
            "holds": self.value >= self.target if self.least else self.value <= self.target,
            **self.more,
            "python": interpreter(),
        }
        return json.dumps(said)


def interpreter() -> str:
    """Name the Python that runs this, and whether it was built with profile-guided optimisation."""
    options = sysconfig.get_config_var("CONFIG_ARGS") or ""
    kind = "optimised" if "--enable-optimizations" in options else "not optimised"
    return f"{platform.python_version()}, {kind}"


def round_off(value: float) -> float:
    """Round to two decimals: no measurement here is surer than that."""
    return round(value, 2)


def median(samples: Sequence[float]) -> float:
    """Take the middle one."""
    return statistics.median(samples)


def ratios(ones: Sequence[float], others: Sequence[float]) -> list[float]:
    """Divide each of the ones by the other of its pair."""
    return [one / other for one, other in zip(ones, others, strict=True)]


def quartiles(samples: Sequence[float]) -> list[float]:
    """Cut samples into four parts, and give the three rounded values between them; needs at least two samples."""
    return [round_off(each) for each in statistics.quantiles(samples, n=4, method="inclusive")]


def p95(samples: Sequence[float]) -> float:
    """Take the value that 95 in 100 samples do not pass; needs at least two samples."""
    return statistics.quantiles(samples, n=20, method="inclusive")[-1]
