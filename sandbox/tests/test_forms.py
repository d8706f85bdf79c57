"""Lists of forms: pages of them, and what is refused."""

import aiohttp
import pytest

from sandbox.faults.switches import Fault
from sandbox.tests.papers import FORMS_PATH


async def get_page(magda, **query: str) -> tuple[int, dict]:
    async with magda.get(FORMS_PATH, params=query) as answer:
        return answer.status, await answer.json(content_type=None)


async def test_list_comes_in_pages(magda):
    status, first = await get_page(magda)
    assert status == 200
    assert first["_pageMetadata"] == {"offset": 0, "size": 10, "totalItems": 12}
    assert [it["id"] for it in first["_embedded"]["items"]] == [f"f{n}" for n in range(1, 11)]
    _, last = await get_page(magda, limit="5", offset="10")
    assert last["_embedded"]["items"] == [
        {
            "id": f"f{n}",
            "productId": str(n),
            "sso": {"audience": f"f{n}"},
            "_links": {
                "embed": {"href": f"https://eerste.example/{n}?token={{TEMP_SSO_TOKEN}}", "templated": True},
                "fallback": {"href": f"https://eerste.example/{n}"},
            },
        }
        for n in (11, 12)
    ]
    assert (await get_page(magda, offset="99"))[1]["_embedded"]["items"] == []


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "101"}, {"limit": "x"}, {"offset": "-1"}, {"offset": "9" * 99}]
)
async def test_page_that_cannot_be_is_refused(magda, query):
    status, problem = await get_page(magda, **query)
    assert (status, problem["status"]) == (400, 400)


@pytest.mark.parametrize(("mode", "status"), [("503", 503), ("soap-fault", 502), ("html", 200)])
async def test_faults_meet_a_list_of_forms(magda, town, mode, status):
    town.switches["Formulieren"].put(Fault(mode))
    async with magda.get(FORMS_PATH) as answer:
        assert answer.status == status
        assert "totalItems" not in await answer.text()


async def test_list_may_break_off(magda, town):
    town.switches["Formulieren"].put(Fault("reset"))
    with pytest.raises(aiohttp.ClientError):
        await get_page(magda)
