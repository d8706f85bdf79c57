"""Addresses of signing in and out, for other rooms (`ui.links`).

back_to: the path of the page that somebody is led to afterwards.
"""

from functools import cache

from django.urls import reverse

from portal.platform.access import return_path


def sign_in(back_to: str = "") -> str:
    """Give the address where somebody signs in."""
    return _with_return(_address("sign_in"), back_to)


def sign_in_anew(back_to: str) -> str:
    """Give the address where somebody who is signed in shows again, at the provider, who they are."""
    return _with_return(f"{_address('sign_in')}?opnieuw=1", back_to)


def why_sign_in_again(back_to: str) -> str:
    """Give the address of the page that says why somebody must show again who they are."""
    return _with_return(_address("sign_in_again"), back_to)


def sign_out() -> str:
    """Give the address to which a form posts to sign out; opened as a page it asks for confirmation."""
    return _address("sign_out")


def session_ended(back_to: str) -> str:
    """Give the address of the page that says that a session ended by itself."""
    return _with_return(f"{_address('signed_out')}?verlopen=1", back_to)


def signed_out() -> str:
    """Give the address of the page that says that somebody is signed out."""
    return _address("signed_out")


def extend_session() -> str:
    """Give the address to which a form posts to let a session last longer."""
    return _address("extend")


def own_sessions() -> str:
    """Give the address of the list of one's sessions."""
    return _address("own_sessions")


def return_from_provider() -> str:
    """Give the address to which the provider sends somebody back."""
    return _address("come_back")


def _with_return(address: str, back_to: str) -> str:
    return return_path.with_path(address, back_to) if back_to else address


@cache
def _address(name: str) -> str:
    return str(reverse(f"entry:{name}"))
