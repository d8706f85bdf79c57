"""Addresses of the pages of the profile. No address holds a value that somebody gave us."""

from django.urls import path

from . import address_views, attention_views, email_views, other_email_views, views

app_name = "profile"
urlpatterns = [
    path("", views.profile, name="profile"),
    path("roepnaam/", views.nickname, name="nickname"),
    path("roepnaam/nakijken/", views.nickname_check, name="nickname_check"),
    path("roepnaam/verwijderen/", views.remove_nickname, name="remove_nickname"),
    path("foto/", views.photo_file, name="photo_file"),
    path("foto/wijzigen/", views.photo, name="photo"),
    path("foto/verwijderen/", views.remove_photo, name="remove_photo"),
    path("e-mail/", email_views.email, name="email"),
    path("e-mail/code/", email_views.email_code, name="email_code"),
    path("e-mail/verwijderen/", email_views.remove_email, name="remove_email"),
    path("e-mail/nog-een/", other_email_views.other_email, name="other_email"),
    path("e-mail/nog-een/code/", other_email_views.other_email_code, name="other_email_code"),
    path("e-mail/<uuid:email_id>/hoofdadres/", other_email_views.make_main_email, name="make_main_email"),
    path("e-mail/<uuid:email_id>/verwijderen/", other_email_views.remove_other_email, name="remove_other_email"),
    # Signals of the home page (feature.home.Signal), which are no notices.
    path("meldingen/verbergen/", attention_views.dismiss, name="dismiss"),
    path("meldingen/tonen/", attention_views.show_again, name="show_again"),
    path("adressen/nieuw/", address_views.add_address, name="add_address"),
    path("adressen/<uuid:address_id>/", address_views.change_address, name="change_address"),
    path("adressen/<uuid:address_id>/verwijderen/", address_views.remove_address, name="remove_address"),
]
