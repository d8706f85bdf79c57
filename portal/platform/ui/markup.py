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
    translated = texts.gettext(message)
    written = Markup(translated) if of.autoescape else translated  # noqa: S704 - our own text
    # A sign of percent is written twice where variables are filled in, so also where there are none.
    return written % variables if "%" in translated else written


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
    """Put a text inside a sentence of ours; on a page in another language, a Dutch text is marked as Dutch."""
    if not isinstance(text, InDutch) or current() == DUTCH:
        return text
    return Markup('<span lang="{}">{}</span>').format(DUTCH, text)


def hyphenated(text: str) -> str:
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


def listed(names: Sequence[str]) -> str:
    """Put names in a sentence: A, B en C; each marked as Dutch if it is."""
    if current() == DUTCH:
        return numbers.listed(names)
    # The words and signs between names are the CLDR's, and no markup.
    return Markup(numbers.listed([escape(in_its_language(name)) for name in names]))  # noqa: S704 - escaped, each
