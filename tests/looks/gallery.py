"""The page that shows each component, with examples of nobody."""

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

from django import forms
from django.template import engines
from django.template.loader import get_template
from markupsafe import Markup

from portal.features.themes.arranging import rendering, tiles
from portal.features.themes.tests.made import entry, fact, shape_of
from portal.features.themes.types import TITLES, Theme
from portal.platform.sources.reading.outcomes import Down, Late, Missing, Nothing, Partial, Ready
from portal.platform.ui.fields import TypedText
from portal.platform.ui.icons import FOLDER

TEMPLATE = Path(__file__).with_name("gallery.html")
NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)
FACTS = (
    fact("straat", "Kerkstraat 12"),
    fact("gemeente", "9000 Gent"),
    fact("sinds", "2019-05-01", kind="date"),
)
OUTCOMES = {
    "antwoord": Ready(FACTS, NOW),
    "deel": Partial(FACTS[:1], (Missing("?", "1", "unavailable"),), NOW),
    "niets": Nothing(NOW),
    "traag": Late(NOW),
    "onbereikbaar": Down("unavailable", since=NOW),
}
# What people are called: one long word, letters of half of Europe, another script, another direction.
NAMES = (
    "Wolfeschlegelsteinhausenbergerdorff",
    "Þórður Šćepanović-Győrffy",
    "Ștefan Małgorzata Ğűł",
    "山田 花子",
    "محمد عبد الله",
)


class _Form(forms.Form):
    name = TypedText(missing="Vul uw naam in.", most=40, label="Naam")
    email = TypedText(missing="", most=40, label="E-mailadres", required=False)


def page() -> str:
    """Make the page, as a template of the portal would be rendered for somebody who is signed in."""
    jinja = next(iter(engines.all())).env
    return str(jinja.from_string(TEMPLATE.read_text("utf-8")).render(**_frame(), **_examples()))


def _frame() -> dict[str, object]:
    session = SimpleNamespace(form_token="-", seal_key=bytes(32), expires_at=NOW, seconds_left=lambda: 900)
    themes = [{"title": title, "href": "#", "current": "", "unread": 0, "below": ()} for title in TITLES.values()]
    places = [
        {"title": title, "href": "#", "current": "", "unread": 0, "below": ()}
        for title in ("Start", "Uw gegevens", "Profiel")
    ]
    places[1] |= {"current": "true", "below": themes}
    themes[1]["current"] = "page"
    return {
        "request": SimpleNamespace(csp_nonce="-"),
        "session": session,
        "session_over": "",
        "this_page": "/ui/",
        "to_come_back": "/ui/",
        "who": {"name": "An Peeters", "how": "aangemeld met itsme"},
        "languages": [("en", "English")],
        "bell": {"href": "#", "unread": "3", "current": ""},
        "navigation": places,
        "crumbs": [
            {"title": "Overzicht", "href": "#"},
            {"title": "Werk", "href": "#"},
            {"title": "Loopbaan", "href": ""},
        ],
        "questions": [SimpleNamespace(href="#", question="Waarom staat hier niets?")],
    }


def _examples() -> dict[str, object]:
    return {
        "icons": sorted(file.stem for file in FOLDER.glob("*.svg")),
        "themes": [(theme, TITLES[theme]) for theme in Theme],
        "tiles": [
            _tile(name, outcome, "all" if isinstance(outcome, Nothing) else "lead")
            for name, outcome in OUTCOMES.items()
        ],
        "full_tile": _tile("alles", Ready(FACTS, NOW), "all"),
        "names": NAMES,
        "fine": _Form(),
        "wrong": _Form({"name": "", "email": "x" * 41}),
    }


def _tile(name: str, outcome: object, depth: str = "lead") -> str:
    # Rendered by our own template, which escapes.
    template = get_template(
        rendering.NO_BOX if depth != "all" and isinstance(outcome, Nothing) else rendering.TEMPLATES[depth]
    )
    shape = shape_of(depth, level="h3", theme=Theme.FAMILY, may_ask_again=True)
    return Markup(template.render({"tile": tiles.tile_of(entry(name), outcome, depth), **shape}))
