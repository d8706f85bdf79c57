"""What a page says of a document that it hands over, and the mail with which people send it on."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext as _

from portal.platform.language import dates
from portal.platform.seals.types import Judgement, Verdict
from portal.platform.ui.links import links

from . import wording


def verdict_in_words(judgement: Judgement) -> Mapping[str, Any]:
    """Give the context of a verdict in words: what it is, why, when the document was sealed, and what that means."""
    return {
        "judgement": judgement,
        "is_valid": judgement.verdict is Verdict.VALID,
        "verdict": wording.verdict(judgement),
        "because": wording.why_so(judgement),
        "means": wording.MEANS.get(judgement.verdict, ""),
        "sealed_at": dates.moment(judgement.sealed_at) if judgement.sealed_at else "",
    }


def check_address() -> str:
    """Write the full address of the page that checks documents; "" where this portal has none."""
    path = links.check_document()
    return f"{settings.PORTAL_ORIGIN}{path}" if path else ""


def mail_link(title: str) -> str:
    """Write a `mailto:` link with a text to send a document on; the citizen adds recipient, name and attachment."""
    check = check_address()
    lines = [
        _("Goeiedag,"),
        _("In bijlage vindt u: %(title)s.") % {"title": title},
        *([_("Of het echt is, kunt u zelf nakijken op %(address)s.") % {"address": check}] if check else []),
        _("Met vriendelijke groet"),
    ]
    body = "\r\n\r\n".join(lines)
    return f"mailto:?subject={quote(title)}&body={quote(body)}"
