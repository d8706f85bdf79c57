"""Say on any page whom to turn to: one way of saying it for every feature."""

from typing import Literal

from django.template.loader import get_template
from django.utils.safestring import mark_safe

from .desks import Desk

About = Literal["you", "child", "child_who_died"]


def in_words(desk: Desk, about: About = "you") -> str:
    """Render whom to turn to, of whoever reads or of a child of theirs, as a part of a page."""
    rendered = get_template("municipalities/_desk.html").render({"desk": desk, "about": about})
    words: str = mark_safe(rendered)  # noqa: S308 - our template escaped it
    return words
