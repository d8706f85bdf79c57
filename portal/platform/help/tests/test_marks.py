"""The marks of an answer: read into parts, never into markup, and refused when they mean nothing."""

import pytest

from portal.platform.help import marks
from portal.platform.help.marks import Part, Span, TextError, address, plain, read


def test_each_kind_of_part_is_read():
    text = "Een\nzin.\n\n## Kop {#kop}\n\n- een\n- **twee**: b\n\n1. eerst\n1. dan [hier](hulp:afmelden)\n"
    assert read(text) == (
        Part("paragraph", ((Span("Een zin."),),)),
        Part("heading", ((Span("Kop"),),), "kop"),
        Part("list", ((Span("een"),), (Span("twee", is_strong=True), Span(": b")))),
        Part("steps", ((Span("eerst"),), (Span("dan "), Span("hier", href="hulp:afmelden")))),
    )
    assert plain(read(text)) == "Een zin. Kop een twee : b eerst dan  hier"


def test_what_holds_for_one_width_is_read_as_two_pieces():
    ((part,),) = [read("Klik {rechtsboven|in het menu} op Afmelden.")]
    assert part.lines[0] == (
        Span("Klik "),
        Span("rechtsboven", width="wide"),
        Span("in het menu", width="narrow"),
        Span(" op Afmelden."),
    )


def test_markup_stays_text():
    assert read("<script>alert(1)</script>") == (Part("paragraph", ((Span("<script>alert(1)</script>"),),)),)


@pytest.mark.parametrize(
    ("target", "leads"),
    [
        ("hulp:afmelden", "/hulp/afmelden/"),
        ("hulp:aanmelden#itsme", "/hulp/aanmelden/#itsme"),
        ("plaats:contact:question", "/contact/"),
        ("plaats:themes:theme?theme=gezin#naam", "/uw-gegevens/gezin/#naam"),
        ("plaats:themes:overview#tegel", "/uw-gegevens/#tegel"),
        ("#itsme", "#itsme"),
        ("https://www.vlaanderen.be/phishing", "https://www.vlaanderen.be/phishing"),
    ],
)
def test_links_lead_somewhere(target, leads):
    ((part,),) = [read(f"[x]({target})")]
    assert address(part.lines[0][0].href) == leads


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[x](javascript:alert(1))", "leads nowhere"),
        ("[x](http://vlaanderen.be)", "leads nowhere"),
        ("[x](//vlaanderen.be)", "leads nowhere"),
        ("[x](/hulp/)", "leads nowhere"),
        ("[x](plaats:themes:theme?theme=a&b=c)", "leads nowhere"),
        ("**niet gesloten", "not whole"),
        ("Klik {rechtsboven|in het menu op Afmelden", "not whole"),
        ("Klik {rechtsboven} op Afmelden", "not whole"),
        ("[x](hulp:a b)", "not whole"),
        ("[**x**](hulp:a)", "one inside another"),
        ("- een\ntwee", "without its mark"),
        ("# Kop", "no heading"),
        ("## Kop", "no heading"),
        ("## Kop {#Kop}", "no heading"),
        ("## Kop {#kop}\nEen zin.", "below a heading"),
        ("## Kop {#kop}\n- een", "below a heading"),
        ("Een zin:\n- een\n- twee", "below a sentence"),
        ("Een zin:\n1. een", "below a sentence"),
        ("Een zin.\n## Kop {#kop}", "below a sentence"),
    ],
)
def test_marks_that_mean_nothing_are_refused(text, said):
    with pytest.raises(TextError, match=said):
        read(text)


def test_entries_that_a_text_leads_to_are_listed():
    parts = read("[x](hulp:a) en [y](hulp:b#c)\n\n- [z](#d) [w](plaats:help:all_questions)")
    assert marks.linked_entries(parts) == {("a", ""), ("b", "c")}
