"""The room as a Django app, so that the catalogues are compiled before the first request."""

import logging

from django.apps import AppConfig

log = logging.getLogger("portal.language")


class Language(AppConfig):
    """Compile the catalogues that changed; where their folder cannot be written, `manage.py check` reports it."""

    name = "portal.platform.language"

    def ready(self) -> None:
        from .compiling import compile_catalogues

        try:
            compile_catalogues()
        except OSError as error:
            log.error("the catalogues of translations were not compiled: %s", error)
