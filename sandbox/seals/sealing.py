"""Seal a PDF as a body does: PAdES B-LT (ETSI EN 319 142-1), with all that is needed to check it later inside."""

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from asn1crypto import cms, core
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.attributes import simple_cms_attribute
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import as_signing_certificate
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from .authority import Authority
from .certificates import Holder

FIELD = "Zegel"
# PDF/UA wants each field described for who does not see it.
DESCRIPTION = "Digitale handtekening van Modelstad (demonstratie)"
_DIGESTS: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - of documents that are to be doubted
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")


@dataclass(frozen=True)
class Way:
    """How a document is sealed; the town does it as the defaults say, tests in other ways too."""

    level: str = "B-LT"
    subfilter: SigSeedSubFilter = SigSeedSubFilter.PADES
    field_name: str = FIELD
    digest: str = "sha256"
    certify: MDPPerm | None = MDPPerm.NO_CHANGES
    box: tuple[int, int, int, int] | None = None
    more: dict[str, Any] = field(default_factory=dict)


class KeptKeySigner(signers.Signer):  # type: ignore[misc]  # pyHanko says nothing of its types
    """Signs with a key object that is kept: pyHanko's own signer reads the key anew each time, twice a document."""

    def __init__(self, holder: Holder, chain: Sequence[Holder]) -> None:
        """Sign as one holder; the chain above it goes into the seal."""
        store = _store(chain)
        super().__init__(signing_cert=in_asn1(holder), cert_registry=store, embed_roots=False)
        self._key = holder.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Sign bytes (PKCS#1 v1.5, as most authorities for seals do)."""
        if dry_run:
            return bytes(self._key.key_size // 8)
        return self._key.sign(data, padding.PKCS1v15(), _DIGESTS[digest_algorithm])


def in_asn1(holder: Holder) -> Any:
    """Give a certificate as pyHanko wants it."""
    return asn1_x509.Certificate.load(holder.der)


def _store(holders: Sequence[Holder]) -> Any:
    kind: Any = SimpleCertificateStore
    return kind.from_certs([in_asn1(one) for one in holders])


class KeptKeyStamper(DummyTimeStamper):  # type: ignore[misc]  # pyHanko says nothing of its types
    """Stamps the time with a key object that is kept: pyHanko's own reads the key anew for each stamp."""

    def __init__(self, holder: Holder, chain: Sequence[Holder], at: dt.datetime | None) -> None:
        """Stamp as one holder; the chain above it goes into the stamp. at: the time, the clock's by default."""
        super().__init__(in_asn1(holder), _no_key(), certs_to_embed=_store(chain), fixed_dt=at)
        self._key = holder.key

    def _sign_tst_info(self, tst_info_data: bytes, md_algorithm: str, dt: dt.datetime) -> tuple[bytes, Any]:
        digest = _DIGESTS[md_algorithm]
        hashed = hashes.Hash(digest)
        hashed.update(tst_info_data)
        attributes = cms.CMSAttributes(
            [
                simple_cms_attribute("content_type", "tst_info"),
                simple_cms_attribute("signing_time", cms.Time({"utc_time": core.UTCTime(dt)})),
                simple_cms_attribute("signing_certificate", as_signing_certificate(self.tsa_cert)),
                simple_cms_attribute("message_digest", hashed.finalize()),
            ]
        )
        return self._key.sign(attributes.dump(), padding.PKCS1v15(), digest), attributes


def _no_key() -> Any:
    return asn1_keys.PrivateKeyInfo()


def stamper(authority: Authority, at: dt.datetime | None = None) -> Any:
    """Give who stamps the time: the clock's, or another."""
    return KeptKeyStamper(authority.stamping, [authority.issuing], at)


@dataclass(frozen=True)
class Revocation:
    """Hold revocation lists and OCSP answers (DER), which can go into many documents, and who stamps their time.

    A stamper finds out once how large its stamps are.
    """

    lists: list[bytes]
    answers: list[bytes]
    stamper: Any


def revocation_of(authority: Authority, kind: str, now: dt.datetime) -> Revocation:
    """Let the authority say now that nothing was revoked."""
    return Revocation(authority.lists(now), authority.answers(kind, now), stamper(authority, now))


def evidence(authority: Authority, kind: str, now: dt.datetime, given: Revocation | None = None) -> ValidationContext:
    """Give what shows that nothing was revoked: it goes into the document. given: what was said of it before."""
    given = given or revocation_of(authority, kind, now)
    return ValidationContext(
        trust_roots=[in_asn1(authority.root)],
        other_certs=[in_asn1(authority.issuing), in_asn1(authority.responder)],
        crls=given.lists,
        ocsps=given.answers,
        allow_fetching=False,
        revocation_mode="hard-fail",
        moment=now,
    )


def _stamps(authority: Authority, now: dt.datetime, given: Revocation | None) -> Any:
    if given is None:
        return stamper(authority, now)
    given.stamper.fixed_dt = now
    return given.stamper


async def seal(
    pdf: bytes,
    authority: Authority,
    now: dt.datetime,
    kind: str = "good",
    way: Way | None = None,
    *,
    revocation: Revocation | None = None,
) -> bytes:
    """Seal a PDF and give it back whole. now: what the seal and its time stamp say (aware).

    revocation: what was said of it before, instead of now.
    """
    way = way or Way()
    is_certified = way.certify is not None
    has_evidence = way.level in ("B-LT", "B-LTA")
    meta = signers.PdfSignatureMetadata(
        field_name=way.field_name,
        md_algorithm=way.digest,
        subfilter=way.subfilter,
        certify=is_certified,
        docmdp_permissions=way.certify or MDPPerm.FILL_FORMS,
        embed_validation_info=has_evidence,
        use_pades_lta=way.level == "B-LTA",
        validation_context=evidence(authority, kind, now, revocation) if has_evidence else None,
        signer_key_usage=set(),
        **way.more,
    )
    where = fields.SigFieldSpec(
        way.field_name,
        box=way.box,
        readable_field_name=DESCRIPTION,
        invis_sig_settings=fields.InvisSigSettings(set_hidden_flag=False, box_out_of_bounds=True),
    )
    signer = signers.PdfSigner(
        meta,
        KeptKeySigner(authority.sealers[kind], [authority.issuing]),
        timestamper=None if way.level == "B-B" else _stamps(authority, now, revocation),
        new_field_spec=where,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    sealed = await signer.async_sign_pdf(writer)
    return bytes(sealed.getvalue())
