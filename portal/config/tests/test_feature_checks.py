"""What a feature declares is refused at the start when it is not there, or takes what is another's."""

import re

import pytest
from django.urls import get_resolver

from portal.config import feature_checks
from portal.config.url_table import may_overlap
from portal.platform.access import cookies
from portal.platform.feature.home import Block, Rule
from portal.platform.feature.types import CookieDeclaration, Feature, MachineAnswer, MachineOperation, Place
from portal.platform.mail.types import MailContent


async def nothing(_):
    return {}


class Given(MailContent, frozen=True, tag="given"):
    subject = "Gegeven"
    words = "profile/mail/confirm_address.txt"


class GivenAgain(MailContent, frozen=True, tag="given"):
    subject = "Gegeven"
    words = "profile/mail/nowhere.txt"


class Unkept(MailContent, frozen=True):
    subject = "Gegeven"
    words = "profile/mail/confirm_address.txt"


def feature(**declared) -> Feature:
    return Feature(package="portal.features.profile", **declared)


def cookie(name: str, **more) -> CookieDeclaration:
    given = {"component": "", "purpose": "", "type": "Cookie", "domain": cookies.OUR_HOST, "processor": ""}
    return CookieDeclaration(names=(name,), validity="", **given | more)


@pytest.mark.parametrize(
    ("first", "second", "meet"),
    [
        ("hulp/", "hulp/", True),
        ("hulp/<slug:slug>/", "hulp/x/", True),
        ("<slug:any>/", "cookies/", True),
        ("<slug:any>/", "verbeteren/melding/", False),
        ("static/<path:file>", "static/", True),
        ("static/<path:file>", "static/a/b/c/", True),
        ("<path:all>", "", True),
        ("parkeren/", "", False),
        ("parkeren/", "parkeren/nieuw/", False),
        ("parkeren/<path:all>", "hulp/parkeren/", False),
        ("api/<str:reference>/status", "api/verbeteringen/<str:reference>", True),
        ("hulp/<slug:slug>/", "hulp/twee.woorden/", False),
        ("hulp/<slug:slug>.txt", "hulp/x/", False),
        ("hulp/<slug:slug>.txt", "hulp/x.txt", True),
        ("hulp/<slug>/", "hulp/twee.woorden/", True),
        ("uw-gegevens/<theme:theme>/", "uw-gegevens/werk/", True),
        ("uw-gegevens/<theme:theme>/", "uw-gegevens/contactvoorkeuren/", False),
        ("uw-gegevens/<theme:theme>/", "uw-gegevens/<slug:any>/", True),
        ("sessies/<uuid:id>/", "sessies/beeindigen/", False),
    ],
)
def test_routes_that_may_match_one_address_are_found(first, second, meet):
    assert get_resolver().url_patterns  # which registers the converters of features
    assert (may_overlap(first, second), may_overlap(second, first)) == (meet, meet)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({"img-src": ("https://kaart.example", "https://a.kaart.example:8443", "http://127.0.0.1:8100")}, []),
        ({"script-src": ("https://kaart.example",)}, ["'profile' asks for script-src in the content policy."]),
        ({"style-src": ()}, ["'profile' asks for style-src in the content policy."]),
        ({"frame-ancestors": ()}, ["'profile' asks for frame-ancestors in the content policy."]),
        ({"default-src": ()}, ["'profile' asks for default-src in the content policy."]),
        *(
            ({"img-src": (origin,)}, [f"'profile' asks for {origin!r} in the content policy."])
            for origin in (
                "*",
                "https:",
                "data:",
                "'unsafe-inline'",
                "'nonce-NONCE'",
                "https://*.example",
                "https://kaart.example/",
                "https://kaart.example; script-src *",
                "https://kaart.example *",
                "http://kaart.example",
                "",
            )
        ),
    ],
)
def test_policy_is_widened_by_named_origins_and_never_for_code(policy, said):
    assert [problem.msg for problem in feature_checks.wrong_policies([feature(policy=policy)])] == said


def test_kinds_of_mail_that_are_none_or_would_be_read_as_another_are_named():
    found = feature_checks.wrong_mails([feature(mails=(Given, GivenAgain, Unkept, Block))])
    assert [problem.msg for problem in found] == [
        "profile's GivenAgain and profile's Given are both kept under the tag 'given'.",
        "'profile' names the template 'profile/mail/nowhere.txt', which is not there.",
        "profile's Unkept is no kind of mail.",
        "profile's Block is no kind of mail.",
    ]


def test_blocks_of_one_name_or_without_a_template_are_named():
    first, again = (Block("foto", order, nothing, "", "profile/profile.html") for order in (1, 2))
    rules = [Rule(name, "") for name in ("profile.photo", "profile.photo", "themes.photo", "profile.Photo")]
    strange = Block("x y", 3, nothing, "", "profile/none.html", rules=rules)
    found = feature_checks.wrong_blocks([feature(blocks=(first, again, strange))])
    assert [problem.msg for problem in found] == [
        "The block 'foto' of 'profile' has a name that is taken, or none.",
        "The block 'x y' of 'profile' has a name that is taken, or none.",
        "'profile' names the template 'profile/none.html', which is not there.",
        *(
            f"The rule '{name}' of 'profile' has a name that is taken, or none of its own."
            for name in ("profile.photo", "themes.photo", "profile.Photo")
        ),
    ]


def test_places_that_people_could_not_tell_apart_or_find_are_named():
    def places():
        return (
            Place("Foto", "profile:photo", icon="unicorn"),
            Place("Foto", "profile:email"),
            Place("E-mail", "profile:email", under="profile:photo"),
            Place("Foto", "profile:nickname", under="profile:photo"),
            Place("Twee", "profile:add_address", {"a": "1"}, under="profile:nickname"),
            Place("Drie", "profile:add_address", {"a": "2"}, under="nowhere:at_all"),
            Place("Vier", "profile:profile", under="parking:permits"),
        )

    found = feature_checks.wrong_places([feature(navigation=places)], {"parking"})
    assert [(problem.id, problem.msg) for problem in found] == [
        ("portal.E057", "'profile' names the icon 'unicorn', which nobody drew."),
        ("portal.E056", "The place 'Foto' of 'profile' is there already, of 'profile'."),
        ("portal.E056", "The place 'E-mail' of 'profile' is there already, of 'profile'."),
        (
            "portal.E055",
            "The place 'Twee' of 'profile' stands under 'profile:nickname', where no place of the first level is.",
        ),
        (
            "portal.E055",
            "The place 'Drie' of 'profile' stands under 'nowhere:at_all', where no place of the first level is.",
        ),
    ]


def test_cookies_that_are_too_open_or_have_the_name_of_another_are_named():
    declared = (
        cookie("__Host-foto"),
        cookie("foto"),
        cookie("foto-breedte", type="Opslag in uw browser"),
        cookie("PREF", domain="kaart.example"),
        cookie(cookies.SESSION),
        cookie(f"{cookies.PENDING}foto"),
        cookie("__Host-mbp-*"),
        cookie("__Host-foto"),
    )
    taken = [cookies.SESSION, f"{cookies.PENDING}foto", "__Host-mbp-*", "__Host-foto"]
    assert [problem.msg for problem in feature_checks.wrong_cookies([feature(cookies=declared)])] == [
        "The cookie 'foto' of 'profile' is too open.",
        *(f"The cookie {name!r} of 'profile' has the name of another." for name in taken),
    ]


def test_operation_and_address_of_machines_go_together():
    there, nowhere = (
        MachineOperation(route=route, method="PUT", summary="Say", answers={204: MachineAnswer("Taken.")})
        for route in ("corrections:status", "corrections:listed")
    )
    package = "portal.features.corrections"

    def found(*operations: MachineOperation) -> list[str]:
        declared = [Feature(package=package, operations=operations)]
        return [re.findall(r"'(corrections:\w+)'", each.msg)[0] for each in feature_checks.wrong_operations(declared)]

    assert found(there) == []
    assert found() == ["corrections:status"]
    assert found(nowhere) == ["corrections:listed", "corrections:status"]
