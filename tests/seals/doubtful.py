"""Documents that are whole, and yet not to be confirmed: who sealed, how, when, or what they hold."""

import asyncio
import datetime as dt
import io
from collections.abc import Callable
from unittest import mock

from asn1crypto import cms, keys
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import cms_embedder, pdf_byterange
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.platform.seals.types import VerdictReason
from sandbox.seals import certificates, sealing
from sandbox.seals.certificates import DOCUMENT_SIGNING, Validity
from sandbox.seals.sealing import SealOptions
from tests.seals import made
from tests.seals.rewriting import contents_of, page, stream, with_contents

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
YEAR = dt.timedelta(days=365)


def seal_with(
    key: Key, *, digest: str = "sha256", pss: bool = False, pdf: bytes | None = None, is_authority: bool = False
) -> bytes:
    """Seal with a key of another kind, whose certificate the town issues."""
    town = made.town()
    validity = Validity(made.NOW - YEAR, made.NOW + YEAR)
    if is_authority:
        holder = certificates.intermediate("Nog een autoriteit", key, town.root, validity)
    else:
        holder = certificates.end_entity("Dienst Attesten", key, town.issuing, validity, extended=(DOCUMENT_SIGNING,))
    town.sealers["other"] = holder
    signer = signers.SimpleSigner(
        signing_cert=sealing.in_asn1(holder),
        signing_key=_in_asn1(key),
        cert_registry=SimpleCertificateStore.from_certs([sealing.in_asn1(town.issuing)]),
        prefer_pss=pss,
    )
    meta = signers.PdfSignatureMetadata(
        field_name="Zegel", md_algorithm=digest, subfilter=SigSeedSubFilter.PADES, signer_key_usage=set()
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(page(b"Een attest") if pdf is None else pdf))
    stamper = sealing.stamper(town, made.NOW)
    made_now = asyncio.run(signers.PdfSigner(meta, signer, timestamper=stamper).async_sign_pdf(writer))
    return made_now.getvalue()


def _in_asn1(key: Key) -> keys.PrivateKeyInfo:
    form = (serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return keys.PrivateKeyInfo.load(key.private_bytes(*form))


def _rsa(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def with_stamp_of(pdf: bytes, other: bytes | None) -> bytes:
    """Give a seal the time stamp of another one, or none."""
    message = cms.ContentInfo.load(contents_of(pdf))
    signer = message["content"]["signer_infos"][0]
    if other is None:
        signer["unsigned_attrs"] = cms.CMSAttributes([])
    else:
        theirs = cms.ContentInfo.load(contents_of(other))["content"]["signer_infos"][0]
        signer["unsigned_attrs"] = theirs["unsigned_attrs"].copy()
    return with_contents(pdf, message.dump())


def claiming(moment: str) -> bytes:
    """Seal a document whose sealer claims to have sealed it at a moment (a date of PDF), without any time stamp."""
    with mock.patch.object(pdf_byterange, "pdf_date", return_value=generic.pdf_string(moment)):
        return made.sealed(options=SealOptions(level="B-B"))


def _with_stamp_of_another() -> bytes:
    return with_stamp_of(made.honest(), made.sealed(page(b"Een ander attest")))


def _with_stamp_of_a_stranger() -> bytes:
    """The town's seal, whose time a stranger stamped."""
    own, theirs = made.town(), made.stranger()
    mixed = type(own)(own.root, own.issuing, theirs.stamping, own.responder, own.sealers, own.issued_at)
    return made.sealed(by=mixed, options=SealOptions(level="B-T"))


def _stamp(at: dt.datetime) -> bytes:
    return asyncio.run(sealing.seal(made.page(), made.town(), at, "good", SealOptions(level="B-LT")))


def _self_made() -> bytes:
    """Somebody who calls themselves as the town's root does, and vouches for themselves."""
    key = _rsa(2048)
    validity = Validity(made.NOW - YEAR, made.NOW + YEAR)
    root = certificates.root("Modelstad wortel van zegels", key, validity)
    issuing = certificates.intermediate("Modelstad uitgevende autoriteit", key, root, validity)
    sealer = certificates.end_entity("Dienst Attesten", key, issuing, validity, extended=(DOCUMENT_SIGNING,))
    town = made.town()
    forged = type(town)(root, issuing, town.stamping, town.responder, {"good": sealer}, town.issued_at)
    return made.sealed(by=forged, options=SealOptions(level="B-T"))


def _encrypt() -> bytes:
    """Encrypted for nobody in particular, then sealed."""
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(page(b"Een attest"))))
    writer.encrypt(owner_pass="owner", user_pass="")
    out = io.BytesIO()
    writer.write(out)
    writer = IncrementalPdfFileWriter(io.BytesIO(out.getvalue()))
    writer.encrypt("")
    return _sealed_by_writer(writer)


def _encrypt_for_somebody() -> bytes:
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(page(b"Een attest"))))
    writer.encrypt(owner_pass="owner", user_pass="secret")
    out = io.BytesIO()
    writer.write(out)
    writer = IncrementalPdfFileWriter(io.BytesIO(out.getvalue()))
    writer.encrypt("secret")
    return _sealed_by_writer(writer)


def _sealed_by_writer(writer: IncrementalPdfFileWriter) -> bytes:
    town = made.town()
    meta = signers.PdfSignatureMetadata(field_name="Zegel", subfilter=SigSeedSubFilter.PADES, signer_key_usage=set())
    signer = signers.PdfSigner(
        meta, sealing.KeptKeySigner(town.sealers["good"], [town.issuing]), timestamper=sealing.stamper(town, made.NOW)
    )
    return asyncio.run(signer.async_sign_pdf(writer)).getvalue()


def drawn_anew(value: bytes) -> bytes:
    """A form whose field some programs draw anew with its value, and others show as it was sealed."""
    more = {
        7: b"<< /FT /Tx /T (a) %s /Subtype /Widget /Rect [0 0 9 9] /F 4 /AP << /N 8 0 R >> >>" % value,
        8: stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]"),
    }
    form = page(b"Een attest", more=more, root=b"/AcroForm << /Fields [7 0 R] /NeedAppearances true >>")
    # pyHanko would take /NeedAppearances away.
    with mock.patch.object(cms_embedder, "ensure_sig_flags"):
        return made.sealed(form, options=SealOptions(certify=None))


_HELD = {
    "script": (b"/OpenAction << /S /JavaScript /JS (app.alert) >>", {}, VerdictReason.SCRIPTS),
    "named script": (
        b"/Names << /JavaScript << /Names [(a) 7 0 R] >> >>",
        {7: b"<< /S /JavaScript /JS 8 0 R >>", 8: stream(b"1")},
        VerdictReason.SCRIPTS,
    ),
    "xfa": (b"/AcroForm << /Fields [] /XFA 7 0 R >>", {7: stream(b"<xdp/>")}, VerdictReason.SCRIPTS),
    "launch": (b"/OpenAction 7 0 R", {7: b"<< /S 8 0 R /F (cmd.exe) >>", 8: b"/Launch"}, VerdictReason.ACTIONS),
    "events": (b"/AA << /WC << /S /URI /URI (https://elders.invalid) >> >>", {}, VerdictReason.ACTIONS),
    "attachment": (
        b"/Names << /EmbeddedFiles << /Names [(a) 7 0 R] >> >>",
        {7: b"<< /Type /Filespec /F (a.pdf) /EF << /F 8 0 R >> >>", 8: stream(b"x", b"/Type /EmbeddedFile")},
        VerdictReason.ATTACHMENTS,
    ),
    "launch with a parent": (b"/OpenAction << /S /Launch /P 3 0 R /F (cmd.exe) >>", {}, VerdictReason.ACTIONS),
    "website at once": (b"/OpenAction << /S /URI /URI (https://elders.invalid) >>", {}, VerdictReason.ACTIONS),
    "portfolio": (b"/Collection << /Type /Collection >>", {}, VerdictReason.ATTACHMENTS),
    "layer that is off": (
        b"/OCProperties << /OCGs [7 0 R] /D << /OFF [7 0 R] >> >>",
        {7: b"<< /Type /OCG /Name (a) >>"},
        VerdictReason.LAYERS,
    ),
    "layer that is not printed": (
        b"/OCProperties << /OCGs [7 0 R] /D << /AS [<< /Event /Print /Category [/Print] /OCGs [7 0 R] >>] >> >>",
        {7: b"<< /Type /OCG /Name (a) /Usage << /Print << /PrintState /OFF >> >> >>"},
        VerdictReason.LAYERS,
    ),
    "layer by zoom": (
        b"/OCProperties << /OCGs [7 0 R] /D << /AS [<< /Event /View /Category 8 0 R /OCGs [7 0 R] >>] >> >>",
        {7: b"<< /Type /OCG /Name (a) /Usage << /Zoom << /max 2.0 >> >> >>", 8: b"[/View 9 0 R]", 9: b"/Zoom"},
        VerdictReason.LAYERS,
    ),
    "layer by language": (
        b"/OCProperties << /OCGs [7 0 R] /D << /AS [<< /Event /View /Category [/Language] /OCGs [7 0 R] >>] >> >>",
        {7: b"<< /Type /OCG /Name (a) /Usage << /Language << /Lang (nl) >> >> >>"},
        VerdictReason.LAYERS,
    ),
    "layer where others are off": (
        b"/OCProperties << /OCGs [7 0 R] /D << >> >> /Trial 8 0 R",
        {7: b"<< /Type /OCG /Name (a) >>", 8: b"<< /Type /OCMD /OCGs 7 0 R /P 9 0 R >>", 9: b"/AllOff"},
        VerdictReason.LAYERS,
    ),
    "layer by a rule": (
        b"/OCProperties << /OCGs [7 0 R] /D << >> >> /Trial << /Type /OCMD /VE [/Not 7 0 R] >>",
        {7: b"<< /Type /OCG /Name (a) >>"},
        VerdictReason.LAYERS,
    ),
    "other text under the pointer": (
        b"/Trial 7 0 R",
        {
            7: b"<< /Type /Annot /Subtype /Stamp /Rect [0 0 9 9] /F 4 /AP << /N 8 0 R /R 9 0 R >> >>",
            **{number: stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]") for number in (8, 9)},
        },
        VerdictReason.LAYERS,
    ),
    "note on the screen only": (
        b"/Trial 7 0 R",
        {
            7: b"<< /Type /Annot /Subtype /Stamp /Rect [0 0 9 9] /AP << /N 8 0 R >> >>",
            8: stream(b"", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]"),
        },
        VerdictReason.LAYERS,
    ),
    "other picture on paper": (
        b"/Trial 7 0 R",
        {7: stream(b"\0", b"/Type /XObject /Subtype /Image /Alternates [<< /Image 8 0 R >>]"), 8: stream(b"\1")},
        VerdictReason.LAYERS,
    ),
    "outside": (
        b"/Trial 7 0 R",
        {7: b"<< /Length 0 /F (http://elders.invalid/page) >>\nstream\n\nendstream"},
        VerdictReason.OUTSIDE,
    ),
}


def _holding(entries: bytes, more: dict[int, bytes]) -> Callable[[], bytes]:
    return lambda: made.sealed(page(b"Een attest", more=more, root=entries), options=SealOptions(certify=None))


DOUBTFUL: dict[str, tuple[Callable[[], bytes], VerdictReason]] = {
    "key of 1024 bits": (lambda: seal_with(_rsa(1024)), VerdictReason.WEAK),
    "sha1": (lambda: seal_with(_rsa(2048), digest="sha1"), VerdictReason.WEAK),
    "an authority seals": (lambda: seal_with(_rsa(2048), is_authority=True), VerdictReason.WRONG_USE),
    "no time stamp": (lambda: with_stamp_of(made.honest(), None), VerdictReason.NO_TIME_STAMP),
    "time stamp of another document": (_with_stamp_of_another, VerdictReason.TIME_STAMP_WRONG),
    "time stamp of a stranger": (_with_stamp_of_a_stranger, VerdictReason.TIME_STAMP_UNKNOWN),
    "time stamp of tomorrow": (lambda: _stamp(made.NOW + dt.timedelta(days=1)), VerdictReason.TIME_STAMP_WRONG),
    "self-made authority of the same name": (_self_made, VerdictReason.AUTHORITY_UNKNOWN),
    "form that is drawn anew": (lambda: drawn_anew(b"/V (100)"), VerdictReason.STRUCTURE),
    "encrypted": (_encrypt, VerdictReason.ENCRYPTED),
    "encrypted for somebody": (_encrypt_for_somebody, VerdictReason.ENCRYPTED),
} | {name: (_holding(entries, more), why) for name, (entries, more, why) in _HELD.items()}

STRONG = {
    "ecdsa": lambda: seal_with(ec.generate_private_key(ec.SECP256R1())),
    "ecdsa p-384": lambda: seal_with(ec.generate_private_key(ec.SECP384R1()), digest="sha384"),
    "pss": lambda: seal_with(_rsa(2048), pss=True),
}
