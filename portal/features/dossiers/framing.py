"""What every template of dossiers has at hand: words for phases and kinds, and which texts can be led to."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils import timezone

from portal.platform.ui import ways

from . import addresses, arranging, rules, wording


def at_hand() -> Mapping[str, Any]:
    """Give it."""
    return {
        "overview": addresses.overview(),
        "kind_words": wording.KINDS,
        "phase_words": wording.PHASES,
        "phone_of": ways.phone_of,
        "mailbox_of": ways.mailbox_of,
        "link_of": ways.link_of,
        "most": arranging.MOST_SHOWN,
        "is_over": partial(rules.is_over, today=timezone.localdate()),
    }
