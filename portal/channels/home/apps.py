"""The channel as a Django app, so that its data is checked before anyone comes by."""

from django.apps import AppConfig


class Home(AppConfig):
    """Read the connected sites: data that cannot be used refuses to start."""

    name = "portal.channels.home"

    def ready(self) -> None:
        from . import connected_sites

        connected_sites.listed()
