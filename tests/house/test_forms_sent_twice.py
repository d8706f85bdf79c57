"""Every form that changes something carries a key, or stands here with the reason why it needs none."""

import re
from pathlib import Path

import pytest
from django.test import override_settings

from portal.config import budgets
from portal.features.profile import photo
from portal.platform.access import once
from portal.platform.access.types import Audience
from portal.platform.database.connection import PATIENCE
from tests.citizen import person, sign_in
from tests.walks import table

pytestmark = pytest.mark.security

ROOT = Path(__file__).resolve().parents[2]

REPEATABLE = {
    "certificates:bundle": "asked twice is given twice: nothing is kept that a second answer could be made of",
    "certificates:handed": "the same, for one",
    "mailbox:hide_chosen": "what is hidden twice is hidden; one form can be sent again with other documents chosen",
    "mailbox:arrange_chosen": "what has a star or is in a folder stays so; one form can be sent again with others",
    "mailbox:star_one": "the same, for one line of the list",
    "mailbox:take_chosen": "what is handed over twice is handed over: nothing of it is kept",
    "mailbox:message": "a registered mail is opened once, and shown as often as is asked",
    "privacy:own_copy": "what is taken twice is taken: nothing of it is kept",
    "entry:extend": "extending a session twice is extending it",
    "entry:other_means": "ends the session at the provider and begins a sign-in: nothing of ours changes",
}
NEEDS_NO_TOKEN = {
    "entry:sign_out": "who is signed out is signed out, from whatever page of ours",
    "themes:theme": "a filter",
    "themes:dataset": "a filter",
    "themes:search": "words to look for",
    "dossiers:overview": "which dossiers to show",
    "mailbox:overview": "which documents to show",
    "privacy:usage": "which uses to show, and words to look for",
    "site:language": "which language pages are in",
    "authenticity:check": "a document is looked at, and nothing kept",
    "certificates:document": "what was sent is given back, if this session handed it over",
}
OWN_KEY = {
    "help:question_form_moved": "leads on to the question form",
    "contact:question": "the number of the question follows from the form, also for who is not signed in",
    "machine:token": "each assertion is good once",
    "corrections:status": "a status has a number",
    "notifications:notify": "a bundle has an Id",
    "dossiers:reports": "an upload has an id, and what is taken back twice is taken back",
}

# Addresses of machines that change nothing.
ASKS_ONLY = {f"dossiers:report-{name}" for name in ("sources", "settings", "results", "faults", "result")}

FORM = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.DOTALL)
# What a form of a template that has no key leads to.
LEADS_TO = re.compile(r"action=\"(.*?)\"[ >]")
NEEDS_NONE = {
    "{{ links.sign_out() }}",
    "{{ links.extend_session() }}",
    "{{ links.choose_language() }}",
    "{{ url('entry:sign_out') }}",
    "{{ url('entry:other_means') }}",
    "{{ url('contact:question') }}",
    '{{ url("themes:search") }}',
    "{{ url('dossiers:overview') }}",
    "{{ url('mailbox:overview') }}",
    "{{ url('privacy:usage') }}",
    "{{ url('certificates:document') }}",
    "{{ url('authenticity:check') }}?taal={{ language_here }}",
    "{{ page }}#tile-{{ entry.slug }}",
    "{{ request.path }}",  # access/typed_kept.html: shown again first, with a key of its own
}


def test_every_address_asks_for_a_key_or_says_why_not():
    marked = {
        mark: {address.name for address in table.addresses() if getattr(address.view, mark, False)}
        for mark in ("is_repeatable", "needs_no_token")
    }
    of_machines = {address.name for address in table.of(Audience.MACHINE)}
    assert marked["is_repeatable"] == set(REPEATABLE)
    assert marked["needs_no_token"] | of_machines == {*NEEDS_NO_TOKEN, *OWN_KEY, *ASKS_ONLY}


def test_every_form_of_a_template_carries_a_key_or_leads_where_none_is_needed():
    without = set()
    for file in ROOT.glob("portal/**/templates/**/*.html"):
        for form in FORM.findall(file.read_text("utf-8")):
            if "{{ token(session) }}" not in form and 'name="form_key"' not in form:
                (address,) = LEADS_TO.findall(form) or [file.name]
                without.add(address)
    assert without == NEEDS_NONE


def test_form_that_takes_longest_is_not_taken_over_while_it_is_under_way():
    longest = budgets.PATIENCE + photo.PATIENCE + photo.SECONDS
    assert once.TAKEN_OVER_AFTER.total_seconds() > longest + PATIENCE * 3


async def test_every_address_that_takes_a_form_does_nothing_without_a_key(database):
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        citizen = await sign_in(person("84651421235"))
        answered = {}
        for address in table.addresses():
            if address.name not in {*REPEATABLE, *NEEDS_NO_TOKEN, *OWN_KEY, *ASKS_ONLY}:
                answer = await citizen.posts(address.bare_path(address.examples[0]), form_key="")
                answered[address.name] = answer.status_code
        assert set(answered.values()) == {409}
