"""One whole answer, how it is damaged, and what must hold however it was."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass

from . import damage

Harm = Callable[[bytes, random.Random], bytes]


@dataclass(frozen=True)
class Case:
    """An answer that `harm` damages; `check` reads the result, and raises where the portal fails or shows what was
    not sent.
    """

    name: str
    data: bytes
    harm: Harm
    check: Callable[[bytes], object]


def any_of(*harms: Harm) -> Harm:
    """Damage in one of these ways."""
    return lambda data, chance: chance.choice(harms)(data, chance)


def of_json(name: str, content: object, check: Callable[[bytes], object]) -> Case:
    """Make a case of a JSON answer."""
    data = json.dumps(content).encode()
    return Case(name, data, any_of(damage.harm_json, damage.harm_json, damage.harm_bytes), check)
