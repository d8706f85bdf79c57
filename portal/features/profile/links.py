"""Addresses of what somebody gives us themselves, and of its forms, for other rooms (`ui.links`)."""

from functools import cache

from django.urls import reverse


@cache
def nickname() -> str:
    """Lead to where one chooses or changes a nickname."""
    return str(reverse("profile:nickname"))


@cache
def emails() -> str:
    """Lead to where one gives, chooses and removes e-mail addresses."""
    return f"{reverse('profile:profile')}#e-mail"


@cache
def dismiss() -> str:
    """Lead a form to where something that asks for attention is dismissed: `melding`, a sealed `types.Dismissal`."""
    return str(reverse("profile:dismiss"))


@cache
def show_again() -> str:
    """Lead a form to where a dismissal is taken back."""
    return str(reverse("profile:show_again"))
