"""Every cookie that the cookie page lists as ours is really set, by what it is for; what signing in sets is listed.

That no page sets or keeps anything else, and asks nothing elsewhere, `test_every_page` sees on each of them.
"""

import pytest

from .kept import STORED, find_undeclared, is_in, ours


async def test_each_cookie_of_ours_is_set_and_no_other(visitor, persona):
    seen: set[str] = set()

    async def note(response) -> None:
        if response.url.startswith(visitor.house.portal):
            said = await response.headers_array()
            seen.update(one["value"].partition("=")[0] for one in said if one["name"].lower() == "set-cookie")

    visitor.page.on("response", note)
    await visitor.signs_in_by_hand(persona.complete)
    await visitor.opens("/cookies/")
    await visitor.page.get_by_role("button", name="English").first.click()
    await visitor.page.locator("html[lang=en]").wait_for()
    assert [each.names for each in ours() if not any(is_in(name, [each]) for name in seen)] == []
    assert [name for name in seen if not is_in(name, ours())] == []
    assert find_undeclared(await visitor.page.context.cookies()) == []
    assert await visitor.page.evaluate(STORED) == []


@pytest.mark.parametrize("name", ["_ga", "__Host-mbp-sessie2", "mbp-taal "])
def test_cookie_that_is_not_listed_is_found(name: str):
    assert find_undeclared([{"domain": "localhost", "name": name}]) == [f"localhost {name}"]
    # One of the provider's, at our host, is none of ours.
    assert find_undeclared([{"domain": "localhost", "name": "PD-H-SESSION-ID"}]) != []
