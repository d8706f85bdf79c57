"""The breadcrumbs of the pages below the policy."""

from django.urls import reverse
from django.utils.translation import gettext_noop as _

PRIVACY = _("Privacy")


def crumbs(title: str, href: str = "", below: str = "") -> list[dict[str, str]]:
    """Give the breadcrumbs of a page below the policy, or of a page below that one (`below`: its title)."""
    first = [{"title": PRIVACY, "href": reverse("privacy:policy")}, {"title": title, "href": href}]
    return [*first, {"title": below, "href": ""}] if below else first
