"""Everything that staff do on a customer's page: what it shows before, and what it does once."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import Model

from quarterday.ports.clock import VARIABLE
from quarterday.ports.outcomes import KeptMethod
from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.catalog.publish_product import publish_product
from quarterday.services.dunning.save_policy import save_policy
from quarterday.services.payments.keep_method import keep_method
from quarterday.services.payments.start_attempt import start_attempt
from quarterday.store.models import (
    Account,
    AccountNote,
    Approval,
    BillingHold,
    Brand,
    Contact,
    CreditGrant,
    CreditNote,
    Dunning,
    DunningHold,
    Event,
    Invoice,
    Message,
    Payment,
    PaymentAttempt,
    PendingCharge,
    Refund,
    ServiceHold,
    Subscription,
)
from quarterday.web.console.account.deeds import ALL
from tests.services.dunning.debtor import Debtor
from tests.services.till import NOW, Shop
from tests.web.console.staffer import Staffer, hire
from tests.web.portal.customer import CLOCK, offer_sandbox, plan_of

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 5)


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, CLOCK)


class Desk:
    """Somebody of the staff at a customer's page."""

    def __init__(self, shop: Shop, role: str = "owner") -> None:
        self.shop, self.account = shop, shop.account
        self.staffer = Staffer(hire(shop.seller, role))
        self.page = f"/console/accounts/{shop.account.public_id}/"

    def url(self, code: str, of: Model | None = None) -> str:
        subject = f"?of={of.public_id}" if of is not None else ""  # type: ignore[attr-defined]
        return f"{self.page}do/{code}/{subject}"

    def look(self, code: str, of: Model | None = None, **fields: Any) -> tuple[str, dict[str, Any]]:
        """The panel with the effect, and the fields of its button."""
        url, client = self.url(code, of), self.staffer.client
        answer = client.post(url, fields) if fields else client.get(url)
        text = answer.content.decode()
        assert answer.status_code == 200, (code, answer.status_code, answer.headers, errors(text))
        assert "The way back" in text or code == "edit-details", text[-3000:]
        return plain(text), hidden(text)

    def do(self, code: str, of: Model | None = None, **fields: Any) -> str:
        """Look, do it twice by the same form, and give what the panel said; the log says who."""
        before = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
        said, form = self.look(code, of, **fields)
        for _ in range(2):
            answer = self.staffer.client.post(self.url(code, of), form)
            assert answer.status_code == 302, (code, errors(answer.content.decode()))
        mine = Event.objects.filter(id__gt=before, actor=self.staffer.user.public_id)
        assert mine.exists(), code
        return said


def hidden(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    sheet = text[text.index('class="sheet"') :]
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', sheet):
        found.setdefault(name, []).append(value)
    return found


def plain(text: str) -> str:
    bare = re.sub(r"<[^>]+>", " ", text)
    return " ".join(bare.replace("\u00a0", " ").replace("&#x27;", "'").split())


def errors(text: str) -> list[str]:
    return re.findall(r'<p class="error"[^>]*>([^<]+)', text) + re.findall(
        r'class="banner[^"]*"[^>]*>([^<]+)', text
    )


def event_of(kind: str) -> Event:
    return Event.objects.filter(kind=kind).latest("id")


def test_credit_is_given_and_taken_back_once(shop: Shop) -> None:
    desk = Desk(shop)
    add_contact(account_id=shop.account.id, email="ann@example.com", now=NOW)
    said = desk.do("grant-credit", amount="20", kind="goodwill", reason="Two days of silence")
    assert "Give Example customer A1 20.00 € of credit?" in said
    assert "Their credit is 20.00 € afterwards, instead of 0.00 €." in said
    assert "A mail goes to ann@example.com: credit added." in said
    grant = CreditGrant.objects.get()
    assert (grant.amount_minor, grant.reason) == (2000, "Two days of silence")
    assert event_of("credit.granted").actor == desk.staffer.user.public_id
    said = desk.do("deduct-credit", amount="5", reason="Too much")
    assert "Their credit is 15.00 € afterwards, instead of 20.00 €." in said
    assert CreditGrant.objects.get().open_minor == 1500
    text = desk.staffer.refuse(desk.url("deduct-credit"), 422, amount="16", reason="x")
    assert "It may be 15.00 € at most." in text


def test_no_key_of_a_form_spoils_the_panel_of_others(shop: Shop) -> None:
    desk = Desk(shop)
    invoice = shop.invoice(1000)
    for code, of, fields, amount in (
        ("grant-credit", None, {"amount": "1", "kind": "goodwill"}, "1.00 €"),
        ("credit-note", invoice, {"line_1": "1"}, "A credit note of 1.19 €"),
    ):
        _, form = desk.look(code, of, **fields, reason="Sorry")
        desk.staffer.send(desk.url(code, of), **{**form, "key": "rehearsal"})
        said, _ = desk.look(code, of, **fields, reason="Again")
        assert amount in said


def test_above_the_limit_somebody_else_looks_first(shop: Shop) -> None:
    Brand.objects.update_or_create(
        seller=shop.seller, defaults={"data": {"approvals": {"credit": {"EUR": "10.00"}}}}
    )
    desk = Desk(shop, "finance")
    said = desk.do("grant-credit", amount="20", kind="goodwill", reason="Sorry")
    assert "above your limit" in said and "Ask for 20.00 € of credit" in said
    assert not CreditGrant.objects.exists()
    assert Approval.objects.get().amount_minor == 2000


def test_no_deed_of_this_page_gives_more_than_the_limit(shop: Shop) -> None:
    """The console's doors, one by one; `tests/services/approvals` has the sums."""
    limits = {"approvals": {"credit": {"EUR": "10.00"}, "refund": {"EUR": "10.00"}}}
    Brand.objects.update_or_create(seller=shop.seller, defaults={"data": limits})
    desk = Desk(shop, "finance")
    paid = shop.invoice(1000)
    payment, owed = shop.pay(1190), shop.invoice(2000)
    deeds: tuple[tuple[str, Model, dict[str, Any]], ...] = (
        ("credit-note", paid, {"line_1": "10"}), ("credit-note", owed, {"line_1": "20"}),
        ("void", owed, {}), ("write-off", owed, {}), ("refund-to-credit", payment, {}),
        ("refund", payment, {"amount": "11.90", "way": "hand", "reopen": "yes"}),
    )  # fmt: skip
    for number, (code, of, fields) in enumerate(deeds, 1):
        said = desk.do(code, of, **fields, reason="Sorry")
        assert "above your limit" in said and "Ask to" in said, code
        assert Approval.objects.count() == number, code
    assert not CreditNote.objects.exists() and not Refund.objects.exists()
    assert not CreditGrant.objects.exists()
    assert Invoice.objects.get(id=owed.id).open_minor == 2380
    other = Staffer(hire(shop.seller, "owner"))
    row = Approval.objects.get(subject=paid.public_id)
    url = f"/console/staff/approvals/{row.public_id}/"
    assert f"A credit note of 11.90 € is issued for invoice {paid.label}" in plain(other.see(url))
    other.send(f"{url}decide/", decision="approve")
    assert CreditGrant.objects.get().amount_minor == 1190
    for one in Approval.objects.filter(status="waiting"):
        plain(other.see(f"/console/staff/approvals/{one.public_id}/"))


def test_a_payment_is_recorded_refunded_and_turned_into_credit(shop: Shop) -> None:
    desk = Desk(shop)
    first, second = shop.invoice(1000), shop.invoice(500)
    said = desk.do(
        "record-payment", amount="17,85", method="bank_transfer", received_on="2026-03-04",
        reference="GIRO 1", invoice="",
    )  # fmt: skip
    for invoice in (first, second):
        assert f"Invoice {invoice.label} is settled." in said
    assert "The customer owes 0.00 € afterwards, instead of 17.85 €." in said
    payment = Payment.objects.get()
    assert (payment.amount_minor, payment.reference) == (1785, "GIRO 1")
    assert payment.received_on == date(2026, 3, 4)
    said = desk.do("refund", payment, amount="5.95", way="hand", reopen="yes", reason="Asked")
    assert "5.95 € goes back to the customer." in said
    assert f"Invoice {second.label} is owed again: 5.95 €" in said
    assert Refund.objects.get().amount_minor == 595
    said = desk.do("refund-to-credit", payment, reason="Kept for later")
    assert "A credit note of 11.90 € is issued." in said
    assert sum(CreditGrant.objects.values_list("open_minor", flat=True)) == 1190
    text = desk.staffer.refuse(
        desk.url("refund", payment), 422, amount="99", way="hand", reopen="no", reason="x"
    )
    assert "11.90 € at most" in text


def kept(shop: Shop) -> Any:
    offer_sandbox(shop)
    card = KeptMethod("sbx.ok.visa.4242.203012", "visa", "Visa •••• 4242")
    return keep_method(account=shop.account, gateway="sandbox", kept=card, now=NOW)


def test_a_card_is_charged_once_and_refunded_by_its_gateway(shop: Shop) -> None:
    desk, method = Desk(shop), kept(shop)
    invoice = shop.invoice(1000)
    said = desk.do("charge", method=method.public_id, amount="11.90")
    assert f"It pays all of invoice {invoice.label} (11.90 €" in said
    assert "Charge 11.90 € to Visa •••• 4242?" in said
    attempt = PaymentAttempt.objects.get()
    assert (attempt.status, attempt.actor) == ("succeeded", desk.staffer.user.public_id)
    payment = Payment.objects.get()
    said = desk.do("refund", payment, amount="1.90", way="gateway", reopen="yes", reason="Asked")
    assert "The gateway is asked to pay it back the way it came." in said
    assert Refund.objects.get().amount_minor == 190
    desk.do("remove-method", method)
    method.refresh_from_db()
    assert method.removed_at is not None


def test_an_invoice_is_corrected_and_sent(shop: Shop) -> None:
    desk = Desk(shop)
    add_contact(account_id=shop.account.id, email="ann@example.com", now=NOW)
    invoice = shop.invoice(1000, 700)
    said = desk.do("credit-note", invoice, line_1="4", reason="Half a month down")
    assert "A credit note of 4.76 € is issued." in said
    assert f"Of invoice {invoice.label}, 15.47 € is open afterwards, instead of 20.23 €." in said
    assert CreditNote.objects.get().reason == "Half a month down"
    # What people charged is no fee: it is credited, and not waived.
    text = desk.staffer.refuse(desk.url("waive-fee", invoice), 422, line="2", reason="x")
    assert "is not one of the available choices" in text
    fee = late_fee(shop, invoice)
    said = desk.do("waive-fee", fee, line="1", reason="Kindness")
    assert "A credit note of 5.00 € is issued." in said
    assert CreditNote.objects.count() == 2
    assert event_of("fee.waived").subject == fee.public_id
    before = Message.objects.filter(kind="invoice_issued").count()
    desk.do("send-again", invoice)
    assert Message.objects.filter(kind="invoice_issued").count() == before + 1
    desk.do("stop-charging", invoice, reason="They pay by cheque")
    desk.do("resume-charging", invoice)
    said = desk.do("write-off", invoice, reason="Gone")
    assert f"Invoice {invoice.label} is written off; nobody is reminded of it." in said
    other = shop.invoice(300)
    said = desk.do("void", other, reason="Wrong customer")
    assert f"Invoice {other.label} is void" in said
    states = dict(Invoice.objects.values_list("label", "status"))
    assert states == {invoice.label: "written_off", other.label: "void", fee.label: "paid"}


def late_fee(shop: Shop, invoice: Invoice) -> Invoice:
    """The invoice for being late with another one."""
    publish_product(seller=shop.seller, code="late-fee", name="Late fee", now=NOW)
    step = {"key": "fee", "offset": 2, "action": "fee", "fixed": {"EUR": "5.00"}}
    save_policy(seller=shop.seller, data={"code": "mine", "steps": [step]}, now=NOW)
    Debtor(shop, policy="mine").look(0, 1, 2)
    fee = Invoice.objects.latest("id")
    assert fee != invoice
    return fee


def test_charges_are_added_billed_and_dropped(shop: Shop) -> None:
    desk = Desk(shop)
    product = shop.hosting.public_id
    wanted: dict[str, Any] = {
        "product": product,
        "description": "Two hours",
        "amount": "80",
        "when": "next",
    }
    said = desk.do("add-charge", **wanted, bill_on="2026-04-01")
    assert "80.00 € for “Two hours” goes on the next invoice, on 1 April 2026 or after." in said
    charge = PendingCharge.objects.get()
    desk.do("drop-charge", charge)
    assert PendingCharge.objects.get().status == "void"
    said = desk.do("add-charge", **{**wanted, "when": "now"})
    assert "An invoice of 95.20 € is issued, due on 19 March 2026." in said
    assert Invoice.objects.get().total_minor == 9520


def test_reminding_and_billing_wait(shop: Shop) -> None:
    desk = Desk(shop)
    invoice = shop.invoice(1000)
    said = desk.do("pause-reminding", until="2026-03-20", reason="A dispute by letter")
    assert "through Friday, 20 March 2026" in said
    desk.do("promise", invoice, until="2026-03-12", reason="")
    holds = DunningHold.objects.filter(ended_at=None).order_by("id")
    assert [one.cause for one in holds] == ["staff", "promise"]
    assert "A dispute by letter" in desk.staffer.see(desk.page)
    for hold in holds:
        desk.do("go-on-reminding", hold)
    assert not DunningHold.objects.filter(ended_at=None).exists()
    desk.do("choose-policy", policy="none")
    assert Account.objects.get(id=desk.account.id).settings["dunning"] == "none"
    desk.do("choose-policy", invoice, policy="gentle")
    assert Dunning.objects.get(invoice=invoice).policy == "gentle"
    desk.do("hold-billing", until="", reason="Moves house")
    assert BillingHold.objects.get().reason == "Moves house"
    assert "Billing is on hold" in desk.staffer.see(desk.page)
    desk.do("release-billing")
    assert not BillingHold.objects.exists()


def test_services_are_held_paused_and_changed(shop: Shop) -> None:
    desk = Desk(shop)
    plan = plan_of(shop)
    large = plan_of(shop, "large", amount="31.00")
    row = shop.subscribe(plan, "S1", start_on=date(2026, 3, 1), today=date(2026, 3, 1))
    shop.bill(date(2026, 3, 1))
    desk.do("hold-service", row, level="suspended", cause="abuse", reason="Spam")
    hold = ServiceHold.objects.get()
    assert (hold.cause, hold.actor) == ("abuse", desk.staffer.user.public_id)
    assert "Spam" in desk.staffer.see(desk.page)
    desk.do("release-service", hold)
    assert ServiceHold.objects.get().ended_at is not None
    change = f"{desk.page}subscriptions/{row.public_id}/change/"
    asked = {"verb": "plan", "plan": large.public_id, "quantity": "1", "when": "now"}
    answer = desk.staffer.client.get(change, asked)
    text = plain(answer.content.decode())
    assert "Change Web space to Large space?" in text and "by this change" in text
    form = hidden(answer.content.decode())
    for _ in range(2):
        assert desk.staffer.client.post(change, form).status_code == 302
    row.refresh_from_db()
    assert row.plan_id == large.id
    said = desk.do("pause", row)
    assert "Nothing is served or billed from Thursday, 5 March 2026." in said
    desk.do("resume", row)
    row.refresh_from_db()
    assert row.status == "active"
    answer = desk.staffer.client.get(change, {"verb": "cancel", "when": "period_end"})
    form = hidden(answer.content.decode())
    assert "Undo the cancellation" in plain(answer.content.decode())
    desk.staffer.client.post(change, form)
    assert Subscription.objects.get().status == "cancelling"


def test_a_customer_is_edited_closed_and_remembered(shop: Shop) -> None:
    desk = Desk(shop)
    details: dict[str, Any] = {
        "name": "Example Bakery", "country": "DE", "line1": "Hauptstraße 1", "postcode": "10115",
        "city": "Berlin", "language": "de",
    }  # fmt: skip
    said = desk.do("edit-details", **details)
    assert "Name on invoices: Example Bakery instead of Example customer A1." in said
    text = desk.staffer.refuse(desk.url("edit-details"), 422, **{**details, "postcode": "1"})
    assert 'id="id_postcode_error"' in text
    desk.do("edit-settings", terms_days="30", autopay="no")
    account = Account.objects.get(id=desk.account.id)
    assert (account.name, account.language) == ("Example Bakery", "de")
    assert account.settings == {"terms_days": 30, "autopay": False}
    desk.do("autopay")
    assert Account.objects.get(id=desk.account.id).settings["autopay"] is True
    light(desk, "add-contact", email="bob@example.com", name="Bob", kinds=["invoices"])
    contact = Contact.objects.get()
    assert contact.kinds == ["invoices"]
    usual = ["invoices", "payments", "reminders", "services", "account"]
    light(desk, "change-contact", contact, email="rob@example.com", name="Bob", kinds=usual)
    assert (Contact.objects.get().email, Contact.objects.get().kinds) == ("rob@example.com", [])
    desk.do("remove-contact", contact)
    light(desk, "add-note", text="Speaks to nobody before ten.\nLikes letters.")
    note = AccountNote.objects.get()
    desk.look("remove-note", note)
    post(desk, "pin-note", note)
    assert AccountNote.objects.get().is_pinned
    post(desk, "remove-note", note)
    assert AccountNote.objects.get().removed_at
    desk.do("close")
    assert "closed" in desk.staffer.see(desk.page)
    desk.do("reopen")
    assert Account.objects.get(id=desk.account.id).status == "open"


def post(desk: Desk, code: str, of: Model) -> None:
    text = desk.staffer.see(desk.url(code, of))
    assert desk.staffer.client.post(desk.url(code, of), hidden(text)).status_code == 302


def light(desk: Desk, code: str, of: Model | None = None, **fields: Any) -> None:
    key = hidden(desk.staffer.see(desk.url(code, of)))["key"][0]
    for _ in range(2):
        answer = desk.staffer.client.post(desk.url(code, of), {**fields, "key": key})
        assert answer.status_code == 302, errors(answer.content.decode())


def test_what_somebody_else_changed_meanwhile_is_said(shop: Shop) -> None:
    desk = Desk(shop)
    invoice = shop.invoice(1000)
    _, form = desk.look("write-off", invoice, reason="Gone")
    shop.pay(500)
    text = desk.staffer.refuse(desk.url("write-off", invoice), 409, **form)
    assert "Somebody else has just changed something" in text and "6.90 €" in plain(text)
    shop.pay(690)
    page = desk.staffer.send(desk.url("write-off", invoice), **form)
    assert "nothing was done" in page
    assert not Event.objects.filter(kind="invoice.written_off").exists()


def test_a_charge_waits_for_what_the_customer_pays_meanwhile(shop: Shop) -> None:
    desk, method = Desk(shop), kept(shop)
    invoice = shop.invoice(1000)
    _, form = desk.look("charge", method=method.public_id, amount="11.90")
    attempt = start_attempt(
        account=shop.account, gateway="sandbox", choice="card", amount_minor=1190,
        invoices=[invoice.public_id], now=NOW + timedelta(days=3),
    )  # fmt: skip
    PaymentAttempt.objects.filter(id=attempt.id).update(status="pending")
    page = desk.staffer.send(desk.url("charge"), **form)
    assert "nothing was done" in page
    assert PaymentAttempt.objects.count() == 1


@pytest.mark.parametrize("role", ["finance", "support", "auditor", "cashier"])
def test_each_role_does_what_it_may_and_nothing_else(shop: Shop, role: str) -> None:
    """Every deed is asked for by its address, whatever menus show."""
    desk = Desk(shop, role)
    invoice = shop.invoice(1000)
    opened = set()
    for deed in ALL:
        of = invoice if deed.model is Invoice else None
        answer = desk.staffer.client.get(desk.url(deed.code, of))
        assert answer.status_code in (200, 302, 403, 404), (deed.code, answer.status_code)
        if answer.status_code != 403:
            opened.add(deed.code)
    money = {"charge", "record-payment", "refund", "write-off", "void", "credit-note"}
    expected = {
        "finance": (money | {"grant-credit", "pause-reminding", "add-note"}, {"edit-details"}),
        "support": ({"edit-details", "pause", "hold-service", "promise"}, money | {"grant-credit"}),
        "auditor": (set(), {deed.code for deed in ALL}),
        "cashier": (set(), {deed.code for deed in ALL}),
    }
    may, may_not = expected[role]
    assert may <= opened, may - opened
    assert not may_not & opened, may_not & opened
