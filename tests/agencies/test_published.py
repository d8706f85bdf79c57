"""Every published answer leads to an outcome that fits; that it is shown whole is a rule of the contract."""

import pytest

from connecting.contents import is_own
from portal.platform.sources.reading.outcomes import Down, Nothing, Partial, Ready
from portal.platform.sources.reading.xml import parse_xml, text_at

from .samples import ENTRIES, SHARED, content_of, published_of, read

SAYS_NO_DATA = {"30001", "30101", "40000", "40046", "50030", "13202"}
FILLERS = {"Code", "Omschrijving", "Tekst", "Niet beschikbaar", "Niet van toepassing", "NBS", "NVT"}


def says_something(content):
    texts = [
        value for element in content.iterdescendants() for value in (*element.attrib.values(), element.text or "")
    ]
    return any(text.strip() and text.strip() not in FILLERS for text in texts)


@pytest.mark.skipif(not SHARED.exists(), reason="the published answers are not beside the project")
@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_published_answers_lead_to_an_outcome_that_fits(entry):
    for file in published_of(entry):
        data = file.read_bytes()
        content, outcome = content_of(data, entry), read(data, entry)
        if content is not None and says_something(content):
            assert isinstance(outcome, Ready | Partial), (file, outcome)
        else:
            assert isinstance(outcome, Nothing | Down), (file, outcome)
            own = [one for one in parse_xml(data).iter("Uitzondering") if is_own(one, entry)]
            codes = {text_at(one, "Identificatie") for one in own}
            assert isinstance(outcome, Down) or codes & SAYS_NO_DATA, (file, outcome)
