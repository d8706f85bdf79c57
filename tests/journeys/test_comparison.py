"""Two versions of the policy side by side, as people see it: there is one version, so a test brings another."""

from pathlib import Path

from django.test import override_settings

from portal.features.privacy.policy import reading
from portal.features.privacy.tests.test_policy import get_page
from portal.features.privacy.tests.test_versions import another_version

from .looks import in_each_look, look_enlarged, on_paper
from .nu import messages


async def test_comparison_is_fit_for_everyone(visitor, database, tmp_path: Path):
    with override_settings(POLICY_FOLDER=str(another_version(tmp_path))):
        last = len(reading.versions())
        address = f"/privacy/versies/{last - 1}/{last}/"
        page = await get_page(address)
    assert page.count("<ins>") > 1
    # The portal that runs has no such version: its own styles are laid on what this process rendered.
    await visitor.page.route(f"**{address}", lambda route: route.fulfill(body=page, content_type="text/html"))
    await visitor.opens(address)
    assert await visitor.page.evaluate("document.styleSheets.length") > 1
    wrong = [each for looks in (in_each_look, on_paper, look_enlarged) for each in await looks(visitor.page)]
    assert wrong == []
    assert await messages({address: page}) == []
