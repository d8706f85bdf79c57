"""Links are doors: an address is made in the room that owns its page, and everybody else asks that room's `links`."""

import ast
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from copy import replace
from datetime import UTC, datetime
from functools import cache
from inspect import signature
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.test import override_settings
from django.urls import URLResolver, get_resolver, resolve
from jinja2 import Environment, nodes

from portal.channels.site import navigation
from portal.features.themes.arranging import tiles
from portal.platform.access.types import Assurance, Identity, Session, SignInMeans
from portal.platform.feature import installed, places
from portal.platform.sources import catalogue
from portal.platform.sources.reading.outcomes import Nothing
from portal.platform.ui.links import links, links_by_name

PORTAL = Path("portal")
PYTHON = [file for file in PORTAL.rglob("*.py") if "tests" not in file.parts]
TEMPLATES = [file for file in PORTAL.rglob("templates/**/*") if file.is_file()]
LIES = Identity("84651421235", "Lies", "Verhaegen", SignInMeans.ITSME, Assurance.HIGH, "x")
SESSION = Session(bytes(32), UUID(int=1), LIES, *[datetime.now(UTC)] * 3, bytes(32), "")
ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
# Modules that receive names of pages: `url` of the templates, the texts of the help, and readers of declarations.
GIVEN = {
    "portal/platform/ui/jinja.py",
    "portal/platform/help/marks.py",
    "portal/platform/feature/places.py",
    "portal/channels/machine/openapi.py",
    "portal/config/feature_checks.py",
    "portal/config/uploads.py",
}


def room_of(file: Path) -> str:
    """Name the room that a file stands in, as `portal/features/themes`."""
    return "/".join(file.parts[:3])


@cache
def namespaces() -> dict[str, str]:
    """Say of each room with pages under which name the URL table has it."""
    return {
        each.urlconf_module.__name__.rpartition(".")[0].replace(".", "/"): each.namespace
        for each in get_resolver().url_patterns
    }


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[str]:
    """List every pattern of the URL table, whole: `uw-gegevens/<slug:theme>/`."""
    for each in (resolver or get_resolver()).url_patterns:
        whole = f"{before}{each.pattern}"
        if isinstance(each, URLResolver):
            yield from routes(each, whole)
        else:
            yield whole


@cache
def python_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


@cache
def template_of(file: Path) -> nodes.Template:
    return ENVIRONMENT.parse(file.read_text("utf-8"))


def page_names(file: Path) -> Iterator[Any]:
    """Give the name of each page whose address a file makes: what `reverse` or `url` is given, None for no text."""
    if file.suffix == ".py":
        for call in (node for node in ast.walk(python_of(file)) if isinstance(node, ast.Call) and node.args):
            if "reverse" in (getattr(call.func, "id", ""), getattr(call.func, "attr", "")):
                first = call.args[0].values[0] if isinstance(call.args[0], ast.JoinedStr) else call.args[0]
                yield getattr(first, "value", None)
    else:
        for call in template_of(file).find_all(nodes.Call):
            if getattr(call.node, "name", "") in ("url", "address_of"):
                yield getattr(call.args[0], "value", None)


def link_uses(file: Path) -> Iterator[tuple[str, int, tuple[str, ...]]]:
    """Give each link that a file uses: its name, and how many values and which named ones it is given.

    What is used without a call has the name "".
    """
    if file.suffix == ".py":
        if "portal.platform.ui.links import links" not in file.read_text("utf-8"):
            return
        calls = [node for node in ast.walk(python_of(file)) if isinstance(node, ast.Call)]
        called = {id(call.func): call for call in calls}
        for node in ast.walk(python_of(file)):
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "links":
                call = called.get(id(node))
                named = tuple(str(each.arg) for each in call.keywords) if call else ()
                yield (node.attr, len(call.args), named) if call else ("", 0, ())
    else:
        calls = {id(call.node): call for call in template_of(file).find_all(nodes.Call)}
        asked = {id(node.node): node for node in template_of(file).find_all(nodes.Getattr)}
        for name in template_of(file).find_all(nodes.Name):
            if name.name == "links":
                call = calls.get(id(asked.get(id(name))))
                yield (
                    (call.node.attr, len(call.args), tuple(each.key for each in call.kwargs)) if call else ("", 0, ())
                )


def all_links() -> dict[str, Any]:
    return dict(links_by_name())


def test_an_address_is_made_only_in_the_room_of_its_page():
    strangers = [
        (str(file), name)
        for file in [*PYTHON, *TEMPLATES]
        if str(file) not in GIVEN
        for name in page_names(file)
        if not str(name).startswith(f"{namespaces().get(room_of(file))}:")
    ]
    assert strangers == []


def test_a_feature_declares_pages_of_its_own():
    strangers = [
        (feature.id, route)
        for feature in installed.features()
        for route in [*(place.route for place in feature.navigation()), *feature.bodies]
        if not route.startswith(f"{feature.id}:")
    ]
    assert strangers == []


def test_no_path_of_a_page_is_spelled_out():
    """In a template not even one of its own room: that has `url`."""
    begins = {route.partition("/")[0] for route in routes()} - {"", ".well-known"}  # which others have too (RFC 8615)
    assert {"aanmelden", "uw-gegevens", "machine"} <= begins
    path = re.compile(rf"/(?:{'|'.join(map(re.escape, begins))})(?:[/?#]|$)")
    spelled = [
        (str(file), node.value)
        for file in PYTHON
        for node in ast.walk(python_of(file))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and path.match(node.value)
    ]
    spelled += [
        (str(file), found)
        for file in [*TEMPLATES, *PORTAL.rglob("*.js")]
        for found in re.findall(r"""(?:href|action|src)=["']/[^"']*|["'`]/\w[^"'`]*""", file.read_text("utf-8"))
    ]
    assert spelled == []


def test_every_link_that_is_used_is_offered_and_given_what_it_takes():
    """A link that is not offered leads nowhere, silently: its feature may have been taken out."""
    wrong = []
    for file in [*PYTHON, *TEMPLATES]:
        for name, values, named in link_uses(file):
            try:
                signature(all_links()[name]).bind(*range(values), **dict.fromkeys(named))
            except (KeyError, TypeError) as error:
                wrong.append((str(file), name, str(error)))
    assert wrong == []


def test_every_link_that_is_offered_is_used_elsewhere():
    used = {(name, room_of(file)) for file in [*PYTHON, *TEMPLATES] for name, _, _ in link_uses(file)}
    idle = [
        name
        for name, link in all_links().items()
        if not {room for used_name, room in used if used_name == name} - {room_of(Path(*link.__module__.split(".")))}
    ]
    assert idle == []


def test_every_link_leads_to_a_page():
    entry = next(entry for entry in catalogue.installed().entries if entry.remedy)
    examples = {"back_to": "/", "entry": entry, "slug": "aanmelden", "question_id": UUID(int=0), "session": SESSION}
    examples |= {
        "source": "http://ov.vlaanderen.be/studietoelagen/daf",
        "number": "1",
        "provider": "federaal",
        "message_id": "1",
    }
    for name, link in all_links().items():
        needed = [each.name for each in signature(link).parameters.values() if each.default is each.empty]
        resolve(urlsplit(getattr(links, name)(**{each: examples[each] for each in needed})).path)


def features_links() -> set[str]:
    return {name for name, link in all_links().items() if link.__module__.startswith("portal.features.")}


def keys_in(node: nodes.Node, room: str) -> set[str]:
    """Name the links to features, other than a room's own, that an expression asks for."""
    calls = [*node.find_all(nodes.Call), *([node] if isinstance(node, nodes.Call) else [])]
    called = {call.node.attr for call in calls if isinstance(call.node, nodes.Getattr)}
    own = {name for name, link in all_links().items() if room_of(Path(*link.__module__.split("."))) == room}
    return {f"links.{name}" for name in called & (features_links() - own)}


def names_in(node: nodes.Node) -> set[str]:
    found = {name.name for name in node.find_all(nodes.Name)}
    return found | ({node.name} if isinstance(node, nodes.Name) else set())


def unguarded_links(node: nodes.Node, room: str, made: set[str], sure: frozenset[str] = frozenset()) -> Iterator[str]:
    """Find what is shown of a link to another feature without having been looked at in a condition around it."""
    if isinstance(node, nodes.Assign):
        return
    if isinstance(node, nodes.If | nodes.CondExpr):
        looked_at = sure | keys_in(node.test, room) | (names_in(node.test) & made)
        then = node.body if isinstance(node, nodes.If) else [node.expr1]
        other = [*node.elif_, *node.else_] if isinstance(node, nodes.If) else [node.expr2]
        for each in then:
            yield from unguarded_links(each, room, made, looked_at)
        for each in filter(None, other):
            yield from unguarded_links(each, room, made, sure)
        return
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Getattr):
        yield from keys_in(nodes.Call(node.node, [], [], None, None), room) - sure
    if isinstance(node, nodes.Name) and node.name in made - sure:
        yield node.name
    for each in node.iter_child_nodes():
        yield from unguarded_links(each, room, made, sure)


def test_a_link_to_a_feature_is_shown_only_where_it_leads_somewhere():
    """A feature can be taken out of the settings, and one may have no page for what it is asked about."""
    dead = []
    made: dict[str, set[str]] = {}
    for file in TEMPLATES:
        for assigned in template_of(file).find_all(nodes.Assign):
            if keys_in(assigned.node, room_of(file)):
                # The entries of crumbs and other lists are checked one by one where they are shown.
                made.setdefault(room_of(file), set()).update(
                    names_in(assigned.target) if not isinstance(assigned.node, nodes.List) else ()
                )
    for file in TEMPLATES:
        room = room_of(file)
        dead += [(str(file), each) for each in unguarded_links(template_of(file), room, made.get(room, set()))]
    assert dead == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{{ links.overview() }}", ["links.overview"]),
        ("{% if links.overview() %}{{ links.overview() }}{% endif %}", []),
        ("{% if links.overview() %}x{% else %}{{ links.overview() }}{% endif %}", ["links.overview"]),
        ("{% set href = links.overview() %}{{ href }}", ["href"]),
        ("{% set href = links.overview() %}{% if href %}<a href='{{ href }}'>{% endif %}", []),
        ("{{ '<a>' if links.overview() else links.help_page() }}", []),
        ("{{ links.help_page() }}", []),
    ],
)
def test_a_dead_link_would_be_seen(text, found):
    assert list(unguarded_links(ENVIRONMENT.parse(text), "portal/channels/entry", {"href"})) == found


@contextmanager
def without(feature: str) -> Iterator[None]:
    """Take a feature out of the settings; its pages stay, since a process cannot unload them."""
    remembered = (installed.features, links_by_name, places.all_places, navigation.levels)
    try:
        with override_settings(FEATURES=[each for each in settings.FEATURES if not each.endswith(f".{feature}")]):
            for each in remembered:
                each.cache_clear()
            yield
    finally:
        for each in remembered:
            each.cache_clear()


@pytest.mark.parametrize("is_about_child", [False, True])
def test_a_page_shows_no_link_to_a_feature_that_is_taken_out(is_about_child):
    entry = next(entry for entry in catalogue.installed().entries if links.correct(entry, is_about_child=True))
    tile = replace(tiles.tile_of(entry, Nothing(datetime.now(UTC)), "all"), is_about_child=is_about_child)

    def block() -> str:
        about = get_template("themes/about.html").render(
            {"entry": entry, "is_about_child": is_about_child, "words": ""}
        )
        return about + get_template("themes/_foot.html").render({"tile": tile, "about": "", "depth": "all"})

    assert f'href="/verbeteren/{entry.agency.id}/{entry.dataset.id}/"' in block()
    with without("corrections"):
        text = block()
    assert ("href" in text, "Via “Hulp nodig?” verwijzen wij u door." in text) == (False, True)


def test_a_form_is_for_ones_own_data_and_never_for_a_childs():
    entry = next(entry for entry in catalogue.installed().entries if entry.remedy == "form")
    assert links.correct(entry) == f"/verbeteren/{entry.agency.id}/{entry.dataset.id}/"
    assert links.correct(entry, is_about_child=True) == ""


def test_who_is_signed_in_begins_at_home_or_else_at_the_first_place_that_there_is():
    assert links.landing() == "/"
    features = ("themes", "corrections", "dossiers", "certificates", "mailbox", "notifications", "privacy")
    with ExitStack() as left_out:
        for feature in features:
            left_out.enter_context(without(feature))
        assert links.landing() == places.all_places()[0][1] == "/profiel/"


def test_a_place_stands_on_the_first_level_where_the_one_above_it_is_taken_out():
    assert "Waar u aangemeld bent" not in [place.title for (place, _), _ in navigation.levels()]
    with without("profile"):
        levels = {place.title: [below.title for below, _ in under] for (place, _), under in navigation.levels()}
    assert levels["Waar u aangemeld bent"] == []
    assert "Tijdlijn" in levels["Uw gegevens"]
