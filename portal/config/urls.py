"""Every address of the portal, and which room answers it."""

from django.urls import include, path

urlpatterns = [
    path("", include("portal.channels.home.urls")),
    path("", include("portal.channels.entry.urls")),
    path("beheer/", include("portal.channels.operator.urls")),
    path("profiel/", include("portal.features.profile.urls")),
    path("", include("portal.channels.machine.urls")),
    path("", include("portal.features.corrections.urls")),
    path("uw-gegevens/", include("portal.features.themes.urls")),
]

handler400 = "portal.channels.home.views.bad_request"
handler404 = "portal.channels.home.views.not_found"
handler500 = "portal.channels.home.views.failed"
