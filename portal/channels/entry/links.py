"""Where others find the pages of signing in and out. `back_to`: the page that somebody is led to afterwards."""

from functools import cache

from django.urls import reverse

from portal.platform.access import return_path


def sign_in(back_to: str = "") -> str:
    """Lead to the way in."""
    return _with(_address("sign_in"), back_to)


def sign_in_anew(back_to: str) -> str:
    """Lead to the way in for whoever is signed in already: the provider asks them again who they are."""
    return _with(f"{_address('sign_in')}?opnieuw=1", back_to)


def why_sign_in_again(back_to: str) -> str:
    """Lead to the page that says why whoever is signed in must show once more who they are."""
    return _with(_address("sign_in_again"), back_to)


def sign_out() -> str:
    """Lead to where a form signs somebody out; opened as a page it asks whether they mean it."""
    return _address("sign_out")


def session_ended(back_to: str) -> str:
    """Lead to the page that says that a session ended by itself."""
    return _with(f"{_address('signed_out')}?verlopen=1", back_to)


def signed_out() -> str:
    """Lead to the page that says that somebody is signed out."""
    return _address("signed_out")


def extend_session() -> str:
    """Lead to where a form lets a session last longer."""
    return _address("extend")


def own_sessions() -> str:
    """Lead to the list of where somebody is signed in."""
    return _address("own_sessions")


def return_from_provider() -> str:
    """Lead to where the provider sends somebody back."""
    return _address("come_back")


def _with(address: str, back_to: str) -> str:
    return return_path.with_path(address, back_to) if back_to else address


@cache
def _address(name: str) -> str:
    return str(reverse(f"entry:{name}"))
