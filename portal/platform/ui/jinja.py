"""The Jinja2 environment of every page and mail: undefined variables fail, values are escaped, texts translated.

Here stand the names of all globals and filters of templates.
"""

from collections.abc import Callable, MutableMapping
from functools import cache
from types import FunctionType
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import engines
from django.template.backends.jinja2 import Jinja2
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]  # the escaping alone

from portal.platform.kit import domain_name
from portal.platform.language import dates, numbers, texts
from portal.platform.language.current import current

from . import markup
from .form_keys import new_form_key
from .icons import icon
from .links import links
from .prepared import prepared
from .values import readable

# With what Jinja marks a function that wants the evaluation context (`pass_eval_context`); it gives no name to it.
_EVAL_CONTEXT = vars(markup.text)["jinja_pass_arg"]


class _Context(Context):
    """Calls functions and macros at once; Jinja's `call` looks three times whether a callable wants the context."""

    def call(self, called: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """Call what a template calls; leave to Jinja what is neither, or takes the whole context."""
        if type(called) is FunctionType:
            wanted = called.__dict__.get("jinja_pass_arg")
        elif type(called) is Macro:
            wanted = _EVAL_CONTEXT
        else:
            return super().call(called, *args, **kwargs)
        if wanted is not None and wanted is not _EVAL_CONTEXT:
            return super().call(called, *args, **kwargs)
        if kwargs:
            # Only callables that take the whole context may be passed these two.
            kwargs.pop("_block_vars", None)
            kwargs.pop("_loop_vars", None)
        return called(*args, **kwargs) if wanted is None else called(self.eval_ctx, *args, **kwargs)


def _html_of(value: Any) -> Any:
    """Write a value on a page, as `escape` does, which makes a markup of every text only to join them."""
    kind = type(value)
    if kind is Markup:
        return value
    return _escape_inner(value) if kind is str else escape(value)


class _CodeGenerator(CodeGenerator):
    """Lets templates write what they are given by `_html_of`."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self.write("environment.html_of(")
        else:
            super()._output_child_pre(node, frame, finalize)


class _Environment(Environment):
    """Renders templates that all have the same globals, known before the first of them is loaded."""

    context_class = _Context
    code_generator_class = _CodeGenerator
    html_of = staticmethod(_html_of)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Give a template its globals as one dict; Jinja's chained map costs a search at every include."""
        return {**self.globals, **d} if d else self.globals


def environment(**options: Any) -> Environment:
    """Build an environment: for pages by the settings (TEMPLATES), and for mails by the rooms that write them.

    options: Jinja's own, such as the loader; those that are set here win.
    """
    options |= {
        "autoescape": True,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "extensions": ["jinja2.ext.i18n"],
        # Unlimited: with a limit, each use of a template updates an order over all of them.
        "cache_size": -1,
    }
    env = _Environment(**options)
    # For `ngettext`, and so that functions fill in the variables (newstyle); its `gettext` is replaced below.
    env.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        texts.gettext, translation.ngettext, newstyle=True
    )
    env.globals |= {
        "gettext": markup.text,
        "_": markup.text,
        "static": _static,
        "url": _url,
        "address_of": _address_of,
        "icon": icon,
        "language": current,
        "in_dutch": markup.in_dutch,
        "in_own_language": markup.in_own_language,
        "links": links,
        "new_form_key": new_form_key,
        "prepared": prepared,
    }
    env.filters |= {
        "clock": dates.clock,
        "number": numbers.format_number,
        "day": dates.day,
        "hyphenated": markup.hyphenate,
        "in_its_language": markup.in_its_language,
        "listed": markup.join_names,
        "mailbox": domain_name.address_to_unicode,
        "moment": dates.moment,
        "readable": readable,
        "recent": dates.recent,
        "translated": texts.translate,
    }
    return env


def compile_templates() -> None:
    """Compile every template, at the start; otherwise the first request for a page would hold up all others."""
    for engine in engines.all():
        if isinstance(engine, Jinja2):
            for name in engine.env.list_templates():
                engine.env.get_template(name)


@cache
def _static(name: str) -> str:
    """Find the address of a static file, cached: it contains the file's hash, and a page names eight files."""
    return str(staticfiles_storage.url(name))


@cache
def _url(name: str, **kwargs: Any) -> str:
    """Find the address of a page, cached: only for pages that are the same for everyone, whose addresses are few."""
    return _address_of(name, **kwargs)


def _address_of(name: str, **kwargs: Any) -> str:
    """Find the address of a page, uncached: it may hold an id that is somebody's."""
    return str(reverse(name, kwargs=kwargs or None))
