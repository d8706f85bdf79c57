"""The contract looks into an answer in whatever form the portal reads it: encodings, and a gateway's namespace."""

from typing import Any

import pytest

from connecting.contents import content_of, damage_of
from connecting.samples import read
from portal.platform.sources.reading.outcomes import name_of

from .new_body import body, edit, entry_in, lacks
from .test_contract import SAMPLE


def renamed(text: str) -> str:
    """Put a namespace on the Repliek and all in it, as a gateway does."""
    return text.replace("<Repliek", '<Repliek xmlns="urn:gateway"', 1)


@pytest.mark.parametrize(
    ("transport", "form"),
    [
        ("rest", lambda text: text.encode("utf-8-sig")),
        ("rest", lambda text: text.encode("utf-16")),
        ("rest", lambda text: text.encode("latin-1")),
        ("magda", lambda text: text.encode("utf-8-sig")),
        ("magda", lambda text: text.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")),
        ("magda", lambda text: text.replace('encoding="UTF-8"', 'encoding="ISO-8859-1"').encode("latin-1")),
        ("magda", lambda text: renamed(text).encode()),
    ],
    ids=["a mark", "UTF-16", "Latin-1", "XML, a mark", "XML, UTF-16", "XML, Latin-1", "XML, a gateway's namespace"],
)
def test_the_contract_looks_into_an_answer_in_whatever_form_the_portal_reads(tmp_path, transport, form) -> None:
    folder = body(tmp_path, transport)
    file = folder / SAMPLE[transport]
    edit(file, "Kansentarief", "Kansentarief café")
    plain = file.read_text("utf-8")
    entry = entry_in(tmp_path)
    wanted, data = content_of(plain.encode(), entry), form(plain)
    assert name_of(read(data, entry)) == "ready"
    found = content_of(data, entry)
    assert as_text(found) == as_text(wanted)
    assert damage_of(data, entry) == ""
    # Every rule finds of this form what it finds of the plain one, but that MAGDA's schema knows no other namespace.
    of_plain = lacks(tmp_path)
    file.write_bytes(data)
    assert tuple(lack for lack in lacks(tmp_path) if "urn:gateway" not in lack) == of_plain


def as_text(content: Any) -> str:
    """Write the content of an answer, to compare it."""
    assert content is not None
    return repr(content if isinstance(content, dict) else [(e.tag, e.text, e.attrib) for e in content.iter()])


@pytest.mark.parametrize("transport", ["rest", "magda"])
def test_an_answer_that_the_portal_cannot_decode_has_no_content_and_says_why(tmp_path, transport) -> None:
    file = body(tmp_path, transport) / SAMPLE[transport]
    data = file.read_bytes().replace(b"Kansentarief", b"\xc3\xa9\xff")
    data = data.replace(b'encoding="UTF-8"', b'encoding="EBCDIC-CP-BE"')
    entry = entry_in(tmp_path)
    assert content_of(data, entry) is None
    assert damage_of(data, entry).startswith("no text that is read: ")
