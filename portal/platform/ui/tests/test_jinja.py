"""The templates of the pages, as a worker has them when it begins."""

import pytest
from django.template import engines
from jinja2 import DictLoader, UndefinedError

from portal.platform.language.current import speaking
from portal.platform.language.translations import InDutch
from portal.platform.ui import jinja, markup


def test_a_worker_that_began_has_every_template():
    env = next(iter(engines.all())).env
    env.cache.clear()
    jinja.compile_templates()
    assert {name for _, name in env.cache} == set(env.list_templates())


def test_long_words_of_a_title_break_and_nothing_of_it_is_markup():
    soft = '<span class="soft"></span>'
    assert markup.hyphenate("Uw gegevens") == "Uw gegevens"
    assert markup.hyphenate("Leer- & ervaringsbewijzen") == f"<span>Leer- &amp; ervarings{soft}bewijzen</span>"
    assert markup.hyphenate("<ervaringsbewijzen>") == f"<span>&lt;ervarings{soft}bewijzen&gt;</span>"


def test_only_dutch_words_break_as_dutch_does():
    with speaking("en"):
        assert markup.hyphenate("Qualifications, acknowledgements") == "Qualifications, acknowledgements"
        assert markup.hyphenate(InDutch("ervaringsbewijzen")).startswith("<span>ervarings<")


def test_what_is_put_into_a_text_is_escaped_whoever_says_it():
    env = next(iter(engines.all())).env
    written = "{{ _('Bron: %(source)s', source=given) }} {% trans source=given %}Bron: {{ source }}{% endtrans %}"
    for language, words in (("nl", "Bron"), ("en", "Source")):
        with speaking(language):
            assert env.from_string(written).render(given="<b>%") == f"{words}: &lt;b&gt;% {words}: &lt;b&gt;%"


@pytest.mark.parametrize("lacking", ["{{ x }}", "{{ 'b' ~ x }}", "{% if x %}{% endif %}", "{{ x | length }}"])
def test_a_name_that_a_template_lacks_stops_a_page(lacking):
    env = jinja.environment(loader=DictLoader({"lacks.html": lacking}))
    with pytest.raises(UndefinedError):
        env.get_template("lacks.html").render()
