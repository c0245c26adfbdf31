"""How much waits for people, by kind: what the inbox lists, and Home speaks of first."""

from __future__ import annotations

from collections.abc import Mapping
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


def open_alerts() -> QuerySet[Alert]:
    """What is wrong with the work itself; of all sellers."""
    return Alert.objects.filter(resolved_at__isnull=True)


def open_tasks(seller: Seller) -> QuerySet[Task]:
    """Tasks that nobody has done."""
    return Task.objects.filter(seller=seller, status=TaskStatus.OPEN)


def count_inbox(seller: Seller) -> Mapping[str, int]:
    """How many there are of each kind of the inbox, in a fixed number of queries."""
    return {
        "alerts": open_alerts().count(),
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
    pressing = Q(due_on__lte=today) & (Q(assigned_to=user) | Q(assigned_to__isnull=True))
    return rows.count(), rows.filter(pressing).count()
