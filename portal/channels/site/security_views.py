"""How to report a vulnerability: a page for people, and `security.txt` (RFC 9116) for programs.

Source: https://www.rfc-editor.org/rfc/rfc9116. The file is not signed, and names no key, for reports are not
encrypted.
"""

from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from portal.platform.access.guards import anyone
from portal.platform.access.types import Request
from portal.platform.language import offer

MEDIA = "text/plain; charset=utf-8"
# The file is valid until the end of the next month. On a portal that runs it never expires, and a copy of it soon
# does: the RFC (2.5.5) recommends less than a year.
LONGEST_MONTH = timedelta(days=31)


@require_safe
@anyone
async def security_txt(request: Request) -> HttpResponse:
    """Give `security.txt` of today."""
    return HttpResponse(text(datetime.now(UTC).date()), content_type=MEDIA)


@require_safe
@anyone
async def disclosure(request: Request) -> HttpResponse:
    """Say what may be tried on this portal, how to report a vulnerability, and what we do then."""
    context = {
        "email": settings.SECURITY_EMAIL,
        "days": settings.SECURITY_ANSWER_DAYS,
        "origin": settings.PORTAL_ORIGIN,
    }
    return render(request, "site/disclosure.html", context)


def text(today: date) -> str:
    """Write `security.txt` as it is on a day."""
    lines = [
        f"Contact: mailto:{settings.SECURITY_EMAIL}",
        f"Expires: {expiry(today).isoformat()}T00:00:00Z",
        f"Preferred-Languages: {', '.join(offer.names())}",
        f"Canonical: {settings.PORTAL_ORIGIN}{reverse('site:security_txt')}",
        f"Policy: {settings.PORTAL_ORIGIN}{reverse('site:disclosure')}",
    ]
    return "\n".join([*lines, ""])


def expiry(today: date) -> date:
    """Give the day on which the file of a day expires: the first of the month after the next."""
    in_next_month = today.replace(day=1) + LONGEST_MONTH
    return (in_next_month.replace(day=1) + LONGEST_MONTH).replace(day=1)
