"""What every template of dossiers can use: words for phases and kinds, and functions that make links of texts."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.utils import timezone

from portal.platform.ui import ways

from . import addresses, arranging, rules, wording


def shared_context() -> Mapping[str, Any]:
    """Give the part of a template's context that all pages of dossiers share."""
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
