"""Kinds with little to decide: accounts that were not billed, other systems, approvals, alerts."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db.models import Count, Max, Min, Q
from django.http import Http404

from quarterday.core.access import StaffPermission
from quarterday.core.period import local_date
from quarterday.services.hooks.change_endpoint import replay_events
from quarterday.services.invoicing.bill_again import bill_again
from quarterday.store.models import BillingProblem, HookStatus, WebhookEndpoint
from quarterday.store.queries.attention import (
    billing_problems,
    failing_endpoints,
    open_alerts,
    waiting_approvals,
)
from quarterday.web.console.door import Staff
from quarterday.web.console.inbox.kinds import PAGE, Ask, Deed, Done, Row, account_url, found
from quarterday.web.kit.words import format_day, format_money


class BillingKind:
    """Accounts that the run could not bill."""

    name: ClassVar[str] = "billing"
    label: ClassVar[str] = "Billing"
    empty: ClassVar[str] = "The last run billed every account that was due."

    def list_rows(self, staff: Staff) -> list[Row]:
        """Those that wait longest first."""
        rows = billing_problems(staff.seller).select_related("account")
        return [self.show(staff, one) for one in rows.order_by("first_on", "account")[:PAGE]]

    def find(self, staff: Staff, key: str) -> BillingProblem:
        """The problem of an account of the seller's."""
        rows = billing_problems(staff.seller).filter(account__public_id=key)
        problem: BillingProblem = found(rows.select_related("account").first())
        return problem

    def show(self, staff: Staff, one: BillingProblem) -> Row:
        """The account as a row."""
        return Row(
            one.account.public_id,
            f"{one.account.name} could not be billed",
            one.reason,
            on=one.first_on,
            account=one.account.name,
            account_url=account_url(one.account.public_id),
            state="failed",
            state_word="Not billed",
        )

    def list_facts(self, staff: Staff, one: BillingProblem) -> list[tuple[str, Any]]:
        """Since when, and why."""
        return [
            ("Account", f"{one.account.name} ({one.account})"),
            ("Why", one.reason),
            ("Since", format_day(one.first_on)),
            ("Last tried", format_day(one.last_on)),
        ]

    def list_deeds(self, staff: Staff, one: BillingProblem, today: date) -> list[Deed]:
        """Bill it now."""
        effects = [
            "All that is due is billed now, as the next run would: invoices are issued and sent.",
            "Where it fails again, it stays here with the reason.",
        ]
        verb = f"Bill {one.account.name} now"
        return [Deed("bill", verb, effects, StaffPermission.BOOK_MONEY)]

    def do(self, one: BillingProblem, ask: Ask) -> Done:
        """Bill it, and say what came of it."""
        if ask.deed != "bill":
            raise Http404
        summary = bill_again(
            account=one.account, today=ask.today, now=ask.now, actor=ask.staff.actor
        )
        left = BillingProblem.objects.filter(account_id=one.account_id).first()
        if left is not None:
            return Done(f"It failed again: {left.reason}", is_open=True)
        return Done(f"{summary.invoices} invoices were issued.")


class HooksKind:
    """Other systems that did not take what they were told."""

    name: ClassVar[str] = "hooks"
    label: ClassVar[str] = "Webhooks"
    empty: ClassVar[str] = "Other systems have taken all that they were told."

    def list_rows(self, staff: Staff) -> list[Row]:
        """Each with how much it did not take."""
        rows = _count_failed(failing_endpoints(staff.seller))
        return [self.show(staff, one) for one in rows.order_by("id")[:PAGE]]

    def find(self, staff: Staff, key: str) -> WebhookEndpoint:
        """An endpoint of the seller's."""
        rows = WebhookEndpoint.objects.filter(seller=staff.seller, public_id=key)
        endpoint: WebhookEndpoint = found(_count_failed(rows).first())
        return endpoint

    def show(self, staff: Staff, one: Any) -> Row:
        """The endpoint as a row."""
        told = "1 message" if one.failed == 1 else f"{one.failed:,} messages"
        since = one.failed_since and local_date(one.failed_since, staff.seller.time_zone)
        note = "It is told nothing more until it is enabled." if not one.is_enabled else one.last
        return Row(one.public_id, f"{one.url} did not take {told}", note or "", on=since)

    def list_facts(self, staff: Staff, one: Any) -> list[tuple[str, Any]]:
        """What it last said."""
        return [
            ("Address", one.url),
            ("What went wrong last", one.last),
            ("Enabled", "yes" if one.is_enabled else "no"),
        ]

    def list_deeds(self, staff: Staff, one: Any, today: date) -> list[Deed]:
        """Tell it again."""
        if not one.failed:
            return []
        effects = [
            "Each message goes out again with the id that it had, so none counts twice.",
        ]
        verb = f"Tell it all {one.failed:,} again" if one.failed > 1 else "Tell it again"
        return [Deed("again", verb, effects, StaffPermission.CHANGE_SETTINGS)]

    def do(self, one: Any, ask: Ask) -> Done:
        """Queue what failed again."""
        if ask.deed != "again" or not one.failed:
            raise Http404
        number = replay_events(
            endpoint=one,
            since=one.failed_since,
            now=ask.now,
            failed_only=True,
            actor=ask.staff.actor,
        )
        return Done(f"{number:,} go out again now.")


def _count_failed(rows: Any) -> Any:
    failed = Q(deliveries__status=HookStatus.FAILED)
    return rows.annotate(
        failed=Count("deliveries", filter=failed),
        failed_since=Min("deliveries__created_at", filter=failed),
        last=Max("deliveries__error", filter=failed),
    )


class ApprovalsKind:
    """Refunds and credits that wait for somebody else; decided on their own page."""

    name: ClassVar[str] = "approvals"
    label: ClassVar[str] = "Approvals"
    empty: ClassVar[str] = "No refund and no credit waits for a second person."

    def list_rows(self, staff: Staff) -> list[Row]:
        """The oldest first."""
        rows = waiting_approvals(staff.seller).select_related("account", "asked_by")
        return [self.show(staff, one) for one in rows.order_by("asked_at", "id")[:PAGE]]

    def find(self, staff: Staff, key: str) -> Any:
        """None is opened here."""
        raise Http404

    def show(self, staff: Staff, one: Any) -> Row:
        """The asking as a row."""
        amount = format_money(one.amount_minor, one.currency)
        return Row(
            one.public_id,
            f"{one.deed.capitalize()} of {amount} for {one.account.name}",
            f"Asked by {one.asked_by.name or one.asked_by.email}: {one.reason}",
            on=local_date(one.asked_at, staff.seller.time_zone),
            url=f"/console/staff/approvals/{one.public_id}/",
        )

    def list_facts(self, staff: Staff, one: Any) -> list[tuple[str, Any]]:
        """None."""
        return []

    def list_deeds(self, staff: Staff, one: Any, today: date) -> list[Deed]:
        """None."""
        return []

    def do(self, one: Any, ask: Ask) -> Done:
        """Nothing."""
        raise Http404


class AlertsKind(ApprovalsKind):
    """What is wrong with the work itself; seen to on the page of the system."""

    name: ClassVar[str] = "alerts"
    label: ClassVar[str] = "Alerts"
    empty: ClassVar[str] = "The work of each day goes as it should."

    def list_rows(self, staff: Staff) -> list[Row]:
        """The oldest first."""
        rows = open_alerts(staff.sellers).order_by("raised_at", "id")
        return [self.show(staff, one) for one in rows[:PAGE]]

    def show(self, staff: Staff, one: Any) -> Row:
        """The alert as a row."""
        on = local_date(one.raised_at, staff.seller.time_zone)
        note = "It ends by itself when it is right again."
        word = one.kind.capitalize()
        return Row(
            one.key, one.text, note, on=on, state="failed", state_word=word, url="/console/system/"
        )
