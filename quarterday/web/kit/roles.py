"""Roles in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from quarterday.core.access import Role

Text = str | Promise
ROLE_NAMES: Mapping[Role, Text] = {
    Role.OWNER: _("Owner"),
    Role.BILLING: _("Billing"),
    Role.TECHNICAL: _("Technical"),
    Role.READ_ONLY: _("Read only"),
}
ROLE_TEXTS: Mapping[Role, Text] = {
    Role.OWNER: _("May see and do everything, and decides who else may."),
    Role.BILLING: _(
        "Sees invoices and services, pays, and keeps payment methods, the billing address and "
        "contacts. May not order, change or cancel services."
    ),
    Role.TECHNICAL: _("Sees and changes services. Sees no invoices, and may not cancel."),
    Role.READ_ONLY: _("Sees invoices and services, and changes nothing."),
}


def role_name(role: str) -> Text:
    """A role as people read it."""
    try:
        return ROLE_NAMES[Role(role)]
    except ValueError:
        return role
