"""The operator's file of municipalities is read as spreadsheets write it, or refused line by line with a cure."""

import pytest

from portal.platform.municipalities import contacts, known
from portal.platform.municipalities.contacts import ContactsError, DeskContact
from portal.platform.municipalities.known import Region

HEAD = "nis;name;desk;phone;mail;website\n"
BALEN = "13003;Balen;dienst bevolking;014 00 00 01;bevolking@balen.example;https://balen.example/bevolking\n"


def read(tmp_path, text):
    file = tmp_path / "towns.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return contacts.read(file)


def wrong(tmp_path, text):
    with pytest.raises(ContactsError) as refused:
        read(tmp_path, text)
    return [said.replace(f"{tmp_path}/", "") for said in refused.value.wrong]


def test_a_line_is_read_whole(tmp_path):
    whole = DeskContact(
        "13003",
        "Balen",
        "dienst bevolking",
        "014 00 00 01",
        "bevolking@balen.example",
        "https://balen.example/bevolking",
    )
    assert read(tmp_path, HEAD + BALEN) == {"13003": whole}


@pytest.mark.parametrize(
    "text",
    [
        "nis,name,phone\n13003,Balen,014 00 00 01\n",
        b"\xef\xbb\xbfNIS;Name;Phone\r\n13003;BALEN;014 00 00 01\r\n\r\n;;\r\n",
        'phone;name;nis\n"014 00 00 01";"Balen";13003\n',
        "nis;name;phone;mail\n13003; Balen ;014  00 00 01\n",
    ],
)
def test_what_spreadsheets_write_is_the_same_to_us(tmp_path, text):
    assert read(tmp_path, text) == {"13003": DeskContact("13003", "Balen", phone="014 00 00 01")}


def test_french_name_will_do_and_dutch_is_shown(tmp_path):
    assert read(tmp_path, "nis;name;phone\n21009;Ixelles;02 000 00 01\n")["21009"].name == "Elsene"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("13003;Mol;;014 00 00 01;;", "13003 is Balen, not 'Mol'; correct the code or the name"),
        (
            "99999;Balen;;014 00 00 01;;",
            "no municipality has the NIS code '99999'; take it from Statbel's list (REFN",
        ),
        (
            "13003;Balen;;veertien;;",
            "phone 'veertien' is no phone number: write it as 056 27 70 00 or +32 56 27 70 00",
        ),
        # A spreadsheet took the zero, and what is left would call the emergency services; a zero that none dials.
        ("13003;Balen;;11223344;;", "phone '11223344' is no phone number: write it as 056 27 70 00 or +32 56 27 7"),
        ("13003;Balen;;14000001;;", "phone '14000001' is no phone number: write it as 056 27 70 00 or +32 56 27 7"),
        ("13003;Balen;;+32 014 00 00 01;;", "phone '+32 014 00 00 01' is no phone number: write it as 056 27 70"),
        ("13003;Balen;;0032 014 00 00 01;;", "phone '0032 014 00 00 01' is no phone number: write it as 056 27 7"),
        (
            "13003;Balen;;;balen.example;",
            "mail 'balen.example' is no address of mail: write it as bevolking@gemeente.",
        ),
        (
            "13003;Balen;;;;http://balen.example",
            "website 'http://balen.example' is no address of a page: write it who",
        ),
        ("13003;Balen;;;;https://balen.example/ x", "website 'https://balen.example/ x' is no address of a page"),
        ("13003;Balen;;;;javascript:alert(1)", "website 'javascript:alert(1)' is no address of a page"),
        (
            "13003;Balen;dienst;;;",
            "nothing says how Balen is reached; fill in phone, mail or website, or leave it out",
        ),
        (
            f"13003;Balen;{'x' * 201};014 00 00 01;;",
            "a cell is longer than 200 characters, or holds signs that cannot",
        ),
        ("13003;Ba\u202elen;;014 00 00 01;;", "a cell is longer than 200 characters, or holds signs that cannot"),
        ("13003;Balen;;014 00 00 01;;;;", "it has 8 cells for 6 columns; quote a cell that holds the separator"),
    ],
)
def test_a_line_that_looks_wrong_is_refused_with_its_cure(tmp_path, line, said):
    (found,) = wrong(tmp_path, f"{HEAD}{line}\n")
    assert found.startswith(f"towns.csv, line 2: {said}")


def test_every_wrong_line_is_named(tmp_path):
    text = f"{HEAD}{BALEN}13003;Balen;;014 00 00 02;;\n13025;Balen;;014 00 00 01;;\n"
    assert wrong(tmp_path, text) == [
        "towns.csv, line 3: 13003 (Balen) stands here twice; keep one line.",
        "towns.csv, line 4: 13025 is Mol, not 'Balen'; correct the code or the name.",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"nis;name\n\xff", "towns.csv is no UTF-8. Save it as CSV UTF-8."),
        ("nis;naam;phone\n", "towns.csv, line 1: the columns are nis, naam, phone; name nis and name, and of desk, "),
        ("", "towns.csv, line 1: the columns are not named; name nis and name, and of desk, phone, mail, website"),
        ('nis;name\n"13003;Balen\n', "towns.csv, line 2: unexpected end of data. Mend the quotes."),
        (HEAD + "#" * contacts.MOST_BYTES, "towns.csv is larger than 1 MB."),
    ],
)
def test_a_file_that_is_no_list_is_refused(tmp_path, text, said):
    (found,) = wrong(tmp_path, text)
    assert found.startswith(said)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ContactsError, match=r"nowhere.csv cannot be read \(FileNotFoundError\)"):
        contacts.read(tmp_path / "nowhere.csv")


@pytest.mark.parametrize(
    ("phone", "dialled"), [("014 00 00 01", "+3214000001"), ("+32 14 00 00 01", "+3214000001"), ("1700", "1700")]
)
def test_a_number_is_dialled_from_anywhere(phone, dialled):
    assert DeskContact("13003", "Balen", phone=phone).dialled == dialled


@pytest.mark.parametrize(
    "phone", ["014 00 00 01", "0478/12.34.56", "+32 14 00 00 01", "+31 20 000 00 01", "1700", "105", "0800 00 001"]
)
def test_numbers_that_can_be_dialled_are_taken(tmp_path, phone):
    assert read(tmp_path, f"nis;name;phone\n13003;Balen;{phone}\n")["13003"].phone == phone


def test_what_is_lacking_is_counted(tmp_path):
    there = read(tmp_path, HEAD + BALEN)
    assert len(known.by_code()) == 565
    lacking = contacts.list_missing(there)
    assert (len(lacking), lacking[0].name) == (564, "Aartselaar")
    regions = [known.region_of(code) for code in known.by_code()]
    assert {region: regions.count(region) for region in Region} == {
        Region.FLANDERS: 285,
        Region.BRUSSELS: 19,
        Region.WALLONIA: 261,
    }


@pytest.mark.parametrize(
    ("code", "region"),
    [
        ("11002", Region.FLANDERS),
        ("21009", Region.BRUSSELS),
        ("23003", Region.FLANDERS),
        ("25072", Region.WALLONIA),
        ("63023", Region.WALLONIA),
        ("73066", Region.FLANDERS),
        # Kruibeke, until 2025.
        ("46013", Region.FLANDERS),
        ("150", None),
        ("00000", None),
        ("1300٣", None),
        ("", None),
    ],
)
def test_a_code_says_its_region(code, region):
    assert known.region_of(code) == region
