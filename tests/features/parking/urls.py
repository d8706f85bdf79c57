"""The addresses of parking: for citizens, and for the machine of the parking wardens."""

from django.urls import path

from . import views

app_name = "parking"
urlpatterns = [
    path("", views.permits, name="permits"),
    path("api/wijken/<str:name>", views.district, name="district"),
]
