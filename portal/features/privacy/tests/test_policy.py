"""The policy: its versions are read whole or refused at the start, and its pages say who decides."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import AsyncClient, override_settings

from portal.features.privacy import authorities
from portal.features.privacy.policy import checks, data_controller, reading
from portal.features.privacy.policy.reading import FOLDER, PolicyError, read
from portal.platform.access import storage
from portal.platform.language import offer
from portal.platform.language.current import speaking
from portal.platform.language.translations import InDutch
from portal.platform.ui import markup


async def get_page(path: str, status: int = 200, language: str = "") -> str:
    browser = AsyncClient()
    if language:
        browser.cookies["__Host-mbp-taal"] = language
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        answer = await browser.get(path)
    assert answer.status_code == status
    return answer.content.decode()


async def test_the_policy_shows_who_decides_every_section_and_all_that_is_kept_in_a_browser(database):
    page = await get_page("/privacy/")
    for said in data_controller.configured_controller().__struct_fields__:
        assert getattr(data_controller.configured_controller(), said) in page
    for section in reading.in_force(datetime.now(UTC)).sections:
        # The anchor stands inside the fold, or a browser would not open it for a link that leads there.
        assert page.count(f'<div id="{section.id}">') == 1
        assert f"{markup.hyphenate(section.title)}</h2></summary>" in page
    for authority in authorities.list_authorities():
        assert authority.email in page
    annex = page.split('id="bijlage-2"')[1]
    for declared in storage.declarations():
        for name in declared.names:
            assert annex.count(f'<span class="exact">{name}</span>') == 1
    # No banner asks for consent to cookies: nothing here needs one, and the page says so.
    assert "Daarom vragen wij u er ook geen toestemming voor." in page
    assert '<a href="/privacy/">' in await get_page("/cookies/")


async def test_the_policy_is_english_for_whoever_reads_english(database):
    page = (await get_page("/privacy/", language="en")).split("<main")[1].split("</main>")[0]
    # Names of services are Dutch everywhere, and marked so; our own text is not.
    assert "Data protection officer" in page
    with speaking("en"):
        version = reading.newest()
    assert [section.id for section in version.sections if section.is_in_dutch] == []
    assert [section.id for section in version.sections if isinstance(section.title, InDutch)] == []
    links = {
        language: [reading.targets(section) for section in read(FOLDER, language)[-1].sections]
        for language in offer.names()
    }
    assert links["en"] == links["nl"]


async def test_every_version_can_be_read_and_no_other(database):
    listed = await get_page("/privacy/versies/")
    for version in reading.versions():
        href = f"/privacy/versies/{version.number}/"
        assert f'href="{href}"' in listed
        assert version.sections[0].title in await get_page(href)
    for number in (0, len(reading.versions()) + 1, 10**30):
        await get_page(f"/privacy/versies/{number}/", status=404)


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("[[sections]]", "[[sections]", "1.toml"),
        ("from = ", "since = ", "1.toml"),
        ("from = 2026-11-30", 'from = "gisteren"', "Invalid"),
        ("[[sections]]", "[[delen]]", "Cannot overwrite"),
        ('id = "wie"', 'id = "waarover"', "'waarover' stands in it twice"),
        ('id = "wie"', 'id = "Wie wij"', "regex"),
        ('part = "controller"', 'part = "baas"', "no part 'baas'"),
        ("(#wie)", "(#wij)", "'#wij', which is no section"),
        ("(hulp:waar-aanmelden)", "(http://voorbeeld.be)", "leads nowhere"),
        ("[sections.en]\ntitle", "[sections.en]\nid", "`id` is no text"),
        ("[sections.en]", "[sections.xx]", "unknown field `xx`"),
        ("- om iets te verbeteren", "om iets te verbeteren", "without its mark"),
    ],
)
def test_damaged_version_refuses_to_start(tmp_path, was, becomes, said):
    folder = Path(shutil.copytree(FOLDER, tmp_path / "versions"))
    text = (folder / "1.toml").read_text("utf-8")
    assert was in text
    (folder / "1.toml").write_text(text.replace(was, becomes, 1), "utf-8")
    with pytest.raises(PolicyError, match=said):
        read(folder)
    with override_settings(POLICY_FOLDER=str(folder)):
        (found,) = checks.policy_can_be_read()
    assert found.id == "portal.E065"
    assert "1.toml" in found.msg


@pytest.mark.parametrize(
    ("was", "becomes"),
    [("(hulp:waar-aanmelden)", "(hulp:nergens)"), ("(plaats:profile:profile)", "(plaats:profile:nergens)")],
)
def test_link_that_leads_nowhere_is_found_at_the_start(tmp_path, was, becomes):
    folder = Path(shutil.copytree(FOLDER, tmp_path / "versions"))
    text = (folder / "1.toml").read_text("utf-8")
    assert was in text
    (folder / "1.toml").write_text(text.replace(was, becomes, 1), "utf-8")
    with override_settings(POLICY_FOLDER=str(folder)):
        (found,) = checks.policy_can_be_read()
    assert found.msg == f"1.toml leads to {becomes[1:-1]!r}, which is no page here."


def test_versions_follow_one_another(tmp_path):
    folder = Path(shutil.copytree(FOLDER, tmp_path / "versions"))
    (folder / "9.toml").write_text((folder / "1.toml").read_text("utf-8"), "utf-8")
    with pytest.raises(PolicyError, match="without a gap"):
        read(folder)
    last = len(reading.versions()) + 1
    written = (folder / "1.toml").read_text("utf-8").replace("from = 2026", "from = 2019")
    (folder / "9.toml").rename(folder / f"{last}.toml").write_text(written, "utf-8")
    with pytest.raises(PolicyError, match=rf"{last}.toml: `from` is before that of version {last - 1}"):
        read(folder)
    with pytest.raises(PolicyError, match="is no folder"):
        read(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"DPO_EMAIL": ""}, "DPO_EMAIL is not set, and the policy has to say it."),
        ({"DPO_EMAIL": "niemand"}, "DPO_EMAIL is no address that mail can go to."),
        ({"CONTROLLER_KBO": "0316.380.842"}, "CONTROLLER_KBO is no enterprise number: write it as 0316.380.841."),
        ({"CONTROLLER_NAME": ""}, "CONTROLLER_NAME is not set, and the policy has to say it."),
        ({"CHARTER_URL": ""}, "CHARTER_URL is not set, and the policy has to say it."),
    ],
)
def test_start_says_what_is_missing_of_who_decides(given, said):
    assert checks.data_controller_is_named() == []
    with override_settings(**given):
        (found,) = checks.data_controller_is_named()
    assert (found.id, found.msg) == ("portal.E064", said)


def test_enterprise_number_is_known_by_its_check_digits():
    told = {written: data_controller.is_enterprise_number(written) for written in ("0316.380.841", "0316380841")}
    assert told == {"0316.380.841": True, "0316380841": True}
    for written in ("0316.380.840", "316.380.841", "0316.380.8411", "BE 0316.380.841", "٠316.380.841", ""):
        assert not data_controller.is_enterprise_number(written)
