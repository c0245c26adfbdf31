"""A message as it was sent, and what became of it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from quarterday.core.access import StaffPermission
from quarterday.services.messages.prepare_parcel import unpack_content
from quarterday.store.models import Click, Delivery
from quarterday.web.console.account.act_menu import offer
from quarterday.web.console.account.deed import Case
from quarterday.web.console.account.deeds import DELIVERY
from quarterday.web.console.account.find import find_account
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.page import show
from quarterday.web.kit.clock import read_now, read_today


@require_safe
@staff_page(StaffPermission.SEE_CUSTOMERS)
def show_message(request: HttpRequest, staff: Staff, account_id: str, name: str) -> HttpResponse:
    """The kept text of a delivery, without the secrets of its links."""
    account = find_account(staff, account_id)
    rows = Delivery.objects.filter(message__account=account, public_id=name)
    delivery = rows.select_related("message").first()
    if delivery is None:
        raise Http404("This customer has no such message.")
    clicks = Click.objects.filter(link__delivery=delivery).select_related("link").order_by("id")
    case = Case(staff, account, delivery, read_today(staff.seller), read_now())
    context = {
        "account": account,
        "delivery": delivery,
        "text": unpack_content(delivery.content),
        "clicks": list(clicks[:20]),
        "offers": offer(DELIVERY, case, delivery),
    }
    title = delivery.title or delivery.message.kind.replace("_", " ").capitalize()
    return show(request, staff, "console/account/message.html", context, title=title)
