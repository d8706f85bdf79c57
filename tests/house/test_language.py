"""Every text of ours goes through a catalogue, no cache holds one without its language; translations only grow."""

import ast
import functools
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "portal/locale"
# Texts that a language lacks. A number here may only fall: translate what you add, and lower it when you do more.
# English lacks mails, the texts of a consent, the operator's pages, and what the register of processings says.
MISSING = {"en": 57}
# Modules without templates, where a text for people is easily left untranslated.
ROOMS = ("kit", "language", "sources/transports")
FILES = ("uploads", "refusals", "security", "security_headers", "speculation", "server_protocol", "budgets")
GETTEXT = {"_", "gettext", "ngettext", "gettext_noop", "gettext_lazy", "ngettext_lazy", "translated"}
# Words of Dutch that are no words of English, of SQL or of a protocol.
DUTCH = frozenset(
    re.findall(
        r"\w+",
        "aan alleen als bent bij dan dat deze dit een en geen gegevens gaf het hier hoe ik kan kunt maar met meer "
        "moet naar niet nog nu om onbekend onze ook op te tot uit uw van voor waar wat wij worden zich zijn",
    )
)
# A few Dutch words of people and protocols that are no text of ours.
NO_TEXT = {
    "sources/transports/magda_question.py": "the elements of a question to MAGDA, in its own words",
    "sources/transports/magda_codes.py": "the remark with a code in it, which stays Dutch",
}


@functools.cache
def translatable_texts() -> frozenset[str | tuple[str, ...]]:
    """List every text of the portal that is to be translated; one with a plural as a pair."""
    methods = [("**.py", "python"), ("**/templates/**", "jinja2")]
    # As `make messages` does.
    keywords = {**DEFAULT_KEYWORDS, "gettext_noop": None}
    options = {"**/templates/**": {"encoding": "utf-8"}}
    found = extract_from_dir(str(ROOT / "portal"), methods, options, keywords)
    return frozenset(tuple(text) if isinstance(text, list | tuple) else text for _, _, text, _, _ in found)


def catalogue(language: str) -> Catalog:
    return read_po(BytesIO((LOCALE / language / "LC_MESSAGES/django.po").read_bytes()), locale=language)


def languages() -> list[str]:
    return sorted(folder.name for folder in LOCALE.iterdir() if folder.is_dir())


def test_translations_only_grow():
    counted = {}
    for language in languages():
        said = {m.id for m in catalogue(language) if m.id and not m.fuzzy and all(_texts(m.string))}
        counted[language] = sum(text not in said for text in translatable_texts())
    assert counted == MISSING, "translate what is new (make messages), or lower the number above"


@pytest.mark.parametrize("language", languages())
def test_translations_have_the_places_and_marks_of_the_text(language):
    for message in catalogue(language):
        for text in _texts(message.string):
            if message.id and text:
                # The singular of a plural need not contain the number.
                allowed = [marks_of(original) for original in _texts(message.id)]
                assert marks_of(text) in allowed, message.id


@pytest.mark.parametrize("language", languages())
def test_no_translation_says_all_of_it_twice(language):
    texts = [text for message in catalogue(language) if message.id for text in _texts(message.string)]
    assert [text for text in texts if text and text[: len(text) // 2] * 2 == text] == []


def marks_of(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)s|\{\w+\}|</?\w+[^>]*>", text))


def _texts(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def modules(*patterns: str) -> Iterator[tuple[str, ast.Module]]:
    """Read the portal's own modules, without tests."""
    for pattern in patterns:
        for file in sorted((ROOT / "portal").glob(pattern)):
            if not {"tests", "migrations"} & set(file.parts):
                yield str(file.relative_to(ROOT / "portal")), ast.parse(file.read_text("utf-8"))


def callee_name(node: ast.AST) -> str:
    """Name what is called: `f` for `f(…)` and `x.f(…)`; "" for what is no call."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "id", "") or getattr(node.func, "attr", "")


def dutch_outside_the_catalogue(module: ast.Module) -> set[str]:
    """Find the texts with several words of Dutch, or one among more words, that no catalogue is asked for."""
    known = {id(each) for node in ast.walk(module) if callee_name(node) in GETTEXT for each in ast.walk(node)}
    for node in ast.walk(module):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            known.add(id(body[0].value))  # a docstring
    texts = {
        node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in known
    }
    return {text for text in texts if " " in text.strip() and DUTCH & set(re.findall(r"[a-z]+", text.lower()))}


def test_no_dutch_stands_outside_the_catalogue():
    patterns = [f"platform/{room}/**/*.py" for room in ROOMS] + [f"config/{file}.py" for file in FILES]
    found = {
        name: texts
        for name, module in modules(*patterns)
        if (texts := dutch_outside_the_catalogue(module)) and not any(name.endswith(one) for one in NO_TEXT)
    }
    assert found == {}


def test_dutch_outside_the_catalogue_is_found():
    module = ast.parse('"""Een tekst van ons."""\nA = "Dat lukt nu niet"\nB = _("Dat lukt nu niet ook")\nC = "niet"')
    assert dutch_outside_the_catalogue(module) == {"Dat lukt nu niet"}


# Functions that give a text in the reader's language, or something made of one.
SPEAKS = GETTEXT - {"gettext_noop", "gettext_lazy", "ngettext_lazy"} | {
    "render",
    "current",
    "speaking",
}


def caches_of_texts(module: ast.Module) -> set[str]:
    """Name the cached functions whose result is a text, and whose arguments do not include a language."""
    noop = {
        alias.asname
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in ("gettext_noop", "gettext_lazy")
    }
    found = set()
    for node in ast.walk(module):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        remembers = any(
            getattr(each, "id", getattr(each, "attr", "")) in ("cache", "lru_cache", "cached_property")
            for decorator in node.decorator_list
            for each in ast.walk(decorator)
        )
        speaks = any(callee_name(each) in SPEAKS - noop for each in ast.walk(node))
        arguments = {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)}
        if remembers and speaks and "language" not in arguments:
            found.add(node.name)
    return found


def texts_at_import(module: ast.Module) -> set[str]:
    """Find texts that are translated when a module is imported, when there is no reader whose language counts."""
    aliases = {
        alias.asname or alias.name
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in ("gettext", "ngettext", "translated")
    }
    of_functions = {
        id(each)
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for each in ast.walk(node)
    }
    return {
        ast.unparse(node)
        for node in ast.walk(module)
        if callee_name(node) in aliases and id(node) not in of_functions
    }


def test_no_cache_of_the_process_holds_a_text_without_its_language():
    found = {f"{name}:{one}" for name, module in modules("**/*.py") for one in caches_of_texts(module)}
    assert found == set()
    assert {name: texts for name, module in modules("**/*.py") if (texts := texts_at_import(module))} == {}


def test_such_a_cache_is_found():
    source = """
from django.utils.translation import gettext as _
TITLE = _("Uw gegevens")

@cache
def one(name): return get_template("x.html").render({"name": name})

@cache
def other(name, language): return _("Dit is niet te vinden")
"""
    module = ast.parse(source)
    assert (caches_of_texts(module), texts_at_import(module)) == ({"one"}, {"_('Uw gegevens')"})


# Where a manifest's texts are used in Dutch whatever the reader's language: what goes to a body, and the journal.
BY_THE_MANIFEST = {
    "features/certificates/inquiries.py": "the activity of asking in the journal's register",
    "features/certificates/section.py": "what is asked, and the official Dutch titles",
    "features/corrections/rules.py": "the activity of a report in the journal's register",
    "features/corrections/views.py": "what is reported",
    "features/dossiers/inquiries.py": "the activity of asking in the journal's register, and whose part is missing",
    "features/notifications/journalling.py": "the activity of a look at notices in the journal's register",
    "features/notifications/section.py": "which services a body notifies of, in the register of processing",
    "features/dossiers/section.py": "what is asked, and which sources a body has",
    "features/mailbox/registry/inquiries.py": "the activity of asking in the journal's register",
    "features/mailbox/section.py": "what is asked",
    "features/privacy/rights/forwarding.py": "whose term ends, as our own desk reads it",
    "features/privacy/rights/views.py": "of whom something is asked, as the body reads it",
    "features/privacy/usage/wording.py": "whether what the journal's register says is still what the manifest says",
}
# A text of a manifest that is read by it, and not in the language that holds (`Entry.words`, `Agency.words`).
TEXT_OF_MANIFEST = re.compile(
    r"\bmanifest\.names?\b|\bdataset\.(title|legal_basis)\b|\bdataset\.items\.(one|many)\b|\.sections\["
)


def test_pages_say_texts_of_a_body_in_the_language_that_holds():
    files = [
        file
        for pattern in ("**/templates/**/*.html", "features/**/*.py", "channels/**/*.py")
        for file in (ROOT / "portal").glob(pattern)
        if "tests" not in file.parts
    ]
    found = {
        str(file.relative_to(ROOT / "portal")) for file in files if TEXT_OF_MANIFEST.search(file.read_text("utf-8"))
    }
    assert found == set(BY_THE_MANIFEST)


# Django's own translation holds in step with ours (`language.current`), or the two would differ.
SETTERS = {"activate", "deactivate", "deactivate_all", "override", "get_language"}


def test_only_the_language_room_sets_the_language():
    found = {
        name
        for name, module in modules("**/*.py")
        for node in ast.walk(module)
        if callee_name(node) in SETTERS and "translation" in ast.unparse(node)
    }
    assert found == {"platform/language/current.py", "platform/language/texts.py"}


def test_templates_that_others_take_parts_of_hold_nothing_but_parts():
    """Text outside of macros is rendered once in a process, in the language of the first reader."""
    files = list((ROOT / "portal").glob("**/templates/**/*.html"))
    taken = {name for file in files for name in re.findall(r"{% from \"([^\"]+)\" import", file.read_text("utf-8"))}
    assert taken
    for file in files:
        if any(str(file).endswith(name) for name in taken):
            outside = re.sub(
                r"{% macro .*?{% endmacro %}|{% from [^%]* %}|{#.*?#}", "", file.read_text("utf-8"), flags=re.DOTALL
            )
            assert outside.strip() == "", file
