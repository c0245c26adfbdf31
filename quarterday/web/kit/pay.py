"""The page on which somebody pays: shared by the portal, pay links and check-out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from quarterday.store.models import Account, Invoice


@dataclass(frozen=True)
class PayPage:
    """What is different between the places that ask for money."""

    title: str = ""
    shows_methods: bool = False
    ends_at_done: bool = False


def pay_view(
    request: HttpRequest,
    *,
    account: Account,
    invoices: Sequence[Invoice],
    amount_minor: int | None,
    back_url: str,
    done_url: str,
    actor: str,
    page: PayPage = PayPage(),
) -> HttpResponse:
    """Ask for money for invoices, or for credit when there are none; handles GET and POST.

    Call it at any address of your own, after having decided that the visitor may pay these
    invoices of this account; it posts to the same address. ``amount_minor`` None means all that
    is open. ``back_url`` is where to go without paying, ``done_url`` where to go afterwards.
    ``page.shows_methods`` only for somebody signed in to the account: it shows kept methods and
    offers to keep one. ``page.ends_at_done`` skips the page that says what was paid and goes to
    ``done_url`` right away (check-out).
    """
    raise NotImplementedError
