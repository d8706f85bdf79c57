"""A confined program: judges a PDF of any origin. Run by `checking`.

It is given what it may trust as JSON, its length before it, then the PDF; it answers with a judgement as JSON.
"""

import codecs
import logging
import struct
from pathlib import Path

import msgspec
from pyhanko.pdf_utils import filters  # noqa: F401 - imported by others when they need it, too late behind the walls

from portal.platform.seals import judging, numbers
from portal.platform.seals.types import Trust

CPU_SECONDS = 10
MEMORY = 1 << 30  # bytes of addresses
HEAD = struct.Struct(">I")

# No file can be read once the walls stand, so what is named only then is read here.
for _name in ("ascii", "cp1252", "idna", "latin-1", "punycode", "utf-16", "utf-16-be", "utf-16-le", "utf-8"):
    codecs.lookup(_name)
# What strangers wrote would stand in it, and nobody reads it here.
logging.disable(logging.CRITICAL)


def prime() -> None:
    """Judge a document of ours once, before there are any others: what libraries make at first use is there then.

    `primer.bin` is what `main` is given, made by `tests/seals/primer.py`.
    """
    main(Path(__file__).with_name("primer.bin").read_bytes())


def main(given: bytes) -> bytes:
    """Read, judge, answer."""
    (length,) = HEAD.unpack_from(given)
    begin = HEAD.size + length
    trust = msgspec.json.decode(given[HEAD.size : begin], type=Trust)
    pdf = given[begin:]
    judgement = judging.judge(pdf, trust)
    if trust.about and numbers.names_only_others(pdf, trust.about):
        judgement = msgspec.structs.replace(judgement, is_about_others=True)
    return msgspec.json.encode(judgement)
