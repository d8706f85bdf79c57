"""Whether two sources say the same: hard cases by hand, and what holds for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.features.themes.together import comparing
from portal.features.themes.together.comparing import AddressParts, Agreement, PersonName, address_in
from portal.platform.kit.incomplete_date import IncompleteDate

SAME, LESS, DIFFERENT = Agreement


def whole(name: str) -> PersonName:
    return PersonName(whole=name)


def apart(given_name: str, family: str) -> PersonName:
    return PersonName(given_name, family)


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        (whole("José DE CLEYN"), whole("Jose de Cleyn"), SAME),
        (whole("Jean-Pierre D’Hondt"), whole("Jean Pierre D'Hondt"), SAME),
        (apart("Lies", "Vanden Broeck"), apart("lies", "VANDENBROECK"), SAME),
        (apart("Lies Rosa", "Verhaegen"), apart("Rosa Lies", "Verhaegen"), SAME),
        (apart("Lies Rosa", "Verhaegen"), whole("Verhaegen, Lies Rosa"), SAME),
        (apart("Annemarie", "Peeters"), apart("Anne Marie", "Peeters"), SAME),
        (apart("Marie-Anne", "Peeters"), apart("Marieanne", "Peeters"), SAME),
        (apart("Jean-Baptiste", "Peeters"), whole("Peeters Jeanbaptiste"), SAME),
        (apart("Willem-Alexander", "Peeters"), apart("Willemalexander", ""), LESS),
        (apart("Marie Anne", "Peeters"), apart("Annemarie", "Peeters"), DIFFERENT),
        (whole("Łukasz Żak"), whole("Lukasz Zak"), SAME),
        (apart("Lies Rosa", "Verhaegen"), apart("Lies", "Verhaegen"), LESS),
        (apart("Lies Rosa Marijke", "Verhaegen"), whole("Lies Verhaegen"), LESS),
        (apart("", "Verhaegen"), apart("Lies", "Verhaegen"), LESS),
        (whole("Isabelle Mariette Janssens"), whole("Isabelle Mariette Elio Janssens"), LESS),
        (apart("Lies", "Verhaegen"), apart("Lies", "Verhagen"), DIFFERENT),
        (apart("Lies", "Aerts"), apart("Lies", "Aerts Verhaegen"), DIFFERENT),
        (apart("Lies", "Verhaegen"), whole("Lies Rosa"), DIFFERENT),
        (apart("Jan", "Peeters"), apart("Piet", "Peeters"), DIFFERENT),
        (apart("Jan Karel", "Peeters"), apart("Jan Piet", "Peeters"), DIFFERENT),
        (whole("Jan"), whole("Jan Peeters"), DIFFERENT),
        (apart("Thomas", "Martin"), apart("Martin", "Thomas"), DIFFERENT),
        (apart("Jan Karel", "Peeters"), apart("Jan", "Karel Peeters"), DIFFERENT),
        (apart("Jan K.", "Peeters"), apart("Jan Karel", "Peeters"), LESS),
        (apart("J.", "Peeters"), apart("Jan Karel", "Peeters"), LESS),
        (apart("Jan P.", "Peeters"), apart("Jan Karel", "Peeters"), DIFFERENT),
        (apart("Jan Karel", "Van den Broeck"), whole("Jan Vandenbroeck"), LESS),
        (apart("Jan Karel", "Vandenbroeck"), whole("Van den Broeck Jan Karel"), SAME),
        (apart("Jan", "Van den Broeck"), whole("Jan Vandenbroek"), DIFFERENT),
        (apart("Jan", "Van den Broeck"), whole("Jan Broeck"), DIFFERENT),
        (whole("Jan Karel Van den Broeck"), whole("Jan Vandenbroeck"), LESS),
        (whole("Fatima El Amrani"), whole("Fatima Zahra Elamrani"), LESS),
        (whole("Lies De Smet"), whole("Lies Smet"), LESS),
        (apart("Lies", ""), apart("Lies", "Verhaegen"), LESS),
        (apart("Lies", ""), apart("Jan", "Verhaegen"), DIFFERENT),
        (apart("Lies", ""), whole("Lies Verhaegen"), LESS),
        (apart("Lies Rosa", ""), whole("Verhaegen Lies Rosa"), LESS),
        (apart("Jean-Baptiste", ""), whole("Jean Baptiste Van den Broeck"), LESS),
        (apart("Lies", ""), whole("Jan Verhaegen"), DIFFERENT),
        (apart("", "Verhaegen"), whole("Lies Verhaegen"), LESS),
        (apart("", ""), whole("Lies Verhaegen"), LESS),
        (whole("?"), whole("Lies Verhaegen"), LESS),
        (whole("?"), apart("Lies", "Verhaegen"), LESS),
        (apart("a " * 200, "Peeters"), apart("b " * 200, "Peeters"), DIFFERENT),
        # Each of these is three characters once it is folded, and one of its own.
        (apart("⒜" * 101 + " Jan", "Peeters"), apart("Jan", "Peeters"), DIFFERENT),
        (apart("⒜" * 98 + " Jan", "Peeters"), apart("Jan", "Peeters"), LESS),
    ],
)
def test_names_are_compared_as_people_do(one, other, agreement):
    assert (comparing.compare_names(one, other), comparing.compare_names(other, one)) == (agreement, agreement)


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        ("1971-03-02", "1971-03-02", SAME),
        ("1971-03-02Z", "1971-03-02", SAME),
        ("1971-03-02", "1971-03-00", LESS),
        ("1971-03-02", "1971-00-00", LESS),
        ("1971-03-02", "0000-00-00", LESS),
        ("1971-03-02", "1971-03-03", DIFFERENT),
        ("1971-03-00", "1971-04-00", DIFFERENT),
        ("1971-00-00", "1972-03-02", DIFFERENT),
        ("02/03/1971", "1971-03-02", DIFFERENT),
        ("onbekend", "Onbekend", SAME),
    ],
)
def test_dates_may_be_incomplete(one, other, agreement):
    assert (comparing.compare_dates(one, other), comparing.compare_dates(other, one)) == (agreement, agreement)


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        ("Kersenlaar 27 bus 0102, 2491 Balen", "KERSENLAAR 27 b 102, 2491 Balen", SAME),
        ("Sint-Jansstraat 3A, 9000 Gent", "St. Jansstr 3 a, 9000 GENT", SAME),
        ("St-Janstraat 3, 9000 Gent", "Sint-Jansstraat 3, 9000 Gent", SAME),
        ("Bosstraat 3, 9000 Gent", "Beukstraat 3, 9000 Gent", DIFFERENT),
        ("a 1 " * 100, "A 1 " * 100, SAME),
        ("Wetstraat 16, 1000 Brussel", "Wetstraat 16, 1000 Bruxelles, België", SAME),
        ("Lei 3, 2491 Olmen", "Lei 3, 2491 Balen", SAME),
        ("Kersenlaar 27 bus 0102, 2491 Balen", "Kersenlaar 27, 2491 Balen", LESS),
        ("Kersenlaar 27, 2491 Balen", "2491 Balen", LESS),
        ("Kersenlaar 27, 2491 Balen", "Balen", LESS),
        ("Dorpsstraat 97, 8300", "Dorpsstraat 97, 8300 Knokke", SAME),
        ("Huis De Linde, Lei 3, 2000 Antwerpen", "Lei 3, 2000 Antwerpen", LESS),
        ("Kersenlaar 27 bus 1, 2491 Balen", "Kersenlaar 27 bus 2, 2491 Balen", DIFFERENT),
        ("Kersenlaar 27, 2491 Balen", "Kersenlaar 72, 2491 Balen", DIFFERENT),
        ("Pleinstraat 433, 3070 Kortenberg", "Dorpsstraat 433, 2340 Kortenberg", DIFFERENT),
        ("Kersenlaar 27, 2491 Balen", "Gent", DIFFERENT),
        ("Veldstraat 1/2, 9000 Gent", "Veldstraat 12, 9000 Gent", DIFFERENT),
        ("Veldstraat 1-3, 9000 Gent", "Veldstraat 13, 9000 Gent", DIFFERENT),
        ("Veldstraat 1 bus 1.2, 9000 Gent", "Veldstraat 1 bus 12, 9000 Gent", DIFFERENT),
        ("Veldstraat 1/2, 9000 Gent", "Veldstraat 1 bus 2, 9000 Gent", SAME),
        ("Veldstraat 1/2, 9000 Gent", "Veldstraat 1, 9000 Gent", LESS),
        ("Veldstraat 1a/2, 9000 Gent", "Veldstraat 1A, 9000 Gent", LESS),
        ("Veldstraat 1/2, 9000 Gent", "Veldstraat 1 bus 3, 9000 Gent", DIFFERENT),
        ("Veldstraat 1/2, 9000 Gent", "Veldstraat 2, 9000 Gent", DIFFERENT),
        ("Veldstraat 1-3, 9000 Gent", "Veldstraat 1, 9000 Gent", DIFFERENT),
        ("Veldstraat 1 A, 9000 Gent", "Veldstraat 1 bus A, 9000 Gent", SAME),
        ("Veldstraat 1 B, 9000 Gent", "Veldstraat 1B, 9000 Gent", SAME),
        ("Veldstraat 12 boven, 9000 Gent", "Veldstraat 12, 9000 Gent", LESS),
        ("Veldstraat 12 boven, 9000 Gent", "Veldstraat 12 beneden, 9000 Gent", DIFFERENT),
        ("Rue Haute 12 bis, 7100 La Louvière", "Rue Haute 12, 7100 La Louvière", LESS),
        ("Veldstraat 1 bus, 9000 Gent", "Veldstraat 1, 9000 Gent", SAME),
        ("Veldstraat 1, 1012 AB Amsterdam", "Veldstraat 1, 1012AB Amsterdam", SAME),
        ("Veldstraat 1, 1017 LE Amsterdam", "Veldstraat 1, 1017LE Amsterdam", SAME),
        ("Veldstraat 1, 1017 LE Amsterdam", "Veldstraat 1, 1017 LG Amsterdam", DIFFERENT),
        ("Zeelaan 21, 8660 De Panne", "Zeelaan 21, 8660", SAME),
        ("Dorpsstraat 47, Den Haag, Nederland", "Dorpsstraat 47, Den Haag, Duitsland", DIFFERENT),
        ("Dorpsstraat 47, Den Haag, Nederland", "Dorpsstraat 47, 8300 Knokke", DIFFERENT),
    ],
)
def test_addresses_are_compared_as_a_whole(one, other, agreement):
    places = address_in(one), address_in(other)
    assert (comparing.compare_addresses(*places), comparing.compare_addresses(*reversed(places))) == (
        agreement,
        agreement,
    )


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("Kersenlaar 27 bus 0102, 2491 Balen", AddressParts("kersenlaar", "27", "0102", "2491", "balen")),
        ("Lei 3 b, 2600 Berchem", AddressParts("lei", "3 b", "", "2600", "berchem")),
        ("Lei 3 b4, 2600 Berchem", AddressParts("lei", "3", "4", "2600", "berchem")),
        ("Lei 3 Berchem", AddressParts(municipality="lei 3 berchem")),
        ("Veldstraat 12 boven, 9000 Gent", AddressParts("veldstraat", "12", "boven", "9000", "gent")),
        ("Veldstraat 1 bus, 9000 Gent", AddressParts("veldstraat", "1", "", "9000", "gent")),
        ("Straat 11 november 5, 9000 Gent", AddressParts("straat 11 november", "5", "", "9000", "gent")),
        ("Laan van 8 mei, 1000 Brussel", AddressParts("laan van 8 mei", "", "", "1000", "brussel")),
        ("9000 Gent, Veldstraat 1", AddressParts("veldstraat", "1", "", "9000", "gent")),
        (
            "Herengracht 1, 1015 BA Amsterdam, Nederland",
            AddressParts("herengracht", "1", "", "1015 ba", "amsterdam", "nederland"),
        ),
        ("Zeelaan 21, 8660 De Panne", AddressParts("zeelaan", "21", "", "8660", "de panne")),
        ("Zeelaan 21, 8660 DE PANNE", AddressParts("zeelaan", "21", "", "8660", "de panne")),
        ("Rue Haute 4, 7100 La Louvière", AddressParts("rue haute", "4", "", "7100", "la louviere")),
        ("Rue Haute 4, 7070 Le Roeulx", AddressParts("rue haute", "4", "", "7070", "le roeulx")),
        ("Markt 1, 9100 St Niklaas", AddressParts("markt", "1", "", "9100", "st niklaas")),
        ("Gracht 1, 1017LE Amsterdam", AddressParts("gracht", "1", "", "1017le", "amsterdam")),
        (
            "Lei 3A, postbus 12, 2000 Antwerpen",
            AddressParts("lei", "3a", "", "2000", "antwerpen", rest="postbus 12"),
        ),
        ("Gent", AddressParts(municipality="gent")),
        ("⒜" * 101, AddressParts(rest="⒜" * 101)),
        ("⒜" * 100, AddressParts(municipality="(a)" * 100)),
        ("Nieuwstraat, Gent", AddressParts(municipality="nieuwstraat", country="gent")),
        (" , ", AddressParts()),
    ],
)
def test_an_address_on_a_line_is_read_in_parts(line, place):
    assert address_in(line) == place


@pytest.mark.parametrize("municipality", ["De Haan", "La Louvière", "Le Roeulx", "St.-Niklaas", "Sint-Niklaas"])
def test_municipality_on_a_line_is_the_one_of_the_parts(municipality):
    line = f"Markt 1, 9100 {municipality.replace('.-', ' ')}"
    place = AddressParts("Markt", "1", "", "9100", municipality)
    assert address_in(line).postcode == "9100"
    assert comparing.compare_addresses(place, address_in(line)) is SAME


def test_parts_are_the_same_as_a_line():
    assert (
        comparing.compare_addresses(
            AddressParts("Kersenlaar", "27", "", "2491", "Balen"), address_in("Kersenlaar 27, 2491 Balen")
        )
        is SAME
    )


def test_box_behind_a_slash_is_found_in_parts_too():
    joined, apart_, without = (AddressParts("Lei", *house) for house in (("16/3", ""), ("16", "3"), ("16", "")))
    assert comparing.compare_addresses(joined, apart_) is SAME
    assert comparing.compare_addresses(joined, without) is comparing.compare_addresses(apart_, without) is LESS
    assert comparing.compare_addresses(AddressParts("Lei", "16/3", "2"), without) is DIFFERENT


def test_identifying_number_is_its_digits():
    assert comparing.compare_identifiers("84.65.14-212.35", "84651421235") is SAME
    assert comparing.compare_identifiers("84651421235", "84651421236") is DIFFERENT
    assert comparing.compare_identifiers("?", "84651421235") is DIFFERENT


def test_of_several_values_each_needs_its_like():
    def compare(one: list[str], other: list[str]) -> Agreement:
        return comparing.compare_all(one, other, comparing.compare_texts)

    assert compare(["Belg", "Marokkaans"], ["marokkaans", "BELG"]) is SAME
    assert compare(["Belg"], ["Belg", "Marokkaans"]) is DIFFERENT
    assert comparing.compare_all(["1971-00-00"], ["1971-03-02"], comparing.compare_dates) is LESS


def test_three_that_agree_two_by_two_with_the_least_may_still_differ():
    lines = ["2491 Balen", "Lei 1, 2491 Balen", "Lei 2, 2491 Balen"]
    assert comparing.compare_any([address_in(line) for line in lines], comparing.compare_addresses) is DIFFERENT
    assert comparing.compare_any([address_in(line) for line in lines[:2]], comparing.compare_addresses) is LESS


TEXT = st.text(max_size=24) | st.text(alphabet="aéÀbß1290 ,.-'bus", max_size=24)
DAY = st.builds(IncompleteDate, st.sampled_from([0, 1971, 1972]), st.integers(0, 12), st.integers(0, 28)).map(
    IncompleteDate.iso
)
NAME = st.builds(PersonName, given=TEXT, family=TEXT) | st.builds(PersonName, whole=TEXT)
CASES = [
    (comparing.compare_texts, TEXT),
    (comparing.compare_identifiers, TEXT),
    (comparing.compare_dates, DAY | TEXT),
    (comparing.compare_names, NAME),
    (comparing.compare_addresses, TEXT.map(address_in)),
    (comparing.compare_addresses, st.builds(AddressParts, TEXT, TEXT, TEXT, TEXT, TEXT)),
]


@pytest.mark.parametrize(("compare", "values"), CASES)
@given(data=st.data())
def test_a_value_is_itself_and_order_does_not_count(compare, values, data):
    one, other = data.draw(values), data.draw(values)
    assert compare(one, one) is SAME
    assert compare(one, other) is compare(other, one)


@given(st.lists(st.from_regex(r"[A-Za-zéèëïöç]{1,8}", fullmatch=True), min_size=1, max_size=5), st.randoms())
def test_case_spaces_and_the_order_of_given_names_do_not_count(words, chance):
    shuffled = chance.sample(words, len(words))
    one = PersonName(" ".join(words), "Peeters")
    other = PersonName(" \u00a0 ".join(shuffled).upper(), "PEETERS")
    assert comparing.compare_names(one, other) is SAME


@given(
    st.from_regex(r"[a-z]{3,10}(straat|laan|plein)", fullmatch=True),
    st.integers(1, 999),
    st.integers(1, 99) | st.none(),
    st.integers(1000, 9999),
)
def test_an_address_is_as_its_parts_and_less_than_them_without_some(street, number, box, postcode):
    house = f"{street} {number}" + (f" bus {box}" if box else "")
    line = address_in(f"{house.title()}, {postcode} Gent")
    parts = AddressParts(street, str(number), str(box or ""), str(postcode), "Gent")
    assert comparing.compare_addresses(line, parts) is SAME
    assert comparing.compare_addresses(line, address_in(f"{postcode} Gent")) is LESS
    assert comparing.compare_addresses(line, address_in(f"{street} {number + 1}, {postcode} Gent")) is DIFFERENT
