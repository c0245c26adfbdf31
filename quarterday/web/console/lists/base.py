"""Lists on django-unfold: read only, of one seller, the newest first, never counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django.contrib.admin import SimpleListFilter
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from quarterday.core.access import StaffPermission
from quarterday.store.models import Account
from quarterday.web.console.door import Staff
from quarterday.web.console.keyset import PLACE, page_of
from quarterday.web.console.lists.asked import (
    NAMES,
    Asked,
    Days,
    has_column,
    narrow,
    read_asked,
)
from quarterday.web.console.lists.facts import list_facts
from quarterday.web.console.lists.sheet import send_sheet
from quarterday.web.console.page import show
from quarterday.web.console.table import Table

# A name in the address of the list -> what it is called, and which rows it leaves.
Shows = Mapping[str, tuple[str, Callable[[Staff], Q]]]
EVERYTHING: Shows = {"all": ("All", lambda staff: Q())}


class ShowFilter(SimpleListFilter):
    """What a list shows; the first choice, which is what needs attention, unless one is made."""

    title = "Show"
    parameter_name = "show"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The choices of the list."""
        return [(name, label) for name, (label, _) in model_admin.shows.items()]

    def choices(self, changelist: Any) -> Any:
        """The choices as links, without Django's own choice of all."""
        chosen = self.chosen()
        for name, label in self.lookup_choices:
            if name in self.model_admin.quiet and name != chosen:
                continue
            yield {
                "selected": name == chosen,
                "query_string": changelist.get_query_string({self.parameter_name: name}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the choice."""
        admin = self.model_admin
        return queryset.filter(admin.shows[self.chosen()][1](staff_of(request)))

    def chosen(self) -> str:
        """The name of the choice that holds; what nobody knows is the first."""
        names = [name for name, _ in self.lookup_choices]
        value = self.value()
        return value if value in names else names[0]

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        self.model_admin = model_admin
        super().__init__(request, params, model, model_admin)


class KeysetList(ChangeList):  # type: ignore[misc]
    """A list by the last row seen, instead of by page numbers, so that nothing is counted."""

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        """What filters; not the place in the list, nor the seller."""
        found: dict[str, Any] = super().get_filters_params(params)
        return {
            name: value for name, value in found.items() if name not in (*PLACE, *NAMES, "seller")
        }

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """A filter chosen anew begins at the top."""
        found: str = super().get_query_string(new_params, [*(remove or ()), *PLACE])
        return found

    @property
    def asked(self) -> Asked:
        """What the list is narrowed to."""
        return read_asked(self.params, self.model_admin.days)

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """The rows of the filters and of what the list is narrowed to."""
        rows = super().get_queryset(request, exclude_parameters)
        return narrow(rows, self.asked, staff_of(request).seller)

    def sheet_url(self) -> str:
        """The same rows as a file."""
        return f"list.csv{self.get_query_string()}"

    def rest_url(self) -> str:
        """The list as it is without days, currency and state."""
        return self.get_query_string(remove=NAMES)

    def is_whole(self) -> bool:
        """Whether nothing is left out, so that an empty list means that there is nothing yet."""
        chosen = {spec.chosen() for spec in self.filter_specs if isinstance(spec, ShowFilter)}
        asked = self.asked
        is_narrow = asked.first or asked.last or asked.currency or asked.state or asked.wrong
        return chosen <= {"all"} and not (self.query or is_narrow)

    def show_choices(self) -> list[dict[str, Any]]:
        """What the list may show, as links; none where there is no choice."""
        found = [one for spec in self.filter_specs for one in spec.choices(self)]
        return found if len(found) > 1 else []

    def get_results(self, request: HttpRequest) -> None:
        """One page and one row more."""
        size = self.list_per_page
        by = self.asked.order
        self.result_list, self.pages = page_of(request, self.queryset, size=size, by=by)
        self.model_admin.ready(self.result_list, staff_of(request))
        self.result_count = self.full_result_count = len(self.result_list)
        self.show_full_result_count = self.show_admin_actions = False
        self.can_show_all = self.multi_page = False
        self.paginator = None


class ListAdmin(ModelAdmin):  # type: ignore[misc]
    """A list: its address under ``/console/lists/``, who may see it, and how it finds.

    ``owner`` is the way from a row to its seller: ``seller``, ``account``, or a method of its own
    by `scope`. ``find`` gives the rows that a text means, by indexes. ``days`` are those that it
    can be narrowed by. Of what it shows, the ``quiet`` are offered only by figures that count them.
    """

    slug: ClassVar[str] = ""
    label: ClassVar[str] = ""
    lead: ClassVar[str] = ""
    needed: ClassVar[StaffPermission] = StaffPermission.SEE_MONEY
    owner: ClassVar[str] = "account"
    shows: ClassVar[Shows] = EVERYTHING
    quiet: ClassVar[frozenset[str]] = frozenset()
    days: ClassVar[Days] = {}
    find: ClassVar[Callable[..., QuerySet[Any]] | None] = None
    search_hint: ClassVar[str] = ""
    key: ClassVar[str] = "public_id"
    hidden: ClassVar[frozenset[str]] = frozenset()
    # Where the page of the customer has one of these, on which it is worked on.
    place: ClassVar[str] = ""

    list_filter = (ShowFilter,)
    list_display_links = None
    list_per_page = 50
    sortable_by = ()
    ordering = ("-pk",)
    actions = None
    show_full_result_count = False
    change_list_template = "console/lists/list.html"

    def scope(self, rows: QuerySet[Any], staff: Staff) -> QuerySet[Any]:
        """The rows of the seller. They are asked row by row, since a list goes by its key: an index
        by seller would be read wholly, and sorted, before the first row is shown. A list that goes
        by its days names the seller once more, see `narrow`.
        """
        if self.owner == "seller":
            own_rows: QuerySet[Any] = rows.alias(owner=F("seller_id") + 0)
            return own_rows.filter(owner=staff.seller.pk)
        own = Account.objects.filter(id=OuterRef("account_id"), seller=staff.seller)
        return rows.filter(Exists(own))

    def ready(self, rows: Sequence[Any], staff: Staff) -> None:
        """Make rows fit to be shown: with what else they need, and the zone of their days."""
        self.prepare(rows, staff)
        for row in rows:
            row.time_zone = staff.seller.time_zone

    def prepare(self, rows: Sequence[Any], staff: Staff) -> None:
        """Read what the rows of a page need besides, in a fixed number of queries."""

    def tables(self, row: Any) -> list[Table]:
        """What a row is made of, for its own page."""
        return []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows of the seller that is chosen."""
        return self.scope(self.model._default_manager.all(), staff_of(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """What a text finds by `find`; at most 500 rows."""
        text = " ".join(search_term.replace("\x00", "").split())[:200]
        finder = type(self).find
        if not text or finder is None:
            return queryset, False
        keys = list(finder(staff_of(request).seller, text).values_list("pk", flat=True)[:500])
        return queryset.filter(pk__in=keys), False

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[KeysetList]:
        """Our kind of list."""
        return KeysetList

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only the filters that a list names; no other column can be asked for."""
        return lookup == ShowFilter.parameter_name

    def get_urls(self) -> list[URLPattern]:
        """The list and the page of a row; nothing that changes anything."""
        enter = self.admin_site.enter
        return [
            path("", enter(self, self.changelist_view), name=f"{self.slug}_list"),
            path("list.csv", enter(self, self.sheet_view), name=f"{self.slug}_sheet"),
            path("<str:key>/", enter(self, self.detail_view), name=f"{self.slug}_row"),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, in the frame of the console."""
        context = {
            "title": self.label,
            "lead": self.lead,
            "hint": self.search_hint,
            "days": self.days,
            "has_currency": has_column(self.model, "currency"),
        }
        answer: HttpResponse = super().changelist_view(request, context)
        return answer

    def sheet_view(self, request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
        """All rows that the list shows, on every page of it, as CSV."""
        found = self.get_changelist_instance(request)
        return send_sheet(request, staff_of(request), self, found.queryset, found.asked.order)

    def detail_view(self, request: HttpRequest, key: str) -> HttpResponse:
        """Everything that is kept of a row."""
        staff = staff_of(request)
        rows = self.get_queryset(request).select_related(*(self.list_select_related or ()))
        row = rows.filter(**{self.key: key}).first() if self._is_key(key) else None
        if row is None:
            raise Http404
        self.ready([row], staff)
        names = (str(getattr(row, one, "") or "") for one in ("label", "name", "kind"))
        title = next((one.replace("_", " ").capitalize() for one in names if one), key)
        context = {
            "facts": list_facts(row, self.hidden),
            "tables": self.tables(row),
            "back": (f"/console/lists/{self.slug}/", self.label),
            "account": getattr(row, "account", None),
            "place": self.place,
            "row": row,
        }
        return show(request, staff, "console/lists/row.html", context, title=title)

    def _is_key(self, key: str) -> bool:
        is_number = key.isascii() and key.isdecimal() and len(key) < 19
        return is_number if self.key == "pk" else len(key) <= 40 and "\x00" not in key

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who got through the door may look."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is changed here."""
        return False

    has_change_permission = has_add_permission
    has_delete_permission = has_add_permission


def staff_of(request: HttpRequest) -> Staff:
    """Who asks; the site puts it on the request."""
    staff: Staff = request.staff  # type: ignore[attr-defined]
    return staff


def link_row(slug: str, key: str) -> str:
    """The address of a row's page."""
    return f"/console/lists/{slug}/{key}/"
