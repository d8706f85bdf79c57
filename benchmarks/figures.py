"""A measured figure, its line of JSON, and the arithmetic of samples."""

import json
import platform
import statistics
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass, field


class LeftOutError(Exception):
    """A benchmark needs something from the environment that is not set; the message says what."""


@dataclass(frozen=True)
class Figure:
    """A value in `unit` that should be at most `target`, or with `least` at least. more: further figures."""

    name: str
    value: float
    unit: str
    target: float
    more: dict[str, object] = field(default_factory=dict)
    least: bool = False

    def line(self) -> str:
        """Write the figure as one line of JSON."""
        values = {
            "name": self.name,
            "value": round_off(self.value),
            "unit": self.unit,
            "target": self.target,
            "holds": self.value >= self.target if self.least else self.value <= self.target,
            **self.more,
            "python": interpreter(),
        }
        return json.dumps(values)


def interpreter() -> str:
    """Name the Python that runs this, and whether it was built with profile-guided optimisation (`bootstrap.sh`)."""
    options = sysconfig.get_config_var("CONFIG_ARGS") or ""
    is_optimised = "--enable-optimizations" in options or "=/usr/share/python-wheels" in options
    kind = "optimised" if is_optimised else "not optimised"
    return f"{platform.python_version()}, {kind}"


def round_off(value: float) -> float:
    """Round to two decimals: no measurement here is more precise."""
    return round(value, 2)


def median(samples: Sequence[float]) -> float:
    """Give the median."""
    return statistics.median(samples)


def ratios(numerators: Sequence[float], denominators: Sequence[float]) -> list[float]:
    """Divide each number by the other of its pair; the sequences must be equally long."""
    return [numerator / denominator for numerator, denominator in zip(numerators, denominators, strict=True)]


def quartiles(samples: Sequence[float]) -> list[float]:
    """Give the three quartiles, rounded; needs at least two samples."""
    return [round_off(each) for each in statistics.quantiles(samples, n=4, method="inclusive")]


def p95(samples: Sequence[float]) -> float:
    """Give the 95th percentile; needs at least two samples."""
    return statistics.quantiles(samples, n=20, method="inclusive")[-1]
