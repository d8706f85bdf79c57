"""Whether a service may mail a citizen, and where: never to an address that was not chosen for it."""

import hashlib
from pathlib import Path
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.features.notifications import preference_rules as rules
from portal.features.notifications import service_list
from portal.features.notifications.preference_rules import EBOX, NoMail, Pace, Preferences, Way
from portal.features.profile.types import VerifiedEmail

HOME, WORK, GONE = UUID(int=1), UUID(int=2), UUID(int=3)
EMAILS = [VerifiedEmail(HOME, "lies@example.org", True), VerifiedEmail(WORK, "work@example.org", False)]
PVB, VOUCHERS = "vaph/30201", "dwse/30401"


@pytest.mark.parametrize(
    ("preferences", "service", "found"),
    [
        (Preferences(), PVB, NoMail.NOTHING_CHOSEN),
        (rules.for_all(WORK, Pace.DAILY), PVB, "work@example.org"),
        (rules.for_all(WORK, Pace.DAILY), EBOX, "work@example.org"),
        (rules.for_all(WORK, Pace.DAILY), "somebody/of-next-year", "work@example.org"),
        (rules.for_all(GONE, Pace.DAILY), PVB, NoMail.ADDRESS_GONE),
        (rules.for_each({PVB: HOME, EBOX: WORK}, Pace.AT_ONCE), PVB, "lies@example.org"),
        (rules.for_each({PVB: HOME, EBOX: WORK}, Pace.AT_ONCE), EBOX, "work@example.org"),
        (rules.for_each({PVB: HOME, EBOX: WORK}, Pace.AT_ONCE), VOUCHERS, NoMail.NOT_THIS_SERVICE),
        (rules.for_each({PVB: GONE}, Pace.AT_ONCE), PVB, NoMail.ADDRESS_GONE),
        (rules.for_each({}, Pace.AT_ONCE), PVB, NoMail.NOTHING_CHOSEN),
    ],
)
def test_mail_goes_where_it_was_chosen_to_go_or_nowhere(preferences, service, found):
    assert rules.address_for(preferences, service, EMAILS) == found


ids = st.sampled_from([HOME, WORK, GONE])
chosen = st.one_of(
    st.just(Preferences()),
    st.builds(rules.for_all, ids, st.sampled_from(Pace), may_mail_expiry=st.booleans()),
    st.builds(
        rules.for_each,
        st.dictionaries(st.sampled_from([PVB, VOUCHERS, EBOX]), ids),
        st.sampled_from(Pace),
        may_mail_expiry=st.booleans(),
    ),
)


@given(chosen, st.sampled_from([PVB, VOUCHERS, EBOX, "new/1"]), st.lists(st.sampled_from(EMAILS), unique=True))
def test_address_that_was_removed_is_never_replaced_by_another(preferences, service, emails):
    found = rules.address_for(preferences, service, emails)
    wish = {Way.NONE: None, Way.ALL: preferences.email_id, Way.EACH: preferences.services.get(service)}
    there = {email.id: email.address for email in emails}
    expected = there.get(wish[preferences.way])
    assert (found if not isinstance(found, NoMail) else None) == expected
    assert (found is NoMail.ADDRESS_GONE) == (wish[preferences.way] is not None and expected is None)


@given(chosen)
def test_what_was_chosen_is_read_back_as_it_was(preferences):
    sealed = msgspec.json.encode(preferences)
    assert msgspec.json.decode(sealed, type=Preferences) == preferences


def test_services_that_lost_their_address_are_listed_in_order():
    preferences = rules.for_each({EBOX: GONE, PVB: GONE, VOUCHERS: HOME}, Pace.AT_ONCE)
    assert rules.without_address(preferences, [PVB, VOUCHERS, EBOX], EMAILS) == [PVB, EBOX]
    assert rules.without_address(rules.for_all(HOME, Pace.DAILY), [PVB, EBOX], EMAILS) == []


def test_every_service_of_annex_1_stands_in_the_list_with_the_ebox_as_one_entry_at_the_end():
    listed = service_list.list_services()
    assert [(service.body, service.name) for service in listed] == [
        (
            "Agentschap Onroerend Erfgoed",
            "Erfgoedpremie voor beschermde monumenten en landschappen",
        ),
        (
            "Agentschap Onroerend Erfgoed",
            "Onderzoekspremie voor beschermde monumenten en landschappen",
        ),
        (
            "Agentschap voor Hoger Onderwijs, Volwassenenonderwijs, Kwalificaties en Studietoelagen",
            "School- en studietoelagen",
        ),
        ("Departement Kanselarij en Buitenlandse Zaken", "Schadevergoeding van het Vlaams Rampenfonds"),
        ("Departement Werk en Sociale Economie", "Dienstencheques"),
        ("Stad Kortrijk", "Inname openbaar domein"),
        ("Stad Kortrijk", "Meldpunt 1777"),
        ("Toerisme Vlaanderen", "Logiessubsidies"),
        ("Toerisme Vlaanderen", "Toerisme voor allen subsidies"),
        ("Vlaams Agentschap voor Personen met een Handicap", "Persoonsvolgend budget (PVB)"),
        ("", "Overheidsdocumenten (eBox)"),
    ]
    assert len({service.key for service in listed}) == len(listed)


def test_nothing_that_was_chosen_is_printed():
    printed = repr(
        [rules.for_each({PVB: uuid4()}, Pace.AT_ONCE), rules.WantedMail("lies@example.org", "Lies", Pace.DAILY)]
    )
    assert printed == "[Preferences(…), WantedMail(…)]"


def test_text_that_somebody_agreed_to_is_not_rewritten():
    """A new text gets a new name; this one is left as it was."""
    folder = Path(__file__).parents[1] / "templates/notifications/consent"
    found = {file.stem: hashlib.sha256(file.read_bytes()).hexdigest()[:16] for file in folder.glob("*.html")}
    assert found == {rules.CONSENT: "c3779f64ea31f9db"}
