"""A measured figure, its line of JSON, and the arithmetic of samples."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Figure:
    """A value in `unit` that should be at most `target`; `more` holds further figures of the same run."""

    name: str
    value: float
    unit: str
    target: float
    more: dict[str, object] = field(default_factory=dict)

    def line(self) -> str:
        """Write it as one line of JSON."""
        said = {
            "name": self.name,
            "value": rounded(self.value),
            "unit": self.unit,
            "target": self.target,
            "holds": self.value <= self.target,
            **self.more,
        }
        return json.dumps(said)


def rounded(value: float) -> float:
    """Round to two decimals: no measurement here is surer than that."""
    return round(value, 2)


def median(samples: Sequence[float]) -> float:
    """Take the middle one."""
    return statistics.median(samples)


def p95(samples: Sequence[float]) -> float:
    """Take the value that 95 in 100 samples do not pass; needs at least two samples."""
    return statistics.quantiles(samples, n=20, method="inclusive")[-1]
