"""Declare the question form as a feature of the portal."""

from django.utils.translation import gettext_noop as _

from portal.platform.feature.types import Feature, Tables

from . import actions, queries

FEATURE = Feature(
    package=__package__,
    processings=f"{__package__}.processings",
    urls=f"{__package__}.urls",
    prefix="contact/",
    links=f"{__package__}.links",
    jobs=f"{__package__}.tasks",
    tables=Tables(
        export=queries.export,
        forget=actions.forget,
        expire=actions.expire,
        title=_("Vragen aan het contactcenter"),
    ),
)
