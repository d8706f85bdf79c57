"""What a letter may do in our page: be read."""

import re
from html.parser import HTMLParser
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.features.mailbox.letter import cleaning, letter_markup, letter_program
from portal.features.mailbox.letter.letter_markup import LetterPiece

pytestmark = pytest.mark.security


def markup_of(html: str) -> str:
    return letter_markup.write(letter_program.pieces_of(html)).markup


@pytest.mark.parametrize(
    ("html", "markup"),
    [
        ("<p onclick=x style='position:fixed' id=inhoud class=alarm slot=top>Dag</p>", "<p>Dag</p>"),
        ("a<script>alert(1)</script><style>*{display:none}</style><template>t</template>b", "ab"),
        ("<svg><script>1</script><p>x</svg><math><mi//xlink:href='data:x'>", "<p>x</p>"),
        ("<img src=https://spy.example/1.gif alt='Logo van ons'>x", " [Logo van ons] x"),
        ("<form action=https://x.example><input name=pin><button>Betaal</button></form>", "<div>Betaal</div>"),
        ("<iframe src=//x>in</iframe><object data=x>o</object><base href=//x><meta http-equiv=refresh>z", "z"),
        ("<h1>A</h1><h4>B</h4><h2>C</h2>", "<h3>A</h3><h4>B</h4><h4>C</h4>"),
        ("<b>v</b><i>s</i><u>o</u><center>m</center>", "<strong>v</strong><em>s</em>o<div>m</div>"),
        ("<ul><li>een<li>twee</ul><li>los", "<ul><li>een</li><li>twee</li></ul><div>los</div>"),
        ("<p>a\u202eb&#x202e;c&#8238;d&#0;e</p>", "<p>abcd\ufffde</p>"),
        ("<p>1 &lt; 2 &amp;lt; <q>é</q></p>", "<p>1 &lt; 2 &amp;lt; <q>é</q></p>"),
        ("<p lang=fr>Bonjour</p><p lang='x onload'>x</p>", '<p lang="fr">Bonjour</p><p>x</p>'),
        ("<pre>a\n  b</pre>", "<pre>a\n  b</pre>"),
    ],
)
def test_letter_keeps_its_words_and_nothing_that_acts(html, markup):
    assert markup_of(html) == markup


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://www.belgium.be/nl?a=1&b=2#c", "www.belgium.be"),
        ("HTTP://Belgium.be:8080", "belgium.be"),
        ("https://café.be/é", "xn--caf-dma.be"),
        ("mailto:info@belgium.be?bcc=x@y.example", "info@belgium.be"),
        ("tel:+32 2 123 45 67", "+32 2 123 45 67"),
    ],
)
def test_link_says_where_it_leads(address, shown):
    link = letter_markup.link_to(address)
    assert link is not None
    assert link.shown == shown
    assert shown.replace(" ", "") in link.href.lower()


@pytest.mark.parametrize(
    "address",
    [
        *(
            "javascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "//x.example",
            "/uw-gegevens/",
            "x",
            "",
            "https://",
        ),
        *("https://belgium.be@evil.example/", r"https://evil.example\@belgium.be", "https://%65vil.example/"),
        *("https://[::1]/", "https://a..b/", "https:/belgium.be", "https://bel gium.be", "java\tscript:alert(1)"),
        *("https://x.example/\x00", "https://x.example/" + "a" * 3000, 'https://x.example/"onclick="', "mailto:x"),
    ],
)
def test_address_that_can_be_read_in_two_ways_is_no_link(address):
    assert letter_markup.link_to(address) is None


def test_words_that_name_another_place_are_followed_by_the_place():
    assert markup_of('<a href="https://evil.example/">belastingdienst.be</a>') == (
        '<a href="https://evil.example/" rel="noopener noreferrer nofollow">belastingdienst.be</a>'
        ' <span class="leads">(evil.example)</span>'
    )
    plain = '<a href="https://a.be" rel="noopener noreferrer nofollow">a.be</a>'
    assert markup_of('<a href="https://a.be"></a><a href="https://a.be">a.be</a>') == plain * 2
    assert "(" not in markup_of('<a href="https://a.be/">https://a.be</a>')


def test_table_of_data_stays_one_and_a_layout_becomes_lines():
    data = "<table><tr><th scope=row colspan=2>a</th><td rowspan=500>b</td></tr></table>"
    assert markup_of(data) == (
        '<div class="wide" role="group" tabindex="0"><table><tbody><tr>'
        '<th colspan="2" scope="row">a</th><td>b</td></tr></tbody></table></div>'
    )
    layout = markup_of(f"<table><tr><td>links<td>{data}</table><table><tr><td>een</table>")
    assert layout.count("<table") == 1
    assert re.sub("<[^>]+>", " ", layout).split() == ["links", "a", "b", "een"]


class _Judge(HTMLParser):
    """Lists the elements, the attributes and the words of what was written, and whether all that begins ends."""

    def __init__(self) -> None:
        super().__init__()
        self.elements, self.attributes, self.open = set[str](), set[str](), list[str]()
        self.words = ""

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in ("br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


HARMLESS = {"href", "rel", "class", "lang", "colspan", "rowspan", "scope", "title", "role", "tabindex"}
BITS = st.sampled_from(
    [
        *("<p>", "</p>", "<b>", "</b>", "<a href='javascript:x'>", "<a href=https://x.example>", "</a>", "<table>"),
        *("<tr>", "<td>", "</table>", "<svg>", "<math>", "<style>", "<!--", "-->", "<![CDATA[", "]]>", "<title>"),
        *(
            "<script>",
            "</script>",
            "<img alt='\"><script>' src=x onerror=x>",
            "&lt;script&gt;",
            "&#60;",
            "<li>",
            "<h2>",
        ),
        *(
            "<noscript>",
            "</noscript>",
            "<textarea>",
            "<select>",
            "<pre>",
            "</pre>",
            "\x00",
            "\u202e",
            "woord",
            " ",
            "<",
        ),
        *("<td colspan=9>", "<form>", "<input>", "</form>", "<mtext>", "<mglyph>", "<annotation-xml>", "</style>"),
    ]
)


@given(st.lists(BITS | st.text(max_size=5), max_size=30))
@settings(max_examples=300)
def test_whatever_comes_is_words_in_elements_of_ours(bits):
    judge = _Judge()
    judge.feed(markup_of("".join(bits)))
    judge.close()
    allowed = {*letter_markup.TAGS, "span"} - {"form", "input", "button", "img", "div", "label"} | {"div"}
    assert judge.elements <= allowed
    assert judge.attributes <= HARMLESS
    assert judge.open == []


PIECES = st.builds(
    LetterPiece,
    st.sampled_from(["text", "begin", "end"]),
    st.sampled_from([*letter_markup.TAGS, "script", "<script>", "x onload=", ""]),
    st.dictionaries(st.sampled_from(["href", "onclick", "alt", "title", "lang", "colspan"]), st.text(max_size=9)),
)


@given(st.lists(PIECES, max_size=40))
def test_a_program_that_was_taken_over_writes_no_more_than_a_letter(pieces):
    judge = _Judge()
    judge.feed(letter_markup.write(pieces).markup)
    judge.close()
    assert not judge.elements & {"script", "form", "input", "button", "img"}
    assert judge.attributes <= HARMLESS
    assert judge.open == []


def test_elements_within_one_another_end_somewhere():
    markup = markup_of("<div>" * 3000 + "diep")
    assert markup.count("<div>") == letter_markup.MOST_DEPTH
    assert "diep" in markup


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        (
            "Dag An,\n\nTot <jan@example.be>\r\nmorgen & later",
            "<p>Dag An,</p><p>Tot &lt;jan@example.be&gt;<br>morgen &amp; later</p>",
        ),
        ("5 < 6 en 7 > 3", "<p>5 &lt; 6 en 7 &gt; 3</p>"),
        ("Caf&eacute;", "<p>Café</p>"),
        ("", ""),
    ],
)
async def test_plain_text_keeps_its_lines(text, markup):
    letter = await cleaning.clean(text, uuid4())
    assert (letter.markup, letter.is_empty, letter.is_bare) == (markup, not text, False)


def test_bare_text_of_what_no_program_took_apart():
    assert cleaning.bare("<style>p{}</style><p>Dag &amp; tot</p><br>morgen<script>x") == "  Dag & tot\n\nmorgen"


async def test_long_text_is_cut_and_says_so():
    letter = await cleaning.clean("a" * (cleaning.LONGEST + 1), uuid4())
    assert letter.is_cut
    assert len(letter.markup) == cleaning.LONGEST + len("<p></p>")


def test_a_letter_is_never_printed():
    assert "geheim" not in repr(cleaning.CleanLetter("geheim"))
    assert "geheim" not in repr(LetterPiece("text", "geheim"))


async def test_letter_is_cleaned_by_the_program_and_by_what_it_leaves_where_that_fails():
    letter = await cleaning.clean("<p>Dag <img src=x alt=An><form><input></form>", uuid4())
    assert (letter.markup, letter.has_pictures, letter.has_form) == ("<p>Dag  [An] </p><div></div>", True, True)
    # Formatting that takes a parser minutes: it is stopped, and the words stay.
    letter = await cleaning.clean("".join(f"<b lang={at}>" for at in range(20_000)) + "<p>woord" * 200, uuid4())
    assert (letter.is_bare, letter.markup.count("woord")) == (True, 200)
