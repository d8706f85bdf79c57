"""The page of an uncaught error: plain words, and what people typed in a form."""

from django.test import AsyncRequestFactory

from portal.channels.site import views

KEY = "k" * 22


def failed(method, typed=None):
    request = getattr(AsyncRequestFactory(), method)("/profiel/roepnaam/", typed)
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
