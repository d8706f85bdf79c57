"""The templates of the pages, as a worker has them when it begins."""

from django.template import engines

from portal.platform.ui import jinja


def test_a_worker_that_began_has_every_template():
    env = next(iter(engines.all())).env
    env.cache.clear()
    jinja.compile_templates()
    assert {name for _, name in env.cache} == set(env.list_templates())
