"""The room as a Django app, so that the catalogues are there before anybody is spoken to."""

import logging

from django.apps import AppConfig

log = logging.getLogger("portal.language")


class Language(AppConfig):
    """Make the catalogues that changed; where that may not be, `manage.py check` says so."""

    name = "portal.platform.language"

    def ready(self) -> None:
        from .compiling import compile_catalogues

        try:
            compile_catalogues()
        except OSError as error:
            log.error("the catalogues of translations were not made: %s", error)
