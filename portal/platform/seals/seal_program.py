"""A confined program that judges a PDF of any origin; `checking` runs it.

Its input is the length of a SentTrust as JSON (HEAD), that JSON, the revocation lists, and the PDF. Its output is a
Judgement as JSON.
"""

import codecs
import logging
import struct
from pathlib import Path

import msgspec
from pyhanko.pdf_utils import filters  # noqa: F401 - pyHanko imports it at first use, too late behind the walls

from portal.platform.seals import judging, numbers
from portal.platform.seals.types import SentTrust

CPU_SECONDS = 10
MEMORY = 1 << 30  # bytes of addresses
HEAD = struct.Struct(">I")

# No file can be read once the walls stand, so the codecs that are named only later are loaded here.
for _name in ("ascii", "cp1252", "idna", "latin-1", "punycode", "utf-16", "utf-16-be", "utf-16-le", "utf-8"):
    codecs.lookup(_name)
# A log would quote what strangers wrote, and nobody reads the log of this process.
logging.disable(logging.CRITICAL)


def prime() -> None:
    """Judge a document of ours before any other, so that the libraries make what they make at first use.

    `primer.bin` is an input of `main`, made by `tests/seals/primer.py`.
    """
    main(Path(__file__).with_name("primer.bin").read_bytes())


def main(given: bytes) -> bytes:
    """Judge the PDF of an input, and give the output."""
    (length,) = HEAD.unpack_from(given)
    begin = HEAD.size + length
    trust = msgspec.json.decode(given[HEAD.size : begin], type=SentTrust)
    lists = []
    for size in trust.sizes:
        lists.append(given[begin : begin + size])
        begin += size
    trust = msgspec.structs.replace(trust, lists=tuple(lists))
    pdf = given[begin:]
    judgement = judging.judge(pdf, trust)
    if trust.about and numbers.names_only_others(pdf, trust.about):
        judgement = msgspec.structs.replace(judgement, is_about_others=True)
    return msgspec.json.encode(judgement)
