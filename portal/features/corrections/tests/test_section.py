"""What a manifest says for corrections is read whole, or refused with file, line and cure."""

import pytest

from portal.features.corrections import section
from portal.platform.sources import catalogue, manifest
from portal.platform.sources.sections import Endpoint
from portal.platform.sources.tests.bodies import SOUND, body

FORM = """
[datasets.correction]
kind = "form"
contact = "Bel de dienst."
source = "voorbeeld-verbetering"
path = "/v1/voorbeeld/verbeteringen"
scope = "dv_voorbeeld_P"
"""
LINK = """
[datasets.correction]
kind = "link"
contact = "Bel de dienst."
url = "https://voorbeeld.example/fout"
url_text = "Meld het"
"""


@pytest.mark.parametrize("text", [FORM, LINK, FORM + 'url = "https://v.example"\nurl_text = "Of zo"\n'])
def test_a_sound_correction_is_read(tmp_path, text):
    (entry,) = catalogue.load([body(tmp_path, "voorbeeld", SOUND + text)]).entries
    assert section.of(entry).contact == "Bel de dienst."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (FORM.replace('"form"', '"mail"'), "Invalid enum value 'mail'"),
        (FORM + 'desk = "municipality"\n', "`desk` is where citizens go themselves; kind `form` has none"),
        (FORM.replace('"Bel de dienst."', '""'), "Expected `str` of length >= 1"),
        (FORM.replace("contact =", "kontact ="), "unknown field `kontact`"),
        (FORM.replace('scope = "dv_voorbeeld_P"\n', ""), "of kind `form`, and no other, needs"),
        (FORM.replace('"form"', '"contact"'), "of kind `form`, and no other, needs"),
        (FORM.replace('"/v1/', '"https://elsewhere/'), "matching regex"),
        (LINK.replace("https:", "http:"), "matching regex"),
        (LINK.replace("https:", "javascript:"), "matching regex"),
        (LINK.replace('url_text = "Meld het"\n', ""), "`url` and `url_text` come together"),
        (LINK + 'source = "voorbeeld-x"\n', "of kind `form`, and no other, needs"),
    ],
)
def test_a_correction_that_leads_nowhere_is_refused(tmp_path, text, said):
    with pytest.raises(manifest.ManifestError) as refused:
        catalogue.load([body(tmp_path, "voorbeeld", SOUND + text)])
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("text", "way", "endpoints"),
    [
        ("", "", ()),
        (LINK, "link", ()),
        (FORM, "form", (Endpoint("voorbeeld-verbetering", "/v1/voorbeeld/verbeteringen", "dv_voorbeeld_P"),)),
    ],
)
def test_who_knows_no_corrections_hears_of_the_way_and_where_it_leads(tmp_path, text, way, endpoints):
    (entry,) = catalogue.load([body(tmp_path, "voorbeeld", SOUND + text)]).entries
    keys = section.SECTION.of(entry)
    assert (entry.remedy, keys.endpoints()) == (way, endpoints)
    assert entry.agency.sources == {"voorbeeld-iets", *(endpoint.source for endpoint in endpoints)}
