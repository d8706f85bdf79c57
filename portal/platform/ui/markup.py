"""Texts as templates put them on a page: translated, escaped, marked with their language, broken between letters."""

from collections.abc import Sequence

from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from portal.platform.language import hyphens, numbers, texts
from portal.platform.language.current import current
from portal.platform.language.offer import DUTCH
from portal.platform.language.translations import InDutch

_SOFT = '<span class="soft"></span>'


@pass_eval_context
def text(of: EvalContext, message: str, /, **variables: object) -> str:
    """Translate a text of ours and fill in its variables, escaped where the template escapes (mails do not).

    It stands in for Jinja's own `gettext`, which looks up the translating function at every call.
    """
    translation = texts.gettext(message)
    markup = Markup(translation) if of.autoescape else translation  # noqa: S704 - our own text
    # A percent sign is written twice in every message, so it is formatted also where there are no variables.
    return markup % variables if "%" in translation else markup


def in_dutch(text: str | None = None) -> str:
    """Give the `lang` attribute of a Dutch block on a page in another language; with a text, only if it is Dutch."""
    if current() == DUTCH or not (text is None or isinstance(text, InDutch)):
        return ""
    return Markup(f' lang="{DUTCH}"')  # noqa: S704 - of constants


def in_own_language(text: str | None = None) -> str:
    """Give the `lang` attribute for words in the page's language inside a Dutch block; with a text, only if it is not
    Dutch.
    """
    if current() == DUTCH or isinstance(text, InDutch):
        return ""
    return Markup(f' lang="{current()}"')  # noqa: S704 - a code of our list


def in_its_language(text: str) -> str:
    """Mark a text inside a sentence of ours as Dutch, where the page is in another language."""
    if not isinstance(text, InDutch) or current() == DUTCH:
        return text
    return Markup('<span lang="{}">{}</span>').format(DUTCH, text)


def hyphenate(text: str) -> str:
    """Let long Dutch words in a title or label of ours break with a hyphen; not for personal data.

    The style sheet draws the hyphen (`.soft`), so it is not copied, searched or spoken.
    """
    if current() != DUTCH and not isinstance(text, InDutch):
        return text
    # Escape before inserting markup between the letters.
    written = str(escape(text))
    broken = hyphens.in_long_words(written, _SOFT.join)
    # In one element: a flex container would lay out the pieces of the word side by side.
    return Markup(broken if broken == written else f"<span>{broken}</span>")  # noqa: S704 - escaped above


def join_names(names: Sequence[str]) -> str:
    """Join names, at least one, for a sentence: A, B en C; each Dutch one is marked on a page in another language."""
    if current() == DUTCH:
        return numbers.join_names(names)
    # The words and signs between names are the CLDR's, and no markup.
    return Markup(numbers.join_names([escape(in_its_language(name)) for name in names]))  # noqa: S704 - escaped, each
