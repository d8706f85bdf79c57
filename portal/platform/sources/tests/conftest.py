"""Fixtures: a source inside this process, and a maker of datasets that ask it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from portal.platform.sources.catalogue import DatasetEntry

from .in_process import Source, maker


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def town(tmp_path: Path) -> Callable[..., DatasetEntry]:
    return maker(tmp_path)
