"""Find the JSON answer for a person: `rest/BODY.DATASET/INSZ.json` in the samples and in the simulators' folders.

Instead of it, `INSZ.problem.json` is a sample of a failure: `{"status": 502, "problem": {...}}`; `INSZ.204`, an empty
file, stands for an answer without content.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import msgspec


class Problem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold a sample of a failure: the HTTP status (400 to 599) and the members of its problem+json."""

    status: Annotated[int, msgspec.Meta(ge=400, le=599)]
    problem: dict[str, Any]


def sample(roots: Iterable[Path], datasets: Iterable[str], number: str) -> bytes | Problem | None:
    """Give the first answer about a national number in these folders and datasets (BODY.DATASET), or None.

    Raises msgspec.DecodeError when a sample is no JSON, or a failure has another form than above.
    """
    names = tuple(datasets)
    for root in roots:
        for name in names:
            if _content(root / "rest" / name / f"{number}.204") is not None:
                return None
            if (failure := _content(root / "rest" / name / f"{number}.problem.json")) is not None:
                return msgspec.json.decode(failure, type=Problem)
            if (content := _content(root / "rest" / name / f"{number}.json")) is not None:
                msgspec.json.decode(content)
                return content
    return None


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError:
        return None
