"""What is read of an answer about dossiers: which changes belong together, whose they are, what is odd in them."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.features.dossiers import moments, parsing, reading
from portal.features.dossiers.inquiries import DossierOutcome
from portal.platform.sources.reading.outcomes import Down, Missing, Nothing, Partial, Ready, name_of
from portal.platform.sources.transports.answer import of_file
from tests.beside import SHARED
from tests.effort import lines_of
from tests.fuzz import damage

from .answers import (
    ANOTHER,
    NUMBER,
    THEN,
    answer,
    change,
    dossiers_in,
    exception,
    leaf,
    outcome_in,
    outcome_of,
    read,
    subject,
)

PUBLISHED = SHARED / "magda/simulator/Dossier/GeefDossiers/02.00.0000"
URI = "http://ov.vlaanderen.be/studietoelagen/daf"


def states(*changes: str) -> list[tuple[str, str, str]]:
    (dossier,) = read(*changes)
    return [(one.day, one.phase, one.status) for one in dossier.changes]


# --- which changes belong together --------------------------------------------------------------------------


def test_changes_of_one_number_are_one_dossier_the_newest_first():
    first = change(status="Ingediend", phase="Samenstelling", on="2025-12-01T09:00:00")
    last = change(status="Beslist", phase="Beslissing", on="2026-02-03T09:00:00+01:00", details=["Ja", "Kom langs"])
    assert states(change(), last, first) == [
        ("2026-02-03", "Beslissing", "Beslist"),
        ("2026-02-01", "Behandeling", "InBehandeling"),
        ("2025-12-01", "Samenstelling", "Ingediend"),
    ]


def test_a_change_is_dated_by_its_status_then_by_itself_then_by_its_period():
    of_itself = change(on=None, modified="2026-01-02T10:00:00Z", status="DossierVolledig")
    of_period = change(on=None, begin="2025-01-01", status="Ingediend")
    assert [day for day, _, _ in states(of_period, change(modified="2027-01-01T09:00:00"), of_itself)] == [
        "2026-02-01",
        "2026-01-02",
        "2025-01-01",
    ]


def test_one_number_of_two_sources_is_two_dossiers():
    found = read(change(source="STL"), change(source="VAPH"), change(source="Onbekend Loket"), change(source=None))
    assert [one.source for one in found] == ["STL", "VAPH", "Onbekend Loket", ""]


def test_a_body_that_writes_its_source_in_two_ways_has_one_dossier():
    found = read(change(), change(source=URI), change(source="LED"))
    assert [(one.source, len(one.changes)) for one in found] == [(URI, 2), ("LED", 1)]


def test_two_states_of_one_moment_are_both_kept_and_said_to_contradict():
    (dossier,) = read(change(status="Goedgekeurd"), change(status="Geweigerd"))
    assert [one.status for one in dossier.changes] == ["Geweigerd", "Goedgekeurd"]
    assert dossier.is_contested
    (twice,) = read(change(), change())
    assert (len(twice.changes), twice.is_contested) == (2, False)


def test_changes_without_a_number_are_not_taken_together():
    outcome = outcome_of(answer(change(None), change(None, name="Iets anders")))
    assert isinstance(outcome, Partial)
    assert [(one.number, len(one.changes)) for one in outcome.value.found] == [("", 1), ("", 1)]
    assert [(one.code.rpartition("/")[2], one.reason) for one in outcome.missing] == [("Dossiernummer", "unread")]


def changes_of_one_dossier(count: int) -> list[str]:
    """Make so many of different moments, in no order."""
    many = [change(on=f"{2020 + n % 6}-01-{n % 28 + 1:02}T09:{n % 60:02}:00", status=f"S{n}") for n in range(count)]
    random.Random(5).shuffle(many)
    return many


def test_a_thousand_changes_of_one_dossier_are_one_dossier_in_order():
    (dossier,) = read(*changes_of_one_dossier(1000))
    days = [(one.day, one.time) for one in dossier.changes]
    assert (len(days), days) == (1000, sorted(days, reverse=True))


def test_work_grows_with_the_changes_of_one_dossier_and_no_faster():
    few, many = (changes_of_one_dossier(count) for count in (100, 400))
    read(*few)  # what is found out once
    assert lines_of(lambda: read(*many)) < 5 * lines_of(lambda: read(*few))


# --- whose they are -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subjects", "is_theirs"),
    [
        ((subject(), subject(ANOTHER)), True),
        ((subject(ANOTHER), subject(f"{NUMBER[:2]}.{NUMBER[2:4]}.{NUMBER[4:6]}-{NUMBER[6:9]}.{NUMBER[9:]}")), True),
        ((subject(role="raadpleger "),), True),
        ((subject(role="Aanvrager"),), False),
        ((subject(ANOTHER), subject(role="Aanvrager")), False),
        ((subject("0123456789", kind="OND"),), False),
        ((subject(kind="OND"),), False),
        ((), False),
    ],
)
def test_only_a_person_who_may_read_it_sees_a_dossier(subjects, is_theirs):
    made = dossiers_in(outcome_of(answer(change(subjects=subjects))))
    assert (len(made.found), made.hidden) == ((1, 0) if is_theirs else (0, 1))


@pytest.mark.parametrize(
    ("closed", "is_seen"), [("0", True), ("", True), ("false", True), ("1", False), ("x", False)]
)
def test_what_is_not_to_be_read_is_hidden_and_counted(closed, is_seen):
    outcome = outcome_of(answer(change(closed=closed), change("D-2")))
    made = dossiers_in(outcome)
    assert (len(made.found), made.hidden) == ((2, 0) if is_seen else (1, 1))
    # What cannot be understood closes, and is said.
    assert name_of(outcome) == ("partial" if closed == "x" else "ready")


@pytest.mark.parametrize(
    "twice",
    [
        "<IsNietRaadpleegbaar>0</IsNietRaadpleegbaar><IsNietRaadpleegbaar>1</IsNietRaadpleegbaar>",
        "<IsNietRaadpleegbaar>0</IsNietRaadpleegbaar></Eigenschappen><Eigenschappen>"
        "<IsNietRaadpleegbaar>1</IsNietRaadpleegbaar>",
    ],
)
def test_one_of_two_flags_that_closes_is_enough(twice):
    data = answer(change(), change("D-2")).decode()
    made = dossiers_in(outcome_of(data.replace(leaf("IsNietRaadpleegbaar", 0), twice, 1).encode()))
    assert ([one.number for one in made.found], made.hidden) == (["D-2"], 1)


def test_the_second_number_of_a_subject_opens_nothing():
    two = subject().replace(leaf("Sleutel", NUMBER), leaf("Sleutel", ANOTHER) + leaf("Sleutel", NUMBER))
    outcome = outcome_of(answer(change(subjects=(two,)), change("D-2")))
    assert [one.number for one in dossiers_in(outcome).found] == ["D-2"]
    assert name_of(outcome) == "partial"


@pytest.mark.parametrize("roles", [("Raadpleger", "Aanvrager"), ("Aanvrager", "Raadpleger")])
def test_one_of_several_roles_is_enough(roles):
    several = subject().replace(leaf("Rol", "Raadpleger"), "".join(leaf("Rol", role) for role in roles))
    assert len(read(change(subjects=(several,)))) == 1


def test_of_a_dossier_whose_newest_change_is_not_theirs_nothing_is_shown():
    old, between, new = (change(on=f"2026-0{month}-01T09:00:00") for month in (1, 2, 3))
    withdrawn = change(on="2026-02-01T09:00:00", subjects=(subject(ANOTHER),))
    made = dossiers_in(outcome_of(answer(old, withdrawn, new)))
    assert ([len(one.changes) for one in made.found], made.hidden) == ([2], 1)
    made = dossiers_in(outcome_of(answer(old, between, change(on="2026-03-01T09:00:00", closed="1"))))
    assert (made.found, made.hidden) == ((), 3)


def test_an_answer_about_somebody_else_is_a_mismatch():
    assert outcome_of(answer(change(subjects=(subject(ANOTHER),)))) == Down("mismatch", "INSZ")
    assert outcome_of(answer(change()), about=ANOTHER) == Down("mismatch", "INSZ")


# --- what is odd in them ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "day", "time"),
    [
        ("2018-07-05T14:53:46.000+02:00", "2018-07-05", "14:53"),
        ("2018-01-03T23:30:00Z", "2018-01-04", "00:30"),
        ("2018-01-08T09:00:00.123Z", "2018-01-08", "10:00"),
        ("2018-01-08", "2018-01-08", ""),
        ("2018-01-08T00:00:00", "2018-01-08", ""),
        # A midnight in Belgium, with an offset of another season, is the day that is written.
        ("2026-01-15T00:00:00+02:00", "2026-01-15", ""),
        ("2026-07-01T00:00:00+01:00", "2026-07-01", ""),
        ("2026-07-01T00:00:00Z", "2026-07-01", "02:00"),
        ("2026-07-01T00:30:00+01:00", "2026-07-01", "01:30"),
        ("1899-12-31T10:00:00", "1899-12-31", "10:00"),
        ("2087-03-01T10:00:00", "2087-03-01", "10:00"),
        ("20180108", "2018-01-08", ""),
        ("08/01/2018", "2018-01-08", ""),
        ("2018-00-00", "2018-00-00", ""),
        ("9999-12-31T00:00:00", "", ""),
        ("0001-01-01T00:00:00", "", ""),
        ("0000-00-00", "", ""),
        ("gisteren", "", ""),
        ("2018-02-31T09:00:00", "", ""),
        ("2018-01-08T09:00:00+99:99", "2018-01-08", ""),
    ],
)
def test_moments_are_read_in_belgian_time(written, day, time):
    found = moments.read(written)
    assert (found.day, found.time) == (day, time)


def test_a_date_that_is_none_is_said_and_the_rest_is_read():
    outcome = outcome_of(answer(change(on="binnenkort", begin="2026-01-05")))
    assert isinstance(outcome, Partial)
    (dossier,) = outcome.value.found
    assert dossier.newest.day == "2026-01-05"
    assert [(one.code.rpartition("Status/")[2], one.reason) for one in outcome.missing] == [
        ("DatumModificatie", "unread")
    ]


def test_what_cannot_be_seen_is_taken_out_and_what_is_markup_stays_text():
    said = "<script>x</script> \u202eja\u202c\u200b\u0085nee & javascript:alert(1)"
    (dossier,) = read(change(name="Toe\u202elage\u200b", details=[said], action="1", words=said))
    newest = dossier.newest
    assert newest.name == "Toelage"
    assert newest.details == ("<script>x</script> ja nee & javascript:alert(1)",)
    assert newest.action == newest.details[0]


def test_an_action_without_words_and_a_status_without_phase_are_what_they_are():
    (dossier,) = read(change(action="1", phase=None))
    assert (dossier.newest.needs_action, dossier.newest.action, dossier.newest.phase) == (True, "", "")
    (bare,) = read(change(phase=None, status=None, on=None, kind="Verwijzing", link="https://x.example/d"))
    assert (bare.newest.status, bare.newest.kind, bare.newest.day) == ("", "Verwijzing", "2026-02-01")


def test_a_flag_that_is_none_is_said():
    outcome = outcome_of(answer(change(action="misschien")))
    assert isinstance(outcome, Partial)
    assert not outcome.value.found[0].newest.needs_action


@pytest.mark.parametrize(("flag", "needs"), [(None, True), ("", True), ("misschien", True), ("0", False)])
def test_an_action_that_is_described_is_expected_unless_the_body_says_it_is_not(flag, needs):
    data = answer(change(action="x", words="Stuur het attest")).decode()
    written = data.replace(leaf("ActieNodig", "x"), leaf("ActieNodig", flag))
    (dossier,) = dossiers_in(outcome_of(written.encode())).found
    assert (dossier.newest.needs_action, dossier.newest.action) == (needs, "Stuur het attest")


def test_what_nobody_reads_is_said_by_its_place():
    outcome = outcome_of(answer(change(more="<Bijlage>x</Bijlage>")))
    assert isinstance(outcome, Partial)
    assert [(one.code.rpartition("/")[2], one.reason) for one in outcome.missing] == [("Bijlage", "unread")]


def test_what_the_folder_leaves_out_is_not():
    (dossier,) = read(change(own="<EDRL>x</EDRL>"))
    assert dossier.newest.status == "InBehandeling"


def test_a_text_without_end_is_cut_and_said():
    outcome = outcome_of(answer(change(details=["a" + "\u0301" * 60_000, "b" * 5_000])))
    assert isinstance(outcome, Partial)
    assert [one.reason for one in outcome.missing] == ["long"]
    first, second = outcome.value.found[0].newest.details
    assert (len(first) < 50, len(second)) == (True, reading.MOST_TEXT + 1)


def test_content_beside_an_exception_is_partial_and_names_whose_part_is_missing():
    outcome = outcome_of(answer(change(), beside=exception("99986", behind="VAPH")))
    assert isinstance(outcome, Partial)
    assert outcome.missing == (Missing("VAPH", "99986", "unavailable"),)
    assert outcome_of(answer(beside=exception("99996"))) == Down("busy", "MAGDA 99996")
    assert isinstance(outcome_of(answer(beside=exception("30001"))), Nothing)
    assert isinstance(outcome_of(answer(change(), beside=exception("30001"))), Ready)


@pytest.mark.parametrize(
    "namespace", ["http://dossier-02_00.vip.vlaanderen.be", "http://generiek-02_00.vip.vlaanderen.be"]
)
def test_an_answer_that_is_qualified_in_part_is_read(namespace):
    data = answer(change(action="1", words="Doe iets")).decode()
    for name in ("Dossiers", "Status", "Code", "Subject", "ActieNodig", "Bron"):
        data = data.replace(f"<{name}>", f'<q:{name} xmlns:q="{namespace}">').replace(f"</{name}>", f"</q:{name}>")
    outcome = outcome_of(data.encode())
    assert isinstance(outcome, Ready)
    assert outcome == outcome_of(answer(change(action="1", words="Doe iets")))


def test_an_element_of_a_stranger_is_not_taken_for_ours():
    data = answer(change()).replace(b"<Naam>Studietoelage</Naam>", b'<q:Naam xmlns:q="urn:x">Vreemd</q:Naam>')
    outcome = outcome_of(data)
    assert isinstance(outcome, Partial)
    assert outcome.value.found[0].newest.name == ""
    assert [one.code.rpartition("/")[2] for one in outcome.missing] == ["{*}Naam"]


def outcome_is_a_fault(outcome: DossierOutcome) -> bool:
    return isinstance(outcome, Down) and outcome.detail.endswith("Error")


SOUND = answer(
    change(status="Ingediend", phase="Samenstelling", on="2025-12-01T09:00:00", details=["a", "b"]),
    change(action="1", words="Doe iets", target="2026-05-01T09:00:00", link="https://x.example/d"),
    change("D-2", "VAPH", subjects=(subject(), subject(ANOTHER))),
)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_damage_never_raises_and_is_never_nothing(seed):
    chance = random.Random(seed)
    harm = chance.choice([damage.harm_xml, damage.harm_xml, damage.harm_bytes])
    outcome = outcome_of(harm(SOUND, chance))
    assert not isinstance(outcome, Nothing)
    # A fault of ours is named after its exception.
    assert getattr(outcome, "detail", "") in ("XMLSyntaxError", "DOCTYPE") or not outcome_is_a_fault(outcome)


# --- what was published -------------------------------------------------------------------------------------


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published answers are not beside the project")
def test_published_answers_are_read_whole():
    files = sorted(PUBLISHED.glob("[0-9]*.xml"))
    found = {}
    for file in files:
        record = parsing.describe(outcome_in(of_file(file.read_bytes(), THEN), file.stem))
        assert [one for one in record["missing"] if one["reason"] == "unread"] == []
        counts = sorted(one["history"] for one in record["dossiers"])
        found[file.stem] = (record["outcome"], counts, record["hidden"])
    assert found["31612199733"] == ("ready", [1, 1, 1, 21], 0)
    assert found["86671799690"] == ("ready", [1, 2], 1)
    assert found["66652798645"] == ("ready", [1, 1, 2], 0)
    assert found["41610199767"] == ("partial", [1, 3], 0)
    assert found["13622296581"] == ("nothing", [], 0)
    assert {stem for stem, (outcome, _, _) in found.items() if outcome == "down"} == {
        "02663099890",
        "04620399544",
        "17651098046",
        "65651999759",
        "81672996742",
        "91610100176",
        "98671796978",
    }


def test_the_log_names_who_gave_dossiers_of_others_and_nobody_whose_they_are(caplog):
    theirs = change("D-1", "STL")
    strange = [
        change(f"CANARY-{n}", source, subjects=(subject(ANOTHER),)) for n, source in enumerate(("VAPH", ANOTHER))
    ]
    outcome = outcome_of(answer(theirs, *strange))
    assert [one.number for one in dossiers_in(outcome).found] == ["D-1"]
    assert outcome_of(answer(*strange)) == Down("mismatch", "INSZ")
    assert [record.getMessage() for record in caplog.records] == [
        "dossiers of others in an answer, given by: unknown, vaph"
    ] * 2
    # What is withheld from one of several subjects is no mistake.
    caplog.clear()
    outcome_of(answer(theirs, change("D-2", subjects=(subject(), subject(ANOTHER)))))
    assert not caplog.records
