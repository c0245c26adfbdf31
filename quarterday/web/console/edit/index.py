"""What can be edited: words of messages, layouts of documents, policies of reminders."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from quarterday.core.access import StaffPermission
from quarterday.core.message import KINDS
from quarterday.ports.composer import find_composer
from quarterday.store.models import DocumentKind, DocumentTemplate, MessageTemplate, Seller
from quarterday.store.queries.dunning_policies import list_policies
from quarterday.web.console.door import Staff, staff_page
from quarterday.web.console.edit.timeline import draw_policy
from quarterday.web.console.edit.words import find_used, kind_name
from quarterday.web.console.page import show


@require_safe
@staff_page(StaffPermission.SEE_SETTINGS)
def index(request: HttpRequest, staff: Staff) -> HttpResponse:
    """All of it, with what the seller has changed."""
    used = find_used(staff.seller)
    context = {
        "can_change": staff.may(StaffPermission.CHANGE_SETTINGS),
        "kinds": _list_kinds(staff.seller),
        "languages": find_composer().list_languages(),
        "layouts": _list_layouts(staff.seller),
        "policies": [
            (policy, draw_policy(policy), code == used)
            for code, policy in list_policies(staff.seller).items()
        ],
    }
    return show(request, staff, "console/edit/index.html", context, title="Messages & layout")


def _list_kinds(seller: Seller) -> list[dict[str, object]]:
    own: dict[str, set[str]] = {}
    rows = MessageTemplate.objects.filter(seller=seller, channel="mail").order_by("version")
    for kind, language, title in rows.values_list("kind", "language", "title"):
        said = own.setdefault(kind, set())
        said.add(language) if title else said.discard(language)
    languages = find_composer().list_languages()
    kinds: list[dict[str, object]] = [
        {
            "name": name,
            "words": kind_name(name),
            "topic": str(kind.topic),
            "languages": [(code, code in own.get(name, ())) for code in languages],
        }
        for name, kind in KINDS.items()
    ]
    # One heading a topic, in the order in which the topics first come.
    topics = list(dict.fromkeys(row["topic"] for row in kinds))
    return sorted(kinds, key=lambda row: topics.index(row["topic"]))


def _list_layouts(seller: Seller) -> list[tuple[str, str, int]]:
    rows = DocumentTemplate.objects.filter(seller=seller).order_by("version")
    newest: dict[str, int] = dict(rows.values_list("kind", "version"))
    return [(str(kind), kind_name(kind), newest.get(kind, 0)) for kind in DocumentKind]
