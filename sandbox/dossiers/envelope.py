"""Build and take apart the answers of GeefDossiers 02.00."""

from collections.abc import Iterable, Iterator

from lxml import etree

from sandbox.magda.answers import empty_answer

from .changes import State, mutation_of

NAMESPACE = "http://webservice.geefdossiersdienst-02_00.dossier-02_00.vip.vlaanderen.be"
SERVICE = ("GeefDossiers", "02.00.0000")
_NOTHING_FOUND = "30001"


def envelope() -> etree._Element:
    """Make an answer without anything in it."""
    return empty_answer(NAMESPACE, *SERVICE)


def answer_with(person: str, states: Iterable[State]) -> etree._Element:
    """Make an answer with these states as mutations, in one dossier for each source and number."""
    root = envelope()
    dossiers: dict[tuple[str, str], etree._Element] = {}
    for state in states:
        key = (state.source, state.number)
        if key not in dossiers:
            dossier = etree.SubElement(dossiers_of(root), "Dossier")
            dossiers[key] = etree.SubElement(dossier, "DossierMutaties")
        dossiers[key].append(mutation_of(state, person))
    return root


def dossiers_of(root: etree._Element) -> etree._Element:
    """Find the element `Dossiers` of an answer; make it, with its missing parents, where there is none."""
    reply = root.find("Repliek")
    assert reply is not None  # noqa: S101 - a sample without it is no answer
    answers = reply.find("Antwoorden")
    if answers is None:
        answers = etree.Element("Antwoorden")
        reply.insert(1, answers)
    answer = answers.find("Antwoord")
    if answer is None:
        answer = etree.SubElement(answers, "Antwoord")
        etree.SubElement(answer, "Referte").text = "-"
    content = answer.find("Inhoud")
    if content is None:
        content = etree.Element("Inhoud")
        answer.insert(1, content)
    dossiers = content.find("Dossiers")
    return dossiers if dossiers is not None else etree.SubElement(content, "Dossiers")


def add_dossier(root: etree._Element, dossier: etree._Element) -> None:
    """Add a dossier to an answer."""
    dossiers_of(root).append(dossier)


def remove_nothing_found(root: etree._Element) -> None:
    """Remove the exception "nothing found" (30001) from an answer, as a dossier is about to be added."""
    for holder in [
        *root.iterfind("Repliek/Antwoorden/Antwoord/Uitzonderingen"),
        *root.iterfind("Repliek/Uitzonderingen"),
    ]:
        for exception in holder.findall("Uitzondering"):
            if exception.findtext("Identificatie") == _NOTHING_FOUND:
                holder.remove(exception)
        parent = holder.getparent()
        if len(holder) == 0 and parent is not None:
            parent.remove(holder)


def mutations_of(root: etree._Element) -> Iterator[etree._Element]:
    """Give every mutation in the order of the answer, which may be changed meanwhile."""
    return iter(list(root.iter("DossierMutatie")))


def identification_of(mutation: etree._Element) -> tuple[str, str]:
    """Give the source (Bron) and number that identify the dossier of a mutation."""
    return (
        (mutation.findtext("Identificatie/Bron") or "").strip(),
        (mutation.findtext("Identificatie/Dossiernummer") or "").strip(),
    )
