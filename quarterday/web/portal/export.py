"""What an account may take with it: its documents of a year, and everything held about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.http import Http404, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from quarterday.core.access import Permission
from quarterday.services.documents.get_document import get_document
from quarterday.services.errors import NotFound
from quarterday.store.models import Account, DocumentKind
from quarterday.store.queries.portal.years import has_year, list_papers
from quarterday.web.kit.access import AccountRequest, account_page
from quarterday.web.kit.archive import Member
from quarterday.web.kit.clock import read_now, read_today
from quarterday.web.kit.export import send_account, send_zip


@require_safe
@account_page(Permission.SEE_MONEY)
def download_year(request: AccountRequest, year: int) -> StreamingHttpResponse:
    """All invoices and credit notes of a year as PDF, in one ZIP file."""
    if not has_year(request.account, year, read_today(request.seller)):
        raise Http404(_("There is nothing of that year."))
    now = read_now()
    return send_zip(_list_documents(request.account, year, now), now, f"documents-{year}")


@require_POST
@account_page(Permission.EXPORT_DATA)
def export_account(request: AccountRequest) -> StreamingHttpResponse:
    """Everything held about the account, as data and documents, in one ZIP file."""
    today, now = read_today(request.seller), read_now()
    return send_account(request.account, today=today, now=now, actor=request.user.public_id)


def _list_documents(account: Account, year: int, now: datetime) -> Iterator[Member]:
    """Each document is made only when its turn has come."""
    for kind, public_id, label in list_papers(account, year):
        try:
            file = get_document(kind=DocumentKind(kind), subject=public_id, now=now)
        except NotFound:
            continue
        yield f"{label.replace('/', '-')}.pdf", [bytes(file.content)]
