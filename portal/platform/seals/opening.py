"""Open a PDF and find its seals and time stamps."""

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from asn1crypto import cms
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import extract_signer_info

from .enclosing import SealedRange, enclosure
from .errors import Altered
from .structure import value
from .types import VerdictReason

STAMP = "/DocTimeStamp"
SEALS = ("/ETSI.CAdES.detached", "/adbe.pkcs7.detached")
STAMPS = ("/ETSI.RFC3161",)
OLD_KINDS = ("/adbe.pkcs7.sha1", "/adbe.x509.rsa_sha1")  # they are found, and not checked
MOST_SEALS = 20
# The dictionary of a seal: its /Type, or a /SubFilter with one value (a seed value dictionary has an array there).
_SEAL = re.compile(rb"/Type\s*/(?:Sig|DocTimeStamp)(?![A-Za-z])|/SubFilter\s*/(?:ETSI|adbe)\.")


@dataclass(frozen=True)
class OpenedDocument:
    """A document with pyHanko's reader. is_strict: it keeps to the standard, so all programs read it alike."""

    reader: Any
    pdf: bytes
    is_strict: bool
    is_encrypted: bool


@dataclass(frozen=True)
class EmbeddedSeal:
    """A seal or a document's time stamp, as it stands in a document.

    kind: its /SubFilter. signed_data, signer: the CMS structures, None for a kind that is not checked.
    """

    dictionary: Any
    is_stamp: bool
    kind: str
    where: SealedRange
    signed_data: Any
    signer: Any

    @property
    def is_pades(self) -> bool:
        """Tell whether it claims to be a seal by PAdES."""
        return self.kind == SEALS[0]


def open_document(pdf: bytes) -> OpenedDocument:
    """Read a document's cross-references, leniently where they are not strict; raise Altered when neither works."""
    try:
        reader, is_strict = PdfFileReader(io.BytesIO(pdf), strict=True), True
        if reader.xrefs.hybrid_xrefs_present:
            is_strict = False
    except Exception:
        try:
            reader, is_strict = PdfFileReader(io.BytesIO(pdf), strict=False), False
        except Exception as error:
            raise Altered(VerdictReason.UNREADABLE, type(error).__name__) from None
    return OpenedDocument(reader, pdf, is_strict, "/Encrypt" in reader.trailer)


def find_seals(document: OpenedDocument) -> Sequence[EmbeddedSeal]:
    """List all seals and time stamps, in the order of what they enclose; raise Altered when one cannot be read."""
    try:
        values = list(_field_values(document.reader))
    except Exception as error:
        raise Altered(VerdictReason.SEAL_UNREADABLE, type(error).__name__) from None
    if len(values) > MOST_SEALS:
        raise Altered(VerdictReason.SEAL_UNREADABLE, "more seals than a document has")
    all_found = [_read_seal(document, value) for value in values]
    return sorted(all_found, key=lambda one: one.where.end)


def _field_values(reader: Any) -> Iterator[Any]:
    """Give the reference to the value of each signature field that has one; an empty field is no seal."""
    for _name, _value, at in enumerate_sig_fields(reader, filled_status=True):
        raw = at.get_object().raw_get("/V")
        if not isinstance(raw, generic.IndirectObject):
            raise ValueError("the value of a signature field is no object of its own")
        yield raw.reference


def _read_seal(document: OpenedDocument, reference: Any) -> EmbeddedSeal:
    try:
        dictionary = reference.get_object()
        begins = document.reader.xrefs[reference]
        ranges = dictionary.raw_get("/ByteRange")
        contents = dictionary.raw_get("/Contents", decrypt=generic.EncryptedObjAccess.RAW)
        kind, is_stamp = str(dictionary.get("/SubFilter", "")), _is_stamp(dictionary)
    except Exception as error:
        raise Altered(VerdictReason.SEAL_UNREADABLE, type(error).__name__) from None
    if not isinstance(begins, int) or not isinstance(ranges, generic.ArrayObject):
        raise Altered(VerdictReason.SEAL_UNREADABLE, "the seal's dictionary is not written plainly")
    if not isinstance(contents, generic.TextStringObject | generic.ByteStringObject):
        raise Altered(VerdictReason.SEAL_UNREADABLE, "the contents are no string")
    where = enclosure(document.pdf, list(ranges), contents.original_bytes, begins)
    if kind in OLD_KINDS:
        return EmbeddedSeal(dictionary, is_stamp, kind, where, None, None)
    if kind not in (STAMPS if is_stamp else SEALS):
        raise Altered(VerdictReason.SEAL_UNREADABLE, "a kind of seal that does not exist")
    try:
        message = cms.ContentInfo.load(contents.original_bytes)
        signed_data = message["content"]
        signer = extract_signer_info(signed_data)
        content_type = signed_data["encap_content_info"]["content_type"].native
    except Exception as error:
        raise Altered(VerdictReason.SEAL_UNREADABLE, type(error).__name__) from None
    if content_type != ("tst_info" if is_stamp else "data"):
        raise Altered(VerdictReason.SEAL_UNREADABLE, "a seal of something else")
    return EmbeddedSeal(dictionary, is_stamp, kind, where, signed_data, signer)


def has_seal(pdf: bytes) -> bool:
    """Tell whether a document without /ByteRange has a seal all the same: a field with a value, or one cut off."""
    if _SEAL.search(pdf):
        return True
    try:
        return any(
            True for _ in enumerate_sig_fields(PdfFileReader(io.BytesIO(pdf), strict=False), filled_status=True)
        )
    except Exception:
        # No reader shows a seal of a document that cannot be read.
        return False


def count_usage_rights(document: OpenedDocument, seals: Sequence[EmbeddedSeal]) -> int:
    """Count each /ByteRange of usage rights, which are signed but no seal (ISO 32000-1, 12.8.2.3): 0 or 1."""
    given = value(value(document.reader.root, "/Perms", {}), "/UR3")
    if not isinstance(given, generic.DictionaryObject) or "/ByteRange" not in given:
        return 0
    return 0 if any(one.dictionary is given for one in seals) else 1


def forbids_more(seal: EmbeddedSeal) -> bool:
    """Tell whether a seal certifies the document so that only validation data and time stamps may be added."""
    for reference in value(seal.dictionary, "/Reference", ()):
        transform = reference.get_object()
        if value(transform, "/TransformMethod") == "/DocMDP":
            return bool(value(value(transform, "/TransformParams", {}), "/P", 2) == 1)
    return False


def _is_stamp(dictionary: Any) -> bool:
    kind = str(dictionary.get("/Type", "/Sig"))
    if kind not in ("/Sig", STAMP):
        raise ValueError("neither a seal nor a time stamp")
    return kind == STAMP
