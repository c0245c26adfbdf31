"""The ways to pay, in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_WAYS: dict[str, str | Promise] = {
    "bank": _("bank transfer"),
    "bank_transfer": _("bank transfer"),
    "transfer": _("bank transfer"),
    "direct_debit": _("direct debit"),
    "card": _("card"),
    "cash": _("cash"),
    "sandbox": _("test payment"),
}


def name_way(method: str) -> str:
    """How a payment was made; a way without words of its own keeps its name.

    >>> name_way("cheque_by_post")
    'cheque by post'
    """
    return str(_WAYS.get(method, method.replace("_", " ")))
