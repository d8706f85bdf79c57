"""How to tell us of a weakness: a page for people, and `security.txt` (RFC 9116) for programs.

Source: https://www.rfc-editor.org/rfc/rfc9116. It is not signed, and names no key: nobody here reads by one.
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
# The file holds until the end of the next month: never over on a portal that runs, and much less than the year that
# the RFC recommends. Whoever looks later finds a newer one; of a portal that is gone, none that still seems to hold.
LONGEST_MONTH = timedelta(days=31)


@require_safe
@anyone
async def security_txt(request: Request) -> HttpResponse:
    """Say to programs where weaknesses can be reported."""
    return HttpResponse(text(datetime.now(UTC).date()), content_type=MEDIA)


@require_safe
@anyone
async def disclosure(request: Request) -> HttpResponse:
    """Say what may be tried out here, how to report what was found, and what we then do."""
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
        f"Expires: {until(today).isoformat()}T00:00:00Z",
        f"Preferred-Languages: {', '.join(offer.names())}",
        f"Canonical: {settings.PORTAL_ORIGIN}{reverse('site:security_txt')}",
        f"Policy: {settings.PORTAL_ORIGIN}{reverse('site:disclosure')}",
    ]
    return "\n".join([*lines, ""])


def until(today: date) -> date:
    """Give the first day on which what is said today no longer holds: that of the month after the next."""
    in_next_month = today.replace(day=1) + LONGEST_MONTH
    return (in_next_month.replace(day=1) + LONGEST_MONTH).replace(day=1)
