"""Answers of the repertorium, and the answers of services after which it is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platform.sources.reading.outcomes import Down
from portal.platform.sources.transports.repertorium import needs_registration, outcome

from .town import CONTENT, REFERTE, answer, exception, exceptions, in_envelope

DONE = "<Inhoud><Resultaat Beschrijving='Wel geslaagd'>1</Resultaat></Inhoud>"


def read(inside, *, refused="", referte=REFERTE):
    return outcome(in_envelope(answer(inside, refused=refused, referte=referte)), REFERTE)


@pytest.mark.parametrize("inside", [DONE, exceptions(exception("40143", kind="WAARSCHUWING"))])
def test_person_is_registered_now_or_already(inside):
    assert read(inside) is None


@pytest.mark.parametrize(
    ("inside", "refused", "down"),
    [
        ("<Inhoud><Resultaat>0</Resultaat></Inhoud>", "", Down("refused", "Repertorium: Resultaat")),
        ("<Inhoud/>", "", Down("refused", "Repertorium: Resultaat")),
        (exceptions(exception("40005")), "", Down("refused", "Repertorium: 40005")),
        (DONE + exceptions(exception("40006")), "", Down("refused", "Repertorium: 40006")),
        (exceptions(exception("12345")), "", Down("unavailable", "Repertorium: 12345")),
        (exceptions(exception("84651421235")), "", Down("unavailable", "Repertorium")),
        (
            exceptions(exception("40143", origin="KSZ", kind="WAARSCHUWING")),
            "",
            Down("refused", "Repertorium: Resultaat"),
        ),
        ("", exceptions(exception("99996")), Down("busy", "Repertorium: 99996")),
        ("", "", Down("mismatch", "Repertorium: Referte")),
    ],
)
def test_other_answers_are_failures_with_their_reason(inside, refused, down):
    assert read(inside, refused=refused) == down


def test_answer_to_another_registration_is_no_success():
    assert read(DONE, referte="another") == Down("mismatch", "Repertorium: Referte")


@pytest.mark.parametrize(
    ("inside", "down"), [(DONE, None), (exceptions(exception("40005")), Down("refused", "Repertorium: 40005"))]
)
def test_answer_whose_names_a_gateway_qualified_is_read(inside, down):
    qualified = answer(inside).replace(b"<Repliek>", b'<Repliek xmlns="urn:gateway">')
    assert outcome(in_envelope(qualified), REFERTE) == down


@pytest.mark.parametrize("data", [b"", b"<html/>", b"<Repliek", in_envelope(b"<Fault/>")])
def test_what_is_no_answer_is_no_success(data):
    assert isinstance(outcome(data, REFERTE), Down)


@given(st.integers(0, 10_000))
def test_answer_cut_off_anywhere_is_no_success(at):
    whole = in_envelope(answer(DONE))
    assert isinstance(outcome(whole[: at % len(whole)], REFERTE), Down)


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (answer(exceptions(exception("40003"))), True),
        (in_envelope(answer("", refused=exceptions(exception("40003")))), True),
        (answer(exceptions(exception("40003", origin="Magda"))), True),
        (answer(exceptions(exception("40003", origin="Hengelregister"))), False),
        (answer(exceptions(exception("\n  40003\n"))), True),
        (answer(exceptions(exception("<![CDATA[40003]]>"))), True),
        (answer(exceptions(exception("40003"))).replace(b"<Repliek>", b'<Repliek xmlns="urn:gateway">'), True),
        (answer(CONTENT.replace("Snoek", "40003")), False),
        (answer(CONTENT), False),
        (b">40003<", False),
    ],
)
def test_registration_is_wanted_only_where_magda_says_so(data, wanted):
    assert needs_registration(data) is wanted
