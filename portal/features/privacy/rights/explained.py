"""What each right is, in plain words, and which pages of this portal grant it at once."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext_noop as _

from portal.platform.ui.links import links

from .types import DataRight


class RightInWords(NamedTuple):
    """A right in words, in Dutch: what it is, when it helps, and an example of what to write in a request."""

    what: str
    when: str
    example: str


class AtOnce(NamedTuple):
    """A page that grants a right at once: what one does there, in Dutch, and its address."""

    title: str
    href: str


RIGHTS: Mapping[DataRight, RightInWords] = {
    DataRight.INSPECTION: RightInWords(
        _(
            "U mag weten welke gegevens een dienst over u gebruikt, waarom, en wie ze kreeg. "
            "U mag ook een kopie vragen."
        ),
        _("Dat helpt als u wilt zien wat een dienst nog meer over u bewaart dan wat hier staat."),
        _("Bijvoorbeeld: een kopie van mijn dossier van 2024, en wie het inkeek."),
    ),
    DataRight.RECTIFICATION: RightInWords(
        _("Staat er iets fout, of ontbreekt er iets? Dan mag u het laten verbeteren of aanvullen."),
        _("Dat helpt bij een oud adres, een fout diploma, of een naam die verkeerd geschreven is."),
        _("Bijvoorbeeld: mijn naam is verkeerd geschreven, het moet met een c."),
    ),
    DataRight.ERASURE: RightInWords(
        _("U mag vragen om gegevens over u te wissen."),
        _(
            "Dat kan als een dienst ze niet meer nodig heeft, of als u uw toestemming intrekt. Moet een dienst ze "
            "volgens de wet bewaren, zoals uw geboorteakte? Dan blijven ze staan."
        ),
        _("Bijvoorbeeld: mijn sollicitatie van vorig jaar, want ik zoek geen werk meer."),
    ),
    DataRight.WITHDRAWAL: RightInWords(
        _("Gaf u toestemming voor iets? Dan mag u ze altijd intrekken. Dat is even makkelijk als ze geven."),
        _("Dat helpt als u van gedachten verandert. Wat er voordien gebeurde, blijft geldig."),
        _("Bijvoorbeeld: ik gaf toestemming om mijn gegevens te delen met een opleider, en trek die in."),
    ),
    DataRight.OBJECTION: RightInWords(
        _("U mag zich verzetten tegen het gebruik van uw gegevens, om redenen van uw eigen situatie."),
        _(
            "Dat helpt als een gebruik u schaadt of in gevaar brengt. De dienst stopt ermee, tenzij hij kan tonen "
            "dat zijn redenen zwaarder wegen."
        ),
        _("Bijvoorbeeld: ik wil niet dat mijn adres gebruikt wordt, want iemand valt mij lastig."),
    ),
    DataRight.RESTRICTION: RightInWords(
        _("U mag vragen dat een dienst uw gegevens wel bewaart, maar een tijd niet gebruikt."),
        _("Dat helpt zolang een dienst nog nakijkt of een gegeven klopt, of zolang uw bezwaar loopt."),
        _("Bijvoorbeeld: gebruik mijn inkomen van 2024 niet, tot u hebt nagekeken of het klopt."),
    ),
    DataRight.PORTABILITY: RightInWords(
        _("U mag de gegevens die u zelf gaf, meekrijgen in een bestand dat een computer kan lezen."),
        _(
            "Dat geldt voor wat u met uw toestemming of voor een overeenkomst gaf. Voor taken van de overheid geldt "
            "het meestal niet."
        ),
        _("Bijvoorbeeld: alles wat ik zelf invulde in mijn loopbaandossier."),
    ),
}


def at_once(right: DataRight) -> Sequence[AtOnce]:
    """List the pages that grant a right at once, without those that this portal does not have."""
    pages: Mapping[DataRight, Sequence[AtOnce]] = {
        DataRight.INSPECTION: (
            AtOnce(_("Haal alles op wat wij over u bewaren"), links.own_copy()),
            AtOnce(_("Kijk wie uw gegevens gebruikte"), links.data_usage()),
        ),
        DataRight.RECTIFICATION: (
            AtOnce(_("Verbeter uw roepnaam"), links.nickname()),
            AtOnce(_("Verbeter uw e-mailadressen"), links.emails()),
        ),
        DataRight.ERASURE: (AtOnce(_("Wis alles wat wij over u bewaren"), links.erase_everything()),),
        DataRight.WITHDRAWAL: (
            AtOnce(_("Uw profiel: roepnaam, foto en adressen"), links.emails()),
            AtOnce(_("Uw contactvoorkeuren"), links.contact_preferences()),
            AtOnce(_("De koppeling met uw eBox"), links.ebox_link()),
            AtOnce(_("Uw eigen archief van eBox documenten"), links.ebox_archive()),
        ),
        DataRight.PORTABILITY: (AtOnce(_("Haal alles op wat wij over u bewaren"), links.own_copy()),),
    }
    return [page for page in pages.get(right, ()) if page.href]
