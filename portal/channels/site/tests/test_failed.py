"""The page of an uncaught error: plain words, and what people typed in a form."""

import re

import pytest
from django.test import AsyncRequestFactory

from portal.channels.site import views
from portal.platform.database.pool import DatabaseBusy

KEY = "k" * 22


def failed(method, typed=None, path="/profiel/roepnaam/"):
    request = getattr(AsyncRequestFactory(), method)(path, typed)
    request.session, request.session_trouble = None, None
    request.correlation_id, request.csp_nonce, request.resolver_match = "0123", "", None
    answer = views.server_error(request)
    return answer.status_code, answer.content.decode()


def test_form_that_met_a_failure_of_ours_comes_back_with_what_was_typed():
    status, page = failed("post", {"form_key": KEY, "roepnaam": "Zon"})
    assert status == 500
    for part in ("het ligt niet aan u", ">0123<", 'name="roepnaam" value="Zon"', f'name="form_key" value="{KEY}"'):
        assert part in page


def test_page_that_failed_says_so_and_gives_its_number():
    status, page = failed("get")
    assert status == 500
    assert ("Het ligt niet aan u" in page, "0123" in page, "<form" in page.partition("<main")[2]) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize(
    ("asked", "again"),
    [
        ("/zoeken/?woord=caf%C3%A9&pagina=2", "/zoeken/?woord=caf%C3%A9&amp;pagina=2"),
        ("/thema/wat%3F/", "/thema/wat%3F/"),
        # The code of a return is used up, or too old by then.
        ("/aanmelden/terug/?code=abc&state=def", "/aanmelden/"),
    ],
)
def test_who_met_a_database_that_is_too_busy_tries_the_same_again(asked, again):
    try:
        raise DatabaseBusy
    except DatabaseBusy:
        status, page = failed("get", path=asked)
    assert (status, re.findall(r'class="button" href="([^"]*)"', page.partition("<main")[2])) == (503, [again])
