"""The channel as a Django app, so that its data is checked before anyone comes by."""

from django.apps import AppConfig


class HelpPages(AppConfig):
    """Read the connected sites and the help: data that cannot be used refuses to start."""

    name = "portal.channels.help"

    def ready(self) -> None:
        from portal.platform.help import entries
        from portal.platform.language import offer

        from . import connected_sites

        connected_sites.all_sites()
        for language in offer.names():
            entries.in_language(language)
