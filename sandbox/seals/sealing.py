"""Seal a PDF as a body does: PAdES B-LT (ETSI EN 319 142-1), with the validation data for later checks in it."""

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
# PDF/UA requires a description of each field, for people who do not see it.
DESCRIPTION = "Digitale handtekening van Modelstad (demonstratie)"
_DIGESTS: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),  # noqa: S303 - tests make documents with a weak digest
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")


@dataclass(frozen=True)
class SealOptions:
    """Hold how a document is sealed; the defaults are the town's, and tests use others too.

    `level` is of LEVELS, `certify` the permission of a certification signature (DocMDP), None for an approval
    signature; `box` is where the field is shown, None for an invisible one; `more` goes to pyHanko's metadata as it
    is.
    """

    level: str = "B-LT"
    subfilter: SigSeedSubFilter = SigSeedSubFilter.PADES
    field_name: str = FIELD
    digest: str = "sha256"
    certify: MDPPerm | None = MDPPerm.NO_CHANGES
    box: tuple[int, int, int, int] | None = None
    more: dict[str, Any] = field(default_factory=dict)


class KeptKeySigner(signers.Signer):  # type: ignore[misc]  # pyHanko has no type hints
    """Sign with a key object that stays loaded: pyHanko's own signer parses the key twice for each document."""

    def __init__(self, holder: Holder, chain: Sequence[Holder]) -> None:
        """Sign as `holder`; the certificates of `chain`, its issuers without the root, go into the seal."""
        store = _store(chain)
        super().__init__(signing_cert=in_asn1(holder), cert_registry=store, embed_roots=False)
        self._key = holder.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Sign bytes with PKCS#1 v1.5, as most sealers do; a dry run gives as many bytes as a signature has."""
        if dry_run:
            return bytes(self._key.key_size // 8)
        return self._key.sign(data, padding.PKCS1v15(), _DIGESTS[digest_algorithm])


def in_asn1(holder: Holder) -> Any:
    """Give a certificate in the type that pyHanko takes, of asn1crypto."""
    return asn1_x509.Certificate.load(holder.der)


def _store(holders: Sequence[Holder]) -> Any:
    kind: Any = SimpleCertificateStore
    return kind.from_certs([in_asn1(holder) for holder in holders])


class KeptKeyStamper(DummyTimeStamper):  # type: ignore[misc]  # pyHanko has no type hints
    """Make time stamps with a key object that stays loaded: pyHanko's own parses the key for each stamp."""

    def __init__(self, holder: Holder, chain: Sequence[Holder], at: dt.datetime | None) -> None:
        """Stamp as `holder`; the certificates of `chain` go into the stamp. at: its time, by default the clock's."""
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
    """Give an empty key for the constructor of pyHanko's class, whose own signing is overridden."""
    return asn1_keys.PrivateKeyInfo()


def stamper(authority: Authority, at: dt.datetime | None = None) -> Any:
    """Make the authority's time stamper; at: the time that it stamps, by default the clock's."""
    return KeptKeyStamper(authority.stamping, [authority.issuing], at)


@dataclass(frozen=True)
class Revocation:
    """Hold revocation lists and OCSP answers (DER), for many documents, and the time stamper for the same documents.

    The stamper is kept too, since a new one makes a trial stamp first, to know how large its stamps are.
    """

    lists: list[bytes]
    answers: list[bytes]
    stamper: Any


def revocation_of(authority: Authority, kind: str, now: dt.datetime) -> Revocation:
    """Make the revocation data about the sealer of a kind as they are at `now`."""
    return Revocation(authority.lists(now), authority.answers(kind, now), stamper(authority, now))


def evidence(
    authority: Authority, kind: str, now: dt.datetime, revocation: Revocation | None = None
) -> ValidationContext:
    """Give the validation data that is embedded in a document; `revocation` is made anew when it is not given."""
    revocation = revocation or revocation_of(authority, kind, now)
    return ValidationContext(
        trust_roots=[in_asn1(authority.root)],
        other_certs=[in_asn1(authority.issuing), in_asn1(authority.responder)],
        crls=revocation.lists,
        ocsps=revocation.answers,
        allow_fetching=False,
        revocation_mode="hard-fail",
        moment=now,
    )


def _stamps(authority: Authority, now: dt.datetime, revocation: Revocation | None) -> Any:
    if revocation is None:
        return stamper(authority, now)
    revocation.stamper.fixed_dt = now
    return revocation.stamper


async def seal(
    pdf: bytes,
    authority: Authority,
    now: dt.datetime,
    kind: str = "good",
    options: SealOptions | None = None,
    *,
    revocation: Revocation | None = None,
) -> bytes:
    """Give a PDF with the seal of a kind of sealer: `good`, or one of `authority.REFUSABLE`.

    `now` is the time of the seal and of its time stamp (aware); `revocation` is made anew when it is not given.
    """
    options = options or SealOptions()
    is_certified = options.certify is not None
    has_evidence = options.level in ("B-LT", "B-LTA")
    meta = signers.PdfSignatureMetadata(
        field_name=options.field_name,
        md_algorithm=options.digest,
        subfilter=options.subfilter,
        certify=is_certified,
        docmdp_permissions=options.certify or MDPPerm.FILL_FORMS,
        embed_validation_info=has_evidence,
        use_pades_lta=options.level == "B-LTA",
        validation_context=evidence(authority, kind, now, revocation) if has_evidence else None,
        signer_key_usage=set(),
        **options.more,
    )
    field_spec = fields.SigFieldSpec(
        options.field_name,
        box=options.box,
        readable_field_name=DESCRIPTION,
        invis_sig_settings=fields.InvisSigSettings(set_hidden_flag=False, box_out_of_bounds=True),
    )
    signer = signers.PdfSigner(
        meta,
        KeptKeySigner(authority.sealers[kind], [authority.issuing]),
        timestamper=None if options.level == "B-B" else _stamps(authority, now, revocation),
        new_field_spec=field_spec,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    sealed = await signer.async_sign_pdf(writer)
    return bytes(sealed.getvalue())
