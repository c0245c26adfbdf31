"""Which address leads where: services, profile, contacts."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quarterday.web.portal import (
    contacts,
    profile,
    services,
    services_cancel,
    services_change,
    services_confirm,
    services_page,
)

_ONE = "services/<str:public_id>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("profile/", profile.show_profile, name="profile"),
    path("profile/details/", profile.edit_profile, name="profile_edit"),
    path("profile/contacts/add/", contacts.add, name="contact_add"),
    path("profile/contacts/<str:public_id>/", contacts.edit, name="contact"),
    path("profile/contacts/<str:public_id>/remove/", contacts.remove, name="contact_remove"),
    path("profile/contacts/<str:public_id>/retry/", contacts.try_again, name="contact_retry"),
    path("services/", services.list_services, name="services"),
    path(_ONE, services_page.show_service, name="service"),
    path(f"{_ONE}change/", services_change.choose_plan, name="service_change"),
    path(f"{_ONE}add/", services_change.choose_addon, name="service_add"),
    path(f"{_ONE}confirm/", services_confirm.confirm, name="service_confirm"),
    path(f"{_ONE}cancel/", services_cancel.choose_end, name="service_cancel"),
    path(f"{_ONE}cancel/confirm/", services_confirm.confirm_cancel, name="service_end"),
]
