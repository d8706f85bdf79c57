"""The channel as a Django app, so that its data is checked at the start."""

from django.apps import AppConfig


class HelpPages(AppConfig):
    """Read the connected sites and the help at the start; data that cannot be used raises an error."""

    name = "portal.channels.help"

    def ready(self) -> None:
        from portal.platform.help import entries
        from portal.platform.language import offer

        from . import connected_sites

        connected_sites.all_sites()
        for language in offer.names():
            entries.in_language(language)
