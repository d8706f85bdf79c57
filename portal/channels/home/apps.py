"""The channel as a Django app, so that its data is checked before anyone comes by."""

from django.apps import AppConfig


class Home(AppConfig):
    """Read the connected sites and the help: data that cannot be used refuses to start."""

    name = "portal.channels.home"

    def ready(self) -> None:
        from portal.platform.language import offer

        from . import connected_sites, help_entries

        connected_sites.listed()
        for language in offer.names():
            help_entries.in_language(language)
