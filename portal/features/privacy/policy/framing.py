"""What the pages of the policy have around them."""

from django.urls import reverse
from django.utils.translation import gettext_noop as _

PRIVACY = _("Privacy")


def crumbs(title: str, href: str = "", below: str = "") -> list[dict[str, str]]:
    """Say where a page below the policy stands; below: the title of a page below that one."""
    first = [{"title": PRIVACY, "href": reverse("privacy:policy")}, {"title": title, "href": href}]
    return [*first, {"title": below, "href": ""}] if below else first
