"""Pages of a source's list of certificates: both shapes, and deviations from them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platform.sources.transports import partner_pages
from portal.platform.sources.transports.partner_pages import ListItem, ListPage, ListPlace, below, page_of

PERSON, OTHER = "84651421235", "82710312762"
OURS = "https://gateway.example/anb/v1/certificates"
OWN = "https://anb.example/v1/certificates"
PLACE = ListPlace(OURS, OWN, PERSON)
HREF = f"{OURS}/{PERSON}/A-1/nl/download"
ITEM = ListItem("A-1", "nl", "Visverlof", "A-1/nl/download", 2026)


def flat(*certificates: object, **more: object) -> bytes:
    metadata = {"number": 1, "size": 50, "totalElements": len(certificates), "totalPages": 1}
    return json.dumps({"certificates": certificates, "pageMetadata": metadata, "links": [], **more}).encode()


def certificate(**changed: object) -> dict[str, object]:
    links = [{"rel": "self", "href": f"{OURS}/{PERSON}/A-1/nl"}, {"rel": "download", "href": HREF}]
    whole = {"id": "A-1", "language": "nl", "name": "Visverlof", "year": 2026, "links": links} | changed
    return {name: value for name, value in whole.items() if value is not ...}


def linked(href: object) -> dict[str, object]:
    return certificate(links=[{"rel": "download", "href": href}])


def read(data: bytes) -> ListPage:
    page = page_of(data, PLACE)
    assert isinstance(page, ListPage)
    return page


def test_both_shapes_say_the_same():
    hal = {
        "_embedded": {"certificates": [certificate(links=..., _links={"download": {"href": HREF}, "self": {}})]},
        "_links": {"self": {"href": f"{OURS}/{PERSON}?page=0"}},
        "page": {"number": 1, "size": 50, "totalElements": 1, "totalPages": 1},
    }
    expected = ListPage((ITEM,), (), 1, 1, 1, follows=False, is_about_another=False)
    assert read(flat(certificate(), extra={"x": 1})) == read(json.dumps(hal).encode()) == expected
    assert read(flat(links=[{"rel": "next", "href": "http://elders.example"}])).follows
    assert read(json.dumps({**hal, "_links": {"next": {"href": "x"}}}).encode()).follows
    assert read(json.dumps({"page": {"totalElements": 0}}).encode()).on_page == 0


def test_shapes_may_be_mixed_and_hal_leaves_out_what_is_empty():
    """Spring's HAL has no `_embedded` for an empty list, and `links` for `_links` where a converter is missing."""
    mixed = {
        "_embedded": {"certificates": [certificate()]},
        "page": {"number": 0, "totalElements": 1, "totalPages": 1},
    }
    assert read(json.dumps(mixed).encode()).items == (ITEM,)
    empty = {
        "_links": {"self": {"href": OURS}},
        "page": {"size": 0, "totalElements": 0, "totalPages": 1, "number": 0},
    }
    assert read(json.dumps(empty).encode()).on_page == 0
    # Totals that say that there is one, without it, are no word of "nothing".
    empty["page"]["totalElements"] = 1
    assert page_of(json.dumps(empty).encode(), PLACE) == "no list"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"id": 7}, {"id": "7"}),
        ({"language": " NL "}, {}),
        ({"year": "2026"}, {}),
        ({"year": "dit jaar"}, {"year": None}),
        ({"year": True}, {"year": None}),
        ({"year": 99999}, {"year": None}),
        ({"year": ...}, {"year": None}),
        ({"community": "13003"}, {"municipality": "13003"}),
        ({"community": 13003}, {"municipality": "13003"}),
        ({"community": "Balen"}, {"municipality": None}),
        ({"name": "Vis\u0000ver\u202elof"}, {}),
        ({"name": " Vis\nverlof "}, {"name": "Vis verlof"}),
        ({"name": "V" * 9000}, {"name": "V" * 300}),
        ({"links": [{"rel": "download", "href": HREF, "templated": False}] * 2}, {}),
    ],
)
def test_what_is_written_otherwise_is_read(changed, expected):
    (item,) = read(flat(certificate(**changed))).items
    assert item == ListItem(**{**{name: getattr(ITEM, name) for name in ITEM.__struct_fields__}, **expected})


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("tekst", "object"),
        ({}, "id"),
        (certificate(id=""), "id"),
        (certificate(id="x" * 201), "id"),
        (certificate(id=["A-1"]), "id"),
        (certificate(language="es"), "language"),
        (certificate(language=None), "language"),
        (certificate(name="  "), "name"),
        (certificate(name="\u202e\u0000"), "name"),
        (certificate(name=3), "name"),
        (certificate(links=[]), "links/download"),
        (certificate(links="x"), "links/download"),
        (certificate(links=[{"rel": "download", "href": None}, 3, None]), "links/download"),
        (certificate(links=[{"rel": "download", "href": f"{HREF}{n}"} for n in "ab"]), "links/download/href"),
    ],
)
def test_what_makes_no_sense_is_left_out_by_its_place_and_the_others_stay(written, place):
    page = read(flat(written, certificate()))
    assert (page.items, page.left_out, page.on_page) == ((ITEM,), (f"certificates/{place}",), 2)


@pytest.mark.security
@pytest.mark.parametrize(
    "href",
    [
        "http://gateway.example/anb/v1/certificates/84651421235/A-1/nl/download",
        "https://elders.example/anb/v1/certificates/84651421235/A-1/nl/download",
        "https://gateway.example.elders.example/anb/v1/certificates/84651421235/A",
        "https://gateway.example@elders.example/anb/v1/certificates/84651421235/A",
        "https://gateway.example:444/anb/v1/certificates/84651421235/A",
        "//elders.example/v1/certificates/84651421235/A",
        "https://gateway.example/anb/v1/certificates-of-others/84651421235/A",
        f"{OURS}/84651421235",
        f"{OURS}/84651421235/",
        f"{OURS}/84651421235/../82710312762/A-1/nl/download",
        f"{OURS}/84651421235/%2e%2e/82710312762/A-1/nl/download",
        f"{OURS}/84651421235/A%2f..%2fB",
        f"{OURS}/84651421235/./A",
        f"{OURS}/84651421235//A",
        f"{OURS}/84651421235/A?as=pdf",
        f"{OURS}/84651421235/A#deel",
        f"{OURS}/84651421235/A\\B",
        f"{OURS}/84651421235/A\r\nHost: elders.example",
        f"{OURS}/84651421235/A%0d%0aHost",
        f"{OURS}/84651421235/é",
        f"{OURS}/84651421235/" + "a" * 3000,
        "file:///etc/passwd",
        "javascript:alert(1)",
        "A-1/nl/download",
        "",
    ],
)
def test_an_address_that_leads_elsewhere_is_never_followed(href):
    assert below(href, PLACE) is None
    assert read(flat(linked(href))).items == ()


def test_an_address_below_the_sources_own_is_kept_without_what_stands_before_it():
    own = f"{OWN}/{PERSON}/A-1/nl/download"
    for href in (HREF, own, own.removeprefix("https://anb.example")):
        assert below(href, PLACE) == "A-1/nl/download"


@pytest.mark.security
@pytest.mark.parametrize("base", [OURS, OWN, "/v1/certificates"])
def test_a_page_about_another_is_one_however_it_names_them(base):
    assert read(flat(linked(f"{base}/{OTHER}/A-1/nl/download"), certificate())).is_about_another
    assert read(flat(certificate(), links=[{"rel": "self", "href": f"{base}/{OTHER}?page=0"}])).is_about_another
    assert not read(flat(linked(f"{base}/{PERSON}/{OTHER}/nl/download"))).is_about_another


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"<!DOCTYPE html><p>Even geduld</p>", "HTML"),
        (b"[]", "no object"),
        (b"null", "no object"),
        (b"{}", "no list"),
        (b'{"certificates": null}', "no list"),
        (b'{"certificates": {}}', "no list"),
        (b'{"_embedded": []}', "no list"),
        (b'{"_embedded": {"certificates": 3}}', "no list"),
    ],
)
def test_what_is_no_page_says_so_in_a_word(data, reason):
    assert page_of(data, PLACE) == reason


def test_a_page_that_is_too_long_is_cut():
    page = read(flat(*[certificate()] * (partner_pages.MOST_ON_PAGE + 1)))
    assert (page.on_page, page.left_out) == (partner_pages.MOST_ON_PAGE, ("certificates/more than can be read",))


@pytest.mark.parametrize(
    "links", [{"_links": {"x": ["/"] * 9_000}}, {"_links": dict.fromkeys(map(str, range(9_000)), "/")}]
)
def test_of_many_links_few_are_looked_at(links, monkeypatch):
    """A page of 4 MB of nothing but links held the loop for 1.7 s."""
    looked: list[str] = []
    monkeypatch.setattr(partner_pages, "_about", lambda href, place: looked.append(href) or "")
    read(flat(certificate(), certificate(**links), **links))
    assert len(looked) <= 2 + 2 * (2 + partner_pages.MOST_LINKS)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(HREF),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["certificates", "_embedded", "links", "_links", "page", "pageMetadata", "href", "rel", "id"]
            )
            | st.text(max_size=4),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JSON | st.lists(JSON, max_size=3).map(lambda several: {"certificates": several}))
def test_whatever_a_source_sends_is_a_page_or_a_reason(content):
    page = page_of(json.dumps(content).encode(), PLACE)
    assert isinstance(page, str | ListPage)
    if isinstance(page, ListPage):
        assert len(page.items) + len(page.left_out) <= page.on_page + 1


@given(st.text(max_size=60).map(lambda end: f"{OURS}/{PERSON}/{end}") | st.text(max_size=60))
def test_whatever_an_address_says_what_is_kept_stays_below(href):
    kept = below(href, PLACE)
    assert kept is None or (href.endswith(kept) and not {"", ".", ".."} & set(kept.split("/")) and "?" not in kept)
