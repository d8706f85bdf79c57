"""All that the portal and its sign-in provider keep in a browser, for the cookie policy and the test that crawls."""

from collections.abc import Sequence

from portal.platform.feature import installed
from portal.platform.feature.types import CookieDeclaration

from . import cookies


def declarations() -> Sequence[CookieDeclaration]:
    """List every declaration of cookies and of other storage: of signing in, of the language, and of features."""
    of_features = [cookie for feature in installed.features() for cookie in feature.cookies]
    return [*cookies.DECLARED, cookies.LANGUAGE, *of_features]
