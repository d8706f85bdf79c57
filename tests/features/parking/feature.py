"""What parking is to the rest of the portal."""

from collections.abc import Sequence

from portal.platform.feature.home import Block, Card, Rule
from portal.platform.feature.types import CookieDeclaration, Feature, Loan, Place, Tables

from . import actions, checks, queries, rules
from .types import CLOSED, PermitGiven


def navigation() -> Sequence[Place]:
    """Lead to the permits."""
    return (Place("Parkeren", "parking:permits"),)


def cards() -> Sequence[Card]:
    """Have one card on the home page."""
    return (Card("vergunningen", "Parkeren", href="/parkeren/", door="Alles over Parkeren"),)


FEATURE = Feature(
    package=__package__,
    urls=f"{__package__}.urls",
    prefix="parkeren/",
    navigation=navigation,
    blocks=(
        Block(
            name="parkeren",
            order=30,
            template="parking/block.html",
            find=queries.find,
            unasked="uw parkeervergunningen",
            cards=cards,
            rules=(Rule(rules.SOON, "Een vergunning geldt een jaar."),),
        ),
    ),
    jobs=f"{__package__}.tasks",
    mails=(PermitGiven,),
    cookies=(
        CookieDeclaration(
            component="Parkeren",
            names=("__Host-parkeren",),
            purpose="Onthoudt uw wijk.",
            type="Cookie",
            domain="localhost",
            processor="Vlaamse overheid",
            validity="Sessie",
        ),
    ),
    bodies={"parking:permits": rules.LARGEST},
    checks=(checks.streets_are_known,),
    policy={"img-src": ("https://kaart.example",)},
    loans=(Loan("parking", queries.lines),),
    tables=Tables(export=queries.export, forget=actions.forget, expire=actions.expire),
    operations=(CLOSED,),
    programs=(rules.PROGRAM,),
    unread="parking_unmarked",
)
