"""What is asked of a provider: filters in the API's words, from where the list goes on, and ids in addresses."""

from datetime import UTC, datetime

import msgspec
import pytest
import schemathesis

from portal.features.mailbox import checks, section
from portal.features.mailbox.registry import inquiries
from portal.features.mailbox.registry.providers import FEDERATION
from portal.features.mailbox.types import CONSENTS, LIST, READ, EboxProvider, MessageQuery
from portal.platform.sources import catalogue, registries
from portal.platform.sources.registries import ListQuery
from portal.platform.sources.tests.bodies import SOUND, body
from tests.beside import SHARED

PUBLISHED = SHARED / "contracts" / "ebox-openapi"
SMALS = EboxProvider("smals", {"fr": "Lettres de Smals", "nl": "Brieven van Smals"}, "https://ebox.example/v2", "2.1")
FEDERAAL = EboxProvider("federaal", {}, "https://federaal.example/v3", "3.0")
NAMELESS = EboxProvider("zeta", {}, "https://zeta.example", "")
THEN = datetime(2026, 6, 1, 8, tzinfo=UTC)


def query_sent(query: MessageQuery, provider: EboxProvider = SMALS) -> ListQuery:
    return msgspec.json.decode(inquiries.list_inquiry(provider, query).values[registries.LIST], type=ListQuery)


EVERYTHING = MessageQuery(
    is_read=False,
    is_visible=None,
    is_registered=True,
    type_id="T1",
    sender="0308357159",
    received_from="2026-03-01",
    received_to="2026-03-31",
    expiring_to="2026-07-01",
    words="belasting",
    language="fr",
)


def test_filters_are_written_as_the_api_names_them():
    assert query_sent(EVERYTHING).filters == {
        "readStatus": "false",
        "registeredMail": "true",
        "messageTypeId": "T1",
        "senderOrganizationId": "0308357159",
        "receivedAfter": "2026-02-27",
        "receivedBefore": "2026-04-02",
        "expiredBefore": "2026-07-03",
        "q": "belasting",
        "qlang": "fr",
    }
    assert query_sent(MessageQuery()).filters == {"visible": "true"}
    assert (query_sent(MessageQuery(wanted=50)).wanted, query_sent(MessageQuery(), FEDERAAL).is_ordered) == (50, True)


@pytest.mark.parametrize(
    ("at", "past_id"), [("smals", "m1"), ("federaal", ""), ("zeta", None)], ids=["own", "before", "behind"]
)
def test_a_list_goes_on_after_a_message_of_whichever_provider(at, past_id):
    found = query_sent(MessageQuery(past=(THEN, at, "m1")))
    assert (found.past, found.past_id) == (THEN, past_id)


@pytest.mark.security
def test_an_id_leads_nowhere_else():
    assert inquiries.path_of("FED/2026/1", "body") == "ebox/messages/FED%2F2026%2F1/body"
    assert inquiries.path_of("a?b#c%2f é") == "ebox/messages/a%3Fb%23c%252f%20%C3%A9"
    for id_ in ("", ".", "..", "é" * 300):
        assert inquiries.path_of(id_) == ""
    assert inquiries.path_of("m", "..") == ""


def test_the_register_tells_what_is_asked_of_whom_and_why():
    of_list, of_message = inquiries.list_inquiry(SMALS, MessageQuery()), inquiries.message(SMALS, "m", THEN)
    for inquiry, purpose in ((of_list, LIST), (of_message, READ), (inquiries.body(SMALS, "m"), READ)):
        activity = inquiry.activity(purpose)
        assert activity.name == inquiry.name
        assert (activity.retention, activity.services) == ("none", ("MessageRegistry/2.1",))
        assert activity.title == "Documenten in de eBox (Brieven van Smals)"
        assert inquiry.kept_as is None
    assert (of_list.name, of_message.name) == ("bosa.ebox-smals", "bosa.ebox-smals/message")
    assert of_list.question.source == "ebox-smals"
    assert inquiries.registry_of(SMALS).audience.endswith(":smals")


def test_the_register_names_what_was_asked_and_no_version_that_is_not_known():
    """People read it on their page of uses and in their copy."""
    of_consents = inquiries.consents(FEDERATION)
    assert of_consents is not None
    assert of_consents.activity(CONSENTS).services == ("citizenEboxConsents",)
    assert inquiries.message(NAMELESS, "m", THEN).activity(READ).services == ("MessageRegistry",)


def test_the_register_lists_consents_only_where_the_federation_has_a_register_of_them(monkeypatch):
    parts = [activity.dataset.partition("*")[2] for activity in inquiries.activities()]
    _, box = inquiries._federation()
    monkeypatch.setattr(section, "dutch", lambda _: msgspec.structs.replace(box, consents=""))
    fewer = [activity.dataset.partition("*")[2] for activity in inquiries.activities()]
    assert [part for part in parts if part not in fewer] == ["/consents", "/consent"]


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the public descriptions are not beside the project")
def test_all_that_is_asked_stands_in_the_public_descriptions():
    paths = schemathesis.openapi.from_path(PUBLISHED / "ebox-rest-2.1.yaml").raw_schema["paths"]
    named = {parameter["name"] for parameter in paths["/ebox/messages"]["get"]["parameters"]}
    assert {*query_sent(EVERYTHING).filters, *query_sent(MessageQuery()).filters} <= named
    below = [inquiries.path_of("M", *further) for further in ((), ("body",), ("paymentData",))]
    assert {f"/{path.replace('M', '{messageId}')}" for path in below} <= paths.keys()
    assert {"/referenceData/senderOrganizations", "/referenceData/messageTypes"} <= paths.keys()
    federation = schemathesis.openapi.from_path(PUBLISHED / "ebox-federation-1.3.yaml").raw_schema["paths"]
    assert "get" in federation["/messageProviders"]


def test_two_bodies_that_list_providers_are_refused_at_the_start(tmp_path, monkeypatch):
    table = (
        '\n[mailbox]\nsource = "a-federation"\npath = "/a"\naudience = "urn:a"\ntitle = "A"\nlegal_basis = "wet"\n'
    )
    body(tmp_path, "eerste", SOUND + table)
    one = catalogue.load([tmp_path])
    (agency,) = one.agencies
    assert [listed.path for listed in agency.lists] == ["/a/messageProviders"]
    assert (agency.families, "a-federation" in agency.sources) == (("ebox-",), True)
    monkeypatch.setattr(catalogue, "installed", lambda: one)
    assert checks.one_body_lists_providers() == []
    body(tmp_path, "tweede", SOUND + table)
    both = catalogue.load([tmp_path])
    monkeypatch.setattr(catalogue, "installed", lambda: both)
    assert [said.id for said in checks.one_body_lists_providers()] == ["portal.E063"]
    assert section.dutch(both.agencies[0]) is not None


def test_deaths_that_nobody_would_be_asked_about_are_refused_at_the_start(tmp_path, monkeypatch):
    table = '\n[ebox_deaths]\ndataset = "{}"\nfact = "died"\n'
    body(tmp_path, "eerste", SOUND + table.format("adres"))
    one = catalogue.load([tmp_path])
    (name,) = {entry.dataset.id for entry in one.entries}
    monkeypatch.setattr(catalogue, "installed", lambda: one)
    assert [(said.id, said.msg) for said in checks.deaths_can_be_known()] == [
        ("portal.E067", "[ebox_deaths] of eerste: no dataset adres.")
    ]
    for each in ("eerste", "tweede"):
        body(tmp_path / "both", each, SOUND + table.format(name))
    both = catalogue.load([tmp_path / "both"])
    monkeypatch.setattr(catalogue, "installed", lambda: both)
    assert [said.msg for said in checks.deaths_can_be_known()] == ["eerste, tweede all have [ebox_deaths]."]
