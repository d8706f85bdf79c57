"""Render whom to turn to when the register is wrong, in the same words on every page."""

from typing import Literal

from django.template.loader import get_template
from django.utils.safestring import mark_safe

from .desks import Desk

DeskPerson = Literal["you", "child", "child_who_died"]


def render_desk(desk: Desk, about: DeskPerson = "you") -> str:
    """Render a desk as HTML for a part of a page. about: whose desk it is, the reader's or that of their child."""
    rendered = get_template("municipalities/_desk.html").render({"desk": desk, "about": about})
    words: str = mark_safe(rendered)  # noqa: S308 - our template escaped it
    return words
