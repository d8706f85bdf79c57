"""The processor time to judge a sealed PDF, over that of pyHanko's own validation of the same file.

Both run in this process, read the file, check signature, chain, revocation and time stamp, and look at what was
added. The value is the ratio of the medians.
"""

import asyncio
import datetime as dt
import io
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.pdf_embedded import async_validate_pdf_signature

from portal.platform.seals import judging
from portal.platform.seals.types import Trust, Verdict
from sandbox.seals import authority, paper, sealing

from .figures import Figure, median, round_off

TIMES = 30
TARGET = 1.25
FACTS = (("Naam", "Lies Verhaegen"), ("Geboren", "23 mei 1984"))
# The smallest PDF of one page, without tags.
UNTAGGED = (
    b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
    b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n"
    b"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000058 00000 n \n0000000115 00000 n \n"
    b"trailer\n<< /Size 4 /Root 1 0 R /ID [<00><00>] >>\nstartxref\n186\n%%EOF\n"
)


def measure() -> Figure:
    """Measure both, on a small file without tags and one with; the value is the worse of the two ratios."""
    logging.disable(logging.CRITICAL)
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    town = authority.make(authority.new_root(now), now)
    kinds = {"untagged": UNTAGGED, "tagged": paper.attest("Attest van gezinssamenstelling", FACTS, now)}
    more: dict[str, object] = {}
    ratios = []
    for kind, plain in kinds.items():
        pdf = asyncio.run(sealing.seal(plain, town, now))
        trust = Trust((town.root.der,), now)
        if judging.judge(pdf, trust).verdict is not Verdict.VALID:
            raise RuntimeError(f"the {kind} document is not valid")
        own_s = _cpu_s(partial(judging.judge, pdf, trust))
        bare_s = _cpu_s(partial(_validate, pdf, town.root.der, now))
        ratios.append(own_s / bare_s)
        more |= {f"{kind}_ms": round_off(1000 * own_s), f"{kind}_bare_ms": round_off(1000 * bare_s)}
    logging.disable(logging.NOTSET)
    return Figure("certificate_check_ratio", max(ratios), "ratio", TARGET, more)


def _cpu_s(work: Callable[[], object]) -> float:
    samples = []
    for _ in range(TIMES):
        began = time.process_time()
        work()
        samples.append(time.process_time() - began)
    return median(samples)


def _validate(pdf: bytes, root: bytes, now: dt.datetime) -> Any:
    """Have pyHanko validate a file, with the same roots and the validation data in the file."""
    reader = PdfFileReader(io.BytesIO(pdf))
    settings = {
        "trust_roots": [x509.Certificate.load(root)],
        "revocation_mode": "hard-fail",
        "allow_fetching": False,
        "moment": now + dt.timedelta(minutes=1),
        "retroactive_revinfo": True,
    }
    context = DocumentSecurityStore.read_dss(reader).as_validation_context(settings)
    running = async_validate_pdf_signature(reader.embedded_regular_signatures[0], context)
    try:
        running.send(None)
    except StopIteration as done:
        return done.value
    raise RuntimeError("pyHanko waits for something")
