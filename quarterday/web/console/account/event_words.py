"""What happened, as staff say it: the kinds of event, with what their data say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from quarterday.store.models import Event
from quarterday.web.kit.words import format_day, format_money

# Text and meaning (good, due, bad or nothing); names in braces are filled from the event's data.
WORDS: Mapping[str, tuple[str, str]] = {
    "account.opened": ("Account opened", ""),
    "account.changed": ("Details changed: {changed}", ""),
    "account.group_changed": ("Group: {to} instead of {from}", ""),
    "account.closed": ("Account closed", "bad"),
    "account.reopened": ("Account opened again", "good"),
    "account.exported": ("All data handed out", ""),
    "account.routes_changed": ("Ways of messages changed", ""),
    "allocation.reversed": ("What settled {subject} was taken back", "due"),
    "approval.asked": ("Asked a second person: {kind} of {amount}", "due"),
    "approval.done": ("Approved and done: {kind} of {amount}", "good"),
    "approval.approved": ("Approved: {kind} of {amount}", "good"),
    "approval.refused": ("Refused: {kind} of {amount}", "bad"),
    "approval.withdrawn": ("Withdrawn: {kind} of {amount}", ""),
    "approval.failed": ("Approved, but could not be done: {kind} of {amount}", "bad"),
    "billing.held": ("Billing put on hold: {reason}", "due"),
    "billing.released": ("Billing released", "good"),
    "charge.added": ("Charge of {amount} added", ""),
    "charge.dropped": ("Charge of {amount} dropped: {description}", ""),
    "collection.stopped": ("Invoice {subject} is not charged by itself: {reason}", "due"),
    "collection.resumed": ("Invoice {subject} is charged by itself again", "good"),
    "contact.added": ("Contact added", ""),
    "contact.changed": ("Contact changed", ""),
    "contact.removed": ("Contact removed", ""),
    "credit.applied": ("{amount} of credit used", ""),
    "credit.deducted": ("{amount} of credit taken back", "due"),
    "credit.expired": ("{amount} of credit expired", ""),
    "credit.granted": ("{amount} of credit given", "good"),
    "credit.reversed": ("{amount} of credit taken back: {reason}", "due"),
    "credit_note.issued": ("Credit note {label} of {amount} issued", "good"),
    "discount.granted": ("Discount {discount} agreed for {subject}", "good"),
    "dispute.opened": ("Payment disputed: {amount}", "bad"),
    "dispute.booked": ("Disputed money booked out: {amount}", "bad"),
    "dispute.won": ("Dispute won: {amount} came back", "good"),
    "dispute.lost": ("Dispute lost: {amount}", "bad"),
    "dispute.returned": ("Debit returned by the bank: {amount}", "bad"),
    "dunning.held": ("Reminders paused: {reason}", "due"),
    "dunning.released": ("Reminding goes on", ""),
    "dunning.policy_chosen": ("Reminded by another policy: {policy}", ""),
    "fee.waived": ("Fee waived on {label}: {reason}", "good"),
    "instalments.agreed": ("Instalments agreed for {subject}", ""),
    "instalments.ended": ("Instalments of {subject} ended: {reason}", ""),
    "invitation.sent": ("{email} invited as {role}", ""),
    "invitation.accepted": ("{email} accepted the invitation", "good"),
    "invitation.withdrawn": ("Invitation of {email} withdrawn", ""),
    "invoice.issued": ("Invoice {label} of {amount} issued", ""),
    "invoice.paid": ("Invoice {label} is paid", "good"),
    "invoice.handed_over": ("Invoice {label} handed over to collections", "bad"),
    "invoice.voided": ("Invoice {label} made void: {reason}", "bad"),
    "invoice.written_off": ("Invoice {label} written off: {amount}", "bad"),
    "link.revoked": ("A link was revoked", ""),
    "link.printed": ("A link that pays {label} was made", ""),
    "billing.asked": ("Billing was tried again", ""),
    "links.revoked": ("Links revoked", ""),
    "member.added": ("Person added as {role}", ""),
    "member.removed": ("Person removed", ""),
    "member.role_changed": ("Role of a person changed", ""),
    "message.resent": ("{kind} sent again to {address}", ""),
    "message.sent_again": ("{kind} sent again", ""),
    "note.pinned": ("Note pinned", ""),
    "note.unpinned": ("Note unpinned", ""),
    "note.removed": ("Note removed", ""),
    "order.placed": ("Order {label} of {amount} placed", ""),
    "order.activated": ("Order {label} activated", "good"),
    "order.cancelled": ("Order {label} cancelled: {reason}", "bad"),
    "payment.recorded": ("Payment of {amount} received", "good"),
    "payment.refunded": ("{amount} refunded", "due"),
    "payment.credited": ("{amount} of a payment turned into credit: {reason}", ""),
    "payment_method.kept": ("Way to pay kept: {label}", ""),
    "payment_method.made_default": ("Way to pay in use: {label}", ""),
    "payment_method.removed": ("Way to pay removed: {label}", ""),
    "promise.made": ("Promised to pay", "due"),
    "promise.broken": ("Promise to pay broken", "bad"),
    "quote.made": ("Quote {label} made", ""),
    "quote.accepted": ("Quote {label} accepted", "good"),
    "refund.succeeded": ("Refund of {amount} arrived", ""),
    "refund.failed": ("Refund of {amount} failed", "bad"),
    "service.held": ("{service} is to be held back: {cause}, {reason}", "due"),
    "service.released": ("{service} may run again", "good"),
    "service.created": ("{service} was set up", "good"),
    "service.suspended": ("{service} is suspended", "bad"),
    "service.restricted": ("{service} is restricted", "bad"),
    "service.restored": ("{service} runs again", "good"),
    "service.terminated": ("{service} was removed", "bad"),
    "service.failed": ("{service} could not be reached", "bad"),
    "service.strayed": ("{service} was not as wanted, and is repaired", "due"),
    "service.retried": ("{service} is tried again", ""),
    "service.marked_done": ("{service}: said to be done by hand", ""),
    "staff.acting_began": ("Acts as the customer in the portal", "due"),
    "staff.acting_ended": ("Acts as the customer no longer", ""),
    "subscription.started": ("{service} ordered, from {start_on}", ""),
    "subscription.trial_started": ("Trial of {service} began", ""),
    "subscription.activated": ("{service} runs", "good"),
    "subscription.plan_changed": ("Plan changed to {service} from {on}", ""),
    "subscription.quantity_changed": ("{service}: {to} instead of {from} from {on}", ""),
    "subscription.addon_added": ("Add-on for {service} from {on}", ""),
    "subscription.addon_removed": ("Add-on of {service} removed from {on}", ""),
    "subscription.paused": ("{service} paused from {on}", "due"),
    "subscription.resumed": ("{service} resumed from {on}", "good"),
    "subscription.cancelling": ("{service} cancelled to {on}", "due"),
    "subscription.cancelled": ("{service} ended", "bad"),
    "subscription.ended": ("{service} ended", "bad"),
    "subscription.cancel_undone": ("Cancellation of {service} undone", "good"),
    "subscription.change_undone": ("Planned change of {service} taken back", ""),
    "subscription.changed": ("Terms of {service} changed", ""),
    "task.opened": ("Task: {title}", ""),
    "task.assigned": ("Task assigned", ""),
    "task.done": ("Task done: {note}", "good"),
    "task.dismissed": ("Task dismissed: {note}", ""),
    "user.signed_in": ("Signed in ({method}, {device})", ""),
    "user.signed_out": ("Signed out", ""),
    "user.password_set": ("Password set", ""),
    "user.links_ended": ("Mailed links to sign in ended", ""),
    "user.link_printed": ("Link to sign in made by hand", "due"),
}


class _Words(dict[str, str]):
    """What is not there is left out."""

    def __missing__(self, key: str) -> str:
        return "–"


def tell_event(event: Event, names: Mapping[str, str]) -> tuple[str, str]:
    """An event in words, and its meaning; ``names`` says what public ids are called."""
    data = json.loads(event.data)
    text, meaning = WORDS.get(event.kind, ("", ""))
    if not text:
        noun, _, verb = event.kind.partition(".")
        text = f"{noun} {verb}".replace("_", " ").capitalize()
    return text.format_map(_fill(event, data, names)), meaning


def _fill(event: Event, data: Mapping[str, Any], names: Mapping[str, str]) -> _Words:
    subject = names.get(event.subject, "")
    said = _Words(
        {name: _say(value) for name, value in data.items() if value not in (None, "", [])}
    )
    amount = data.get("amount_minor", data.get("total_minor"))
    if amount is not None and data.get("currency"):
        said["amount"] = format_money(int(amount), str(data["currency"]))
    said["subject"] = subject or "–"
    said["service"] = subject or str(data.get("plan", "A service"))
    if "label" not in said and subject:
        said["label"] = subject
    return said


def _say(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_say(one) for one in value)
    text = str(value)
    try:
        return format_day(date.fromisoformat(text)) if len(text) == 10 else text.replace("_", " ")
    except ValueError:
        return text.replace("_", " ")
