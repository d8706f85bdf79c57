"""The applications in which citizens can read their eBox, described, with the federation's lines about each. No I/O.

The descriptions of others rest on what they and FOD BOSA publish. Where an application does not publish how it is
unlinked, the steps lead to its helpdesk; the page adds the place of FOD BOSA where every consent can be withdrawn.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.utils.translation import gettext_noop as _

from portal.platform.sources.reading.outcomes import Down, Outcome, Partial, Ready, name_of

from ..types import OWN_APPLICATION as OWN
from ..types import ApplicationConsent, ByLanguage

# The page of FOD BOSA where citizens see all their consents and can withdraw each.
ALL_CONSENTS = "https://iamapps.belgium.be/sma/selfManagement/myApplications"


class Application(NamedTuple):
    """An application that shows the eBox. id: given by the federation. address: of its website, "" for none.

    Texts in Dutch: about: what it is. whom: who can use it. mail: how its mails are set. steps: how it is unlinked, a
    sentence each; () for this portal, whose page has a link for it.
    """

    id: str
    name: str
    address: str
    about: str
    whom: str
    mail: str
    steps: Sequence[str]


class LinkedApplication(NamedTuple):
    """An application, and whether a citizen linked their eBox there. is_linked: None where that is not known.

    application: its description; None for one that is not in APPLICATIONS. consent: the federation's line about it.
    """

    id: str
    names: ByLanguage
    application: Application | None
    is_linked: bool | None
    consent: ApplicationConsent | None = None

    @property
    def is_own(self) -> bool:
        """Whether it is this portal."""
        return self.id == OWN

    @property
    def is_contradicted(self) -> bool:
        """Whether the federation says that the eBox is not linked here, while a consent is stored here."""
        return self.is_own and self.is_linked is True and self.consent is not None and self.consent.is_given is False


class ApplicationOverview(NamedTuple):
    """All applications for one citizen, with the outcome of asking the federation.

    outcome: its name ("ready", "partial", "nothing", "late", "down"); "" where it was not asked. down: why it could
    not be asked, else None.
    """

    lines: Sequence[LinkedApplication]
    outcome: str
    down: Down | None

    @property
    def is_known(self) -> bool:
        """Whether it is known of every application whether it is linked."""
        return self.outcome == "ready" and all(line.is_linked is not None for line in self.lines)

    @property
    def own(self) -> LinkedApplication:
        """Give the line of this portal."""
        return next(line for line in self.lines if line.is_own)

    @property
    def others(self) -> Sequence[LinkedApplication]:
        """List the other applications that are known to be linked."""
        return [line for line in self.lines if line.is_linked and not line.is_own]


APPLICATIONS: Sequence[Application] = (
    Application(
        OWN,
        "Mijn Burgerprofiel",
        "",
        _("Van de Vlaamse overheid. Naast uw eBox vindt u hier ook uw gegevens, dossiers en attesten."),
        _("Voor iedereen met een rijksregisternummer."),
        _("U kiest hier zelf: meteen, één keer per dag, of geen mails."),
        (),
    ),
    Application(
        "my-ebox",
        "My eBox",
        "https://myebox.be",
        _("Van FOD BOSA, de federale dienst die de eBox beheert. Alleen de eBox, niets anders."),
        _("Voor iedereen met een rijksregisternummer."),
        _("In uw profiel daar zet u de mails aan of uit."),
        (
            _("Meld u aan bij My eBox en ga bovenaan naar uw profiel."),
            _("Kies in het menu om My eBox te deactiveren."),
            _("Bevestig dat."),
        ),
    ),
    Application(
        "irisbox",
        "IRISbox",
        "https://irisbox.irisnet.be",
        _("Het loket van het Brussels Hoofdstedelijk Gewest, voor gewestelijke en lokale diensten."),
        _("Vooral voor wie in Brussel woont."),
        _("Hoe u de mails daar uitzet, vraagt u aan hun helpdesk."),
        (_("Vraag aan de helpdesk van IRISbox hoe u uw toestemming intrekt."),),
    ),
    Application(
        "doccle",
        "Doccle",
        "https://www.doccle.be",
        _("Van een bedrijf. U krijgt er ook documenten van bedrijven die bij Doccle aangesloten zijn."),
        _("Voor wie er een account heeft."),
        _("Wij vinden daar geen knop om de mails uit te zetten. U kunt wel de eBox er ontkoppelen."),
        (
            _("Meld u aan bij Doccle en zoek bij uw verbindingen de eBox."),
            _("Verbreek die verbinding."),
            _("Lukt dat niet? Vraag het aan de helpdesk van Doccle."),
        ),
    ),
    Application(
        "trusto",
        "TrustO",
        "",
        _("Van een bedrijf. U krijgt er ook documenten van bedrijven, zoals voor energie of water."),
        _("Voor wie er een account heeft."),
        _("Hoe u de mails daar uitzet, vraagt u aan hun helpdesk."),
        (_("Vraag aan de helpdesk van TrustO hoe u uw toestemming intrekt."),),
    ),
    Application(
        "bpost",
        "bpost bank",
        "",
        _("In het internetbankieren van bpost bank. Die bank ging intussen op in BNP Paribas Fortis."),
        _("Voor wie er een rekening had."),
        _("Hoe u de mails daar uitzet, vraagt u aan hun helpdesk."),
        (_("Vraag aan de helpdesk van uw bank hoe u uw toestemming intrekt."),),
    ),
    Application(
        "kbc",
        "KBC",
        "https://www.kbc.be",
        _("In de app van de bank, KBC Mobile."),
        _("Voor klanten van KBC die de app gebruiken."),
        _("U krijgt meldingen van de app. Hoe u die uitzet, vraagt u aan KBC."),
        (_("Open KBC Mobile en zoek er de eBox."), _("Trek er uw toestemming in, of vraag aan KBC hoe dat moet.")),
    ),
)


def overview(outcome: Outcome[tuple[ApplicationConsent, ...]] | None, *, is_linked: bool) -> ApplicationOverview:
    """Join the federation's lines with the descriptions of applications; those without one come last.

    outcome: of asking the federation, None where it was not asked. is_linked: whether a consent is stored here, which
    counts for this portal whatever the federation says.
    """
    consents = outcome.value if isinstance(outcome, Ready | Partial) else ()
    by_id = {one.id: one for one in consents}
    lines = [_line(one, by_id.get(one.id), is_linked=is_linked) for one in APPLICATIONS]
    known = {one.id for one in APPLICATIONS}
    lines += _strangers(one for one in consents if one.id not in known)
    name = "" if outcome is None else name_of(outcome)
    return ApplicationOverview(lines, name, outcome if isinstance(outcome, Down) else None)


def _line(application: Application, consent: ApplicationConsent | None, *, is_linked: bool) -> LinkedApplication:
    is_given = is_linked if application.id == OWN else consent.is_given if consent else None
    return LinkedApplication(application.id, {"": application.name}, application, is_given, consent)


def _strangers(consents: Iterable[ApplicationConsent]) -> Iterable[LinkedApplication]:
    """List applications without a description here, unless the federation says that they are not linked."""
    return [
        LinkedApplication(one.id, one.names, None, one.is_given, one) for one in consents if one.is_given is not False
    ]
