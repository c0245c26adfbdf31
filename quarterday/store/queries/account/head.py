"""How a customer stands: what staff see first of an account, by few reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Prefetch, Q

from quarterday.core.lifecycle import InvoiceState
from quarterday.store.models import (
    Account,
    AccountNote,
    AddressMark,
    BillingHold,
    BillingProblem,
    ChargeStatus,
    Contact,
    Dunning,
    DunningHold,
    DunningStatus,
    Event,
    Invoice,
    Membership,
    PaymentMethod,
    PendingCharge,
    ServiceHold,
    Subscription,
    SubscriptionItem,
)
from quarterday.store.queries.balances import Balance, load_balances
from quarterday.store.queries.contracts import OVER
from quarterday.store.queries.paying import list_methods
from quarterday.store.queries.people import list_members

_SHOWN = 12


@dataclass(slots=True)
class AccountHead:
    """What stands at the top of an account's page. Lists are cut where nobody reads on; ``counts``
    says how many open and overdue invoices and running and ended services there are.
    """

    balance: Balance
    counts: dict[str, int]
    open_invoices: list[Invoice]
    services: list[Subscription]
    waiting: list[PendingCharge]
    contacts: list[Contact]
    marks: dict[str, str]
    members: list[Membership]
    notes: list[AccountNote]
    methods: list[PaymentMethod]
    dunning: Dunning | None
    pauses: list[DunningHold]
    billing_hold: BillingHold | None
    problem: BillingProblem | None
    since: datetime | None


def read_head(account: Account, today: date) -> AccountHead:
    """The head of an account's page; the same reads however much it has."""
    is_open = Invoice.objects.filter(account=account, status=InvoiceState.OPEN)
    contacts = list(account.contacts.order_by("id")[:_SHOWN])
    pauses = DunningHold.objects.filter(account=account, ended_at=None)
    return AccountHead(
        balance=load_balances([account.id], today)[account.id],
        counts=_count(account, today),
        open_invoices=list(is_open.order_by("due_on", "id")[:_SHOWN]),
        services=list_services(account, _SHOWN),
        waiting=_list_waiting(account),
        contacts=contacts,
        marks=_find_marks([one.email for one in contacts]),
        members=list_members(account.id)[:_SHOWN],
        notes=list(
            AccountNote.objects.filter(account=account, removed_at=None).order_by(
                "-is_pinned", "-id"
            )[:_SHOWN]
        ),
        methods=list_methods(account),
        dunning=_find_dunning(account),
        pauses=list(pauses.select_related("invoice").order_by("id")[:_SHOWN]),
        billing_hold=BillingHold.objects.filter(account=account).first(),
        problem=BillingProblem.objects.filter(account=account).first(),
        since=_find_since(account),
    )


def list_services(account: Account, limit: int) -> list[Subscription]:
    """What runs or waits, with what is wanted of each, what there is, and what holds it."""
    holds = ServiceHold.objects.filter(ended_at=None).order_by("id")
    rows = Subscription.objects.filter(account=account).exclude(status__in=OVER)
    rows = rows.select_related("plan__product", "service")
    held = Prefetch("service_holds", queryset=holds, to_attr="open_holds")
    return list(rows.prefetch_related(held).order_by("id")[:limit])


def is_metered(account: Account) -> bool:
    """Whether the next invoice is reckoned from measurements, of which there may be very many."""
    rows = SubscriptionItem.objects.filter(account_id=account.id, price__meter__isnull=False)
    return rows.filter(Q(end_on=None) | Q(billed_through__lt=F("end_on"))).exists()


def _count(account: Account, today: date) -> dict[str, int]:
    rows = Invoice.objects.filter(account=account)
    is_open = Q(status=InvoiceState.OPEN)
    found = rows.aggregate(
        invoices=Count("id"),
        open=Count("id", filter=is_open),
        overdue=Count("id", filter=is_open & Q(due_on__lt=today)),
    )
    over = Q(status__in=OVER)
    contracts = Subscription.objects.filter(account=account)
    return found | contracts.aggregate(
        running=Count("id", filter=~over), over=Count("id", filter=over)
    )


def _list_waiting(account: Account) -> list[PendingCharge]:
    rows = PendingCharge.objects.filter(account=account, status=ChargeStatus.PENDING)
    return list(rows.order_by("bill_on", "id")[:_SHOWN])


def _find_marks(addresses: list[str]) -> dict[str, str]:
    """Why some addresses get no more mail."""
    rows = AddressMark.objects.filter(address__in=addresses).exclude(reason="")
    return dict(rows.values_list("address", "reason"))


def _find_dunning(account: Account) -> Dunning | None:
    """The open invoice that is reminded of next, else one that is paused."""
    rows = Dunning.objects.filter(account=account, invoice__status=InvoiceState.OPEN)
    rows = rows.exclude(status=DunningStatus.ENDED).select_related("invoice__account__seller")
    return rows.order_by(F("next_at").asc(nulls_last=True), "invoice__due_on", "id").first()


def _find_since(account: Account) -> datetime | None:
    rows = Event.objects.filter(account_id=account.id, kind="account.opened")
    return rows.order_by("id").values_list("at", flat=True).first()
