"""What is asked about dossiers, as `sources` asks it: one question for every body, read into `Dossiers`."""

import logging
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


class _ForEveryone(NamedTuple):
    """What is the same for everyone who asks."""

    agency: Agency
    asked: DossiersQuestion
    question: SourceQuestion
    left_out: LeftOut


def inquiry_about(insz: str) -> Inquiry[str, Dossiers] | None:
    """Say how the dossiers of a person are asked; None where no body of this portal answers for them."""
    known = _prepare()
    if known is None:
        return None
    agency, asked = known.agency, known.asked
    return Inquiry(
        key=section.DATASET,
        name=f"{agency.id}.{section.DATASET}",
        agency=agency,
        question=known.question,
        service=asked.magda,
        reader=partial(reading.read, insz=insz, spelled=section.spell, left_out=known.left_out),
        activity=partial(_activity, known),
        kept_as=Dossiers,
        names_behind=True,
        deadline_s=asked.deadline_s,
        assurance=asked.assurance,
        bound=partial(_bound_outcome, agency),
    )


def is_answered() -> bool:
    """Tell whether some body of this portal answers for dossiers."""
    return _prepare() is not None


def activity_for(purpose: Purpose) -> Activity | None:
    """Say for the journal's register what asking for dossiers is; None where nobody answers."""
    known = _prepare()
    return _activity(known, purpose) if known else None


def name() -> str:
    """Give the name of what is asked, AGENCY.WHAT; "" where nobody answers."""
    known = _prepare()
    return f"{known.agency.id}.{section.DATASET}" if known else ""


@cache
def _prepare() -> _ForEveryone | None:
    agency = section.answering()
    if agency is None:
        return None
    # What is asked, and written in the journal, is by the manifest itself, which is Dutch.
    asked = section.dutch(agency).question
    assert asked is not None  # noqa: S101 - the body that answers has it
    question = catalogue.question_of(agency, asked.source, asked.magda)
    left_out = LeftOut(manifest.left_out(agency.folder / manifest.LEFT_OUT, section.DATASET))
    return _ForEveryone(agency, asked, question, left_out)


def _activity(known: _ForEveryone, purpose: Purpose) -> Activity:
    return Activity(
        body=known.agency.id,
        body_name=known.agency.manifest.name,
        dataset=section.DATASET,
        title=known.asked.title,
        purpose=purpose.sentence,
        legal_basis=known.asked.legal_basis,
        services=(f"{known.asked.magda.service}/{known.asked.magda.version}",),
        retention="session",
    )


def _bound_outcome(agency: Agency, outcome: Outcome[Any]) -> Outcome[Any]:
    """Refuse an answer about somebody else, and say in an outcome that not all of it was kept."""
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
