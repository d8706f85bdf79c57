"""A load that a browser makes beforehand does nothing, at no address."""

import pytest
from django.http import HttpResponse
from django.test import AsyncRequestFactory

from portal.config import speculation

pytestmark = pytest.mark.security


@speculation.middleware
async def site(request):
    return HttpResponse("done")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Sec-Purpose", "prefetch"),
        ("Sec-Purpose", "prefetch;prerender"),
        ("Sec-Purpose", "prefetch;anonymous-client-ip"),
        ("Sec-Purpose", "prerender"),
        ("Sec-Purpose", "Prefetch, prefetch"),
        ("Purpose", "prefetch"),
        ("Purpose", "Preview"),
        ("X-Purpose", "preview"),
        ("X-Moz", "prefetch"),
    ],
)
async def test_speculative_load_is_refused(name, value):
    answer = await site(AsyncRequestFactory().get("/aanmelden/", headers={name: value}))
    assert (answer.status_code, answer.content) == (503, speculation.REFUSAL.encode())


@pytest.mark.parametrize("headers", [{}, {"Sec-Purpose": ""}, {"Sec-Purpose": "navigate"}, {"X-Other": "prefetch"}])
async def test_load_that_somebody_asked_for_goes_on(headers):
    answer = await site(AsyncRequestFactory().get("/aanmelden/", headers=headers))
    assert (answer.status_code, answer.content) == (200, b"done")
