"""The wiring as a Django app, so that its system checks are registered."""

from django.apps import AppConfig


class Wiring(AppConfig):
    """Register the system checks of this room and of the features."""

    name = "portal.config"
    label = "config"

    def ready(self) -> None:
        from django.core.checks import register

        from portal.platform.feature import installed

        from . import checks, feature_checks, municipality_checks, transport_checks  # noqa: F401 - importing registers

        for feature in installed.features():
            for check in feature.checks:
                register(check)
