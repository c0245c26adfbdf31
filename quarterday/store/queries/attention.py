"""How much waits for people, by kind: what the inbox lists, and Home speaks of first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from quarterday.store.models import (
    AddressMark,
    Alert,
    Approval,
    BankLine,
    BillingProblem,
    Contact,
    Dispute,
    DisputeStatus,
    Seller,
    ServiceState,
    Task,
    TaskStatus,
    User,
    WebhookDelivery,
    WebhookEndpoint,
)
from quarterday.store.queries.open_events import count_unmatched


def waiting_lines(seller: Seller) -> QuerySet[BankLine]:
    """Bank lines that nobody has placed."""
    return BankLine.objects.filter(
        status__in=["open", "proposed"], bank_account__in=seller.bank_accounts.all()
    )


def waiting_services(seller: Seller) -> QuerySet[ServiceState]:
    """Services that could not be driven, or wait for somebody to say that it was done."""
    return ServiceState.objects.filter(
        status__in=["failed", "manual"], subscription__account__seller=seller
    )


def waiting_disputes(seller: Seller) -> QuerySet[Dispute]:
    """Disputes that are not decided."""
    return Dispute.objects.filter(status=DisputeStatus.OPENED, account__seller=seller)


def marked_contacts(seller: Seller) -> QuerySet[Contact]:
    """Contacts whose address gets no more mail, and that nobody silenced by hand."""
    marks = AddressMark.objects.filter(reason__in=["bounced", "complained"])
    return Contact.objects.filter(account__seller=seller, email__in=marks.values("address"))


def failing_endpoints(seller: Seller) -> QuerySet[WebhookEndpoint]:
    """Other systems that could not be told something."""
    failed = WebhookDelivery.objects.filter(status="failed", endpoint=OuterRef("pk"))
    return WebhookEndpoint.objects.filter(Exists(failed), seller=seller)


def billing_problems(seller: Seller) -> QuerySet[BillingProblem]:
    """Accounts that the run could not bill."""
    return BillingProblem.objects.filter(account__seller=seller)


def waiting_approvals(seller: Seller) -> QuerySet[Approval]:
    """Money that waits for a second pair of eyes."""
    return Approval.objects.filter(seller=seller, status__in=["waiting", "approved"])


def open_alerts(sellers: Sequence[Seller]) -> QuerySet[Alert]:
    """What is wrong with the work itself, as far as it concerns who works for these sellers."""
    return alerts_of(sellers).filter(resolved_at__isnull=True)


def alerts_of(sellers: Sequence[Seller]) -> QuerySet[Alert]:
    """All of them for who works for every seller; else those whose key ends with a seller's code,
    since what others have to hear may name their customers.
    """
    if is_everybody(sellers):
        return Alert.objects.all()
    named = Q(pk__in=[])
    for one in sellers:
        named |= Q(key__endswith=f" {one.code}")
    return Alert.objects.filter(named)


def is_everybody(sellers: Sequence[Seller]) -> bool:
    """Whether these are all the sellers of the installation."""
    return Seller.objects.count() == len(sellers)


def open_tasks(seller: Seller) -> QuerySet[Task]:
    """Tasks that nobody has done."""
    return Task.objects.filter(seller=seller, status=TaskStatus.OPEN)


def count_inbox(seller: Seller, sellers: Sequence[Seller]) -> Mapping[str, int]:
    """How many there are of each kind of the inbox, in a fixed number of queries.

    ``sellers`` are all that who asks works for; alerts are not of one alone.
    """
    return {
        "alerts": open_alerts(sellers).count(),
        "bank": waiting_lines(seller).count(),
        "gateway": count_unmatched(seller),
        "disputes": waiting_disputes(seller).count(),
        "services": waiting_services(seller).count(),
        "billing": billing_problems(seller).count(),
        "bounces": marked_contacts(seller).count(),
        "hooks": failing_endpoints(seller).count(),
        "approvals": waiting_approvals(seller).count(),
    }


def count_tasks(seller: Seller, user: User, today: date) -> tuple[int, int]:
    """Open tasks, and how many of them are late or due today and somebody's own, or nobody's."""
    rows = open_tasks(seller)
    return rows.count(), rows.filter(pressing_tasks(user, today)).count()


def pressing_tasks(user: User, today: date) -> Q:
    """Those that are late or due today, and somebody's own or nobody's."""
    return Q(due_on__lte=today) & (Q(assigned_to=user) | Q(assigned_to__isnull=True))
