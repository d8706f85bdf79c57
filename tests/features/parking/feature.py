"""What parking is to the rest of the portal."""

from collections.abc import Sequence

from portal.platform.feature.types import Block, CookieDeclaration, Feature, Loan, Place, Tables

from . import actions, checks, queries, rules
from .types import PermitGiven


def navigation() -> Sequence[Place]:
    """Lead to the permits."""
    return (Place("Parkeren", "parking:permits"),)


FEATURE = Feature(
    package=__package__,
    urls=f"{__package__}.urls",
    prefix="parkeren/",
    navigation=navigation,
    blocks=(Block("parkeren", 10, "parking/block.html", queries.block),),
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
    programs=(rules.PROGRAM,),
)
