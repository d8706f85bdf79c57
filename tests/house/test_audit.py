"""The accessibility statement rests on an audit of the pages that there are now, whenever that was.

`APPROVE=1 make test T=tests/house/test_audit.py` writes the pages of the URL table into the committed results. Do so
when `tests/journeys/test_every_page.py` found the new ones good: that is what the statement says of them.
"""

import json
import os
import re
from pathlib import Path

from portal.channels.site import audit
from portal.platform.access.types import Audience
from portal.platform.language import offer
from portal.platform.language.current import speaking
from portal.platform.language.translations import InDutch
from tests.walks import table


def pages_of_journeys() -> list[str]:
    """Give the addresses of the pages that the journeys load in a browser."""
    examples = table.every_example(Audience.ANYONE, Audience.CITIZEN)
    routes = {address.route for address, example in examples if example.is_page and not example.is_file}
    return sorted("/" + re.sub(r"<[^>]*>", "…", route) for route in routes)


def with_pages(text: str, pages: list[str]) -> str:
    """Write the list of pages into the results."""
    listed = "".join(f'  "{page}",\n' for page in pages)
    return re.sub(r"^pages = \[[^]]*\]$", f"pages = [\n{listed}]", text, count=1, flags=re.MULTILINE)


def test_every_page_of_the_journeys_was_looked_at_and_no_page_that_is_gone():
    if os.environ.get("APPROVE"):
        audit.FILE.write_text(with_pages(audit.FILE.read_text("utf-8"), pages_of_journeys()), "utf-8")
        audit._in_language.cache_clear()
    assert len(pages_of_journeys()) > 50
    assert list(audit.last().pages) == pages_of_journeys()


def test_a_page_that_was_not_looked_at_would_be_found():
    text = audit.FILE.read_text("utf-8")
    assert with_pages(text, pages_of_journeys()) == text
    assert with_pages(text, [*pages_of_journeys(), "/nieuw/"]) != text


def test_programs_that_the_statement_names_are_those_that_the_tests_run():
    run = json.loads(Path("package.json").read_text("utf-8"))["devDependencies"]
    for language in offer.names():
        with speaking(language):
            said = " ".join(audit.last().method)
        assert re.findall(r"axe-core ([\d.]*\d)|Checker ([\d.]*\d)", said) == [
            (run["axe-core"], ""),
            ("", run["vnu-jar"]),
        ]


def test_what_the_statement_says_is_said_in_each_language():
    for language in offer.names():
        with speaking(language):
            found = audit.last()
        said = [*found.method, *(text for one in found.lacking for text in (one.what, one.instead))]
        assert [text for text in said if isinstance(text, InDutch)] == []
