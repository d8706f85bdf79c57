"""Addresses of the mailbox. A document is a token there, which only its session can read (`registry.locating`).

A copy has a random id, which gives access to its own citizen alone.
"""

from django.urls import path

from . import postbox_view
from .archive import all_view, archive_view, consent_view, copy_view, keep_view
from .folders import folder_views
from .letter import arrange_view, due_view, file_view, message_view, paid_view, remind_view, visibility_view
from .link import applications_view, link_view, mails_view, senders_view
from .list import chosen_view, views

app_name = "mailbox"
urlpatterns = [
    path("", postbox_view.postbox, name="postbox"),
    path("ebox/", views.overview, name="overview"),
    path("ebox/bericht/<str:token>/", message_view.message, name="message"),
    path("ebox/bericht/<str:token>/bestand/<int:number>/", file_view.attachment, name="attachment"),
    path("ebox/bericht/<str:token>/tonen/", visibility_view.visibility, name="visibility"),
    path("ebox/bericht/<str:token>/herinneren/", remind_view.remind, name="remind"),
    path("ebox/herinneringen/", remind_view.reminders, name="reminders"),
    path("ebox/betaaldagen/", due_view.calendar, name="due_days"),
    path("ebox/bericht/<str:token>/betaald/", paid_view.note, name="paid"),
    path("ebox/gekozen/bestanden/", chosen_view.take, name="take_chosen"),
    path("ebox/gekozen/zichtbaarheid/", chosen_view.hide, name="hide_chosen"),
    path("ebox/gekozen/orde/", chosen_view.arrange, name="arrange_chosen"),
    path("ebox/gekozen/ster/", chosen_view.star, name="star_one"),
    path("ebox/bericht/<str:token>/orde/", arrange_view.arrange, name="arrange"),
    path("ebox/mappen/", folder_views.overview, name="folders"),
    path("ebox/mappen/<str:token>/", folder_views.rename, name="folder"),
    path("ebox/mappen/<str:token>/verwijderen/", folder_views.remove, name="remove_folder"),
    path("ebox/bericht/<str:token>/kopie/", keep_view.keep, name="keep"),
    path("archief/", archive_view.overview, name="archive"),
    path("archief/beginnen/", consent_view.begin, name="archive_begin"),
    path("archief/stoppen/", consent_view.end, name="archive_end"),
    path("archief/alles/", all_view.take, name="archive_all"),
    path("archief/<uuid:copy_id>/", copy_view.copy, name="copy"),
    path("archief/<uuid:copy_id>/wissen/", copy_view.delete, name="copy_delete"),
    path("archief/<uuid:copy_id>/bestand/<int:number>/", copy_view.file, name="copy_file"),
    path("ebox/koppelen/", link_view.link, name="link"),
    path("ebox/toepassingen/", applications_view.overview, name="applications"),
    path("ebox/verzenders/", senders_view.overview, name="senders"),
    path("ebox/mails/", mails_view.overview, name="mails"),
    path("ebox/ontkoppelen/", link_view.withdraw, name="withdraw"),
]
