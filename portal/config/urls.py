"""Every address of the portal, and which room answers it."""

from django.urls import include, path

from portal.platform.feature import installed

urlpatterns = [
    path("", include("portal.channels.home.urls")),
    path("", include("portal.channels.help.urls")),
    path("", include("portal.channels.site.urls")),
    path("", include("portal.channels.entry.urls")),
    path("beheer/", include("portal.channels.operator.urls")),
    path("", include("portal.channels.machine.urls")),
    *(path(feature.prefix, include(feature.urls)) for feature in installed.features() if feature.urls),
]

handler400 = "portal.channels.site.views.bad_request"
handler404 = "portal.channels.site.views.not_found"
handler500 = "portal.channels.site.views.server_error"
