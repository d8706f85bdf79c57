"""The question about somebody's dossiers, as `sources` asks it: one question for all bodies, read into `Dossiers`."""

import logging
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, NamedTuple

from portal.platform.journal.types import Activity, Purpose
from portal.platform.sources import catalogue, manifest
from portal.platform.sources.catalogue import Agency, SourceQuestion
from portal.platform.sources.inquiry import Inquiry
from portal.platform.sources.reading.leaves import LeftOut
from portal.platform.sources.reading.outcomes import Down, Missing, Outcome, Partial, Ready

from . import reading, section
from .section import DossiersQuestion
from .types import Dossiers

type DossierOutcome = Outcome[Dossiers]

log = logging.getLogger("portal.dossiers")


class _CommonParts(NamedTuple):
    """The parts of the question that do not depend on the person."""

    agency: Agency
    terms: DossiersQuestion
    question: SourceQuestion
    left_out: LeftOut


def inquiry_about(insz: str) -> Inquiry[str, Dossiers] | None:
    """Make the question about a person's dossiers; None where no body of this portal answers for them."""
    common = _common_parts()
    if common is None:
        return None
    agency, terms = common.agency, common.terms
    return Inquiry(
        key=section.DATASET,
        name=f"{agency.id}.{section.DATASET}",
        agency=agency,
        question=common.question,
        service=terms.magda,
        reader=partial(reading.read, insz=insz, spell=section.spell, left_out=common.left_out, now=datetime.now(UTC)),
        activity=partial(_activity, common),
        kept_as=Dossiers,
        names_behind=True,
        deadline_s=terms.deadline_s,
        assurance=terms.assurance,
        bound=partial(_bound_outcome, agency),
    )


def activity_for(purpose: Purpose) -> Activity | None:
    """Describe asking for dossiers as an activity of the journal's register; None where no body answers for them."""
    common = _common_parts()
    return _activity(common, purpose) if common else None


def name() -> str:
    """Give the name of the question, `AGENCY.dossiers`; "" where no body answers for dossiers."""
    common = _common_parts()
    return f"{common.agency.id}.{section.DATASET}" if common else ""


@cache
def _common_parts() -> _CommonParts | None:
    agency = section.answering()
    if agency is None:
        return None
    # In Dutch, whatever language holds now: the journal keeps these words.
    terms = section.dutch(agency).question
    assert terms is not None  # noqa: S101 - the body that answers has the table
    question = catalogue.question_of(agency, terms.source, terms.magda)
    left_out = LeftOut(manifest.read_left_out(agency.folder / manifest.LEFT_OUT, section.DATASET))
    return _CommonParts(agency, terms, question, left_out)


def _activity(common: _CommonParts, purpose: Purpose) -> Activity:
    return Activity(
        body=common.agency.id,
        body_name=common.agency.manifest.name,
        dataset=section.DATASET,
        title=common.terms.title,
        purpose=purpose.sentence,
        legal_basis=common.terms.legal_basis,
        services=(f"{common.terms.magda.service}/{common.terms.magda.version}",),
        retention="session",
    )


def _bound_outcome(agency: Agency, outcome: Outcome[Any]) -> Outcome[Any]:
    """Refuse an answer about somebody else, and mark an answer of which not all was kept as partial."""
    if not isinstance(outcome, Ready | Partial):
        return outcome
    if of_others := outcome.value.of_others:
        # By the body's id and not by what it calls itself, which can be anything.
        bodies = {body.id if (body := section.body_of(source)) else "unknown" for source in of_others}
        log.warning("dossiers of others in an answer, given by: %s", ", ".join(sorted(bodies)))
    if outcome.value.is_about_another:
        return Down("mismatch", "INSZ")
    if not outcome.value.is_cut:
        return outcome
    missing = outcome.missing if isinstance(outcome, Partial) else ()
    cut = Missing(agency.manifest.name, section.DATASET, "long")
    return Partial(outcome.value, (*missing, cut), outcome.asked_at)
