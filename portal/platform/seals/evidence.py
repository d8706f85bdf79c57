"""Validation data: the certificates, revocation lists and OCSP answers in a document. Nothing is fetched."""

from dataclasses import dataclass, field
from typing import Any

from asn1crypto import core, crl, ocsp, x509
from pyhanko.sign.general import find_cms_attribute_iter

from .opening import EmbeddedSeal, OpenedDocument
from .structure import value

MOST = 200  # of each kind


@dataclass
class Evidence:
    """Certificates, revocation lists and OCSP answers, as far as they can be read."""

    certificates: list[Any] = field(default_factory=list)
    lists: list[Any] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    # Whether lists or answers stand in the document itself.
    has_revocation: bool = False


def gather(document: OpenedDocument, seals: list[EmbeddedSeal], lists: tuple[bytes, ...]) -> Evidence:
    """Gather the validation data of the document's store (/DSS) and its seals, and the operator's lists (DER)."""
    evidence = Evidence()
    _from_store(document, evidence)
    for seal in seals:
        if seal.signed_data is not None:
            _from_seal(seal, evidence)
    evidence.has_revocation = bool(evidence.lists or evidence.answers)
    evidence.lists += _load(crl.CertificateList, lists)
    return evidence


def _from_store(document: OpenedDocument, evidence: Evidence) -> None:
    try:
        store = document.reader.root["/DSS"]
        arrays = {key: value(store, key, ()) for key in ("/Certs", "/CRLs", "/OCSPs")}
        held = {key: [array[at].data for at in range(min(len(array), MOST))] for key, array in arrays.items()}
    except Exception:
        # A store that cannot be read proves nothing.
        return
    evidence.certificates += _load(x509.Certificate, held["/Certs"])
    evidence.lists += _load(crl.CertificateList, held["/CRLs"])
    evidence.answers += _load(ocsp.OCSPResponse, held["/OCSPs"])


def _from_seal(seal: EmbeddedSeal, evidence: Evidence) -> None:
    evidence.certificates += certificates_in(seal.signed_data)
    try:
        archived = list(find_cms_attribute_iter(seal.signer["signed_attrs"], "adobe_revocation_info_archival"))
    except Exception:
        return
    for one in archived:
        evidence.lists += _load(crl.CertificateList, [each.dump() for each in one["crl"] or ()][:MOST])
        evidence.answers += _load(ocsp.OCSPResponse, [each.dump() for each in one["ocsp"] or ()][:MOST])


def certificates_in(signed_data: Any) -> list[Any]:
    """List the certificates inside a seal or time stamp."""
    held = signed_data["certificates"]
    if isinstance(held, core.Void):
        return []
    return [one.chosen for one in held if one.name == "certificate"][:MOST]


def _load(kind: Any, encoded: Any) -> list[Any]:
    """Decode each item as a kind of asn1crypto's; those that cannot be read are left out."""
    items = []
    for one in encoded:
        try:
            loaded = kind.load(one)
            _ = loaded.native if kind is ocsp.OCSPResponse else loaded.dump()
        except Exception:  # noqa: S112 - what cannot be read proves nothing
            continue
        items.append(loaded)
    return items
