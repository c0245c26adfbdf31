"""What each kind of link shows and does for the person who holds it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from quarterday.ports.clock import read_now
from quarterday.services.invoicing.void_invoice import void_invoice
from quarterday.store.models import (
    Brand,
    Click,
    Invitation,
    Link,
    LinkPurpose,
    Membership,
    Message,
    Unsubscription,
)
from tests.services.till import DAY, NOW, Shop
from tests.web.links.holder import Holder

P = LinkPurpose


def test_a_pay_link_asks_for_what_is_open(holder: Holder) -> None:
    invoice = holder.shop.invoice(10000)
    path = holder.link(P.PAY, subject=invoice.public_id)
    assert "Pay 119.00 €" in holder.see(path)
    holder.shop.pay(4000)
    assert "Pay 79.00 €" in holder.see(path)


def test_a_paid_invoice_is_shown_as_paid_by_the_same_link(holder: Holder) -> None:
    invoice = holder.shop.invoice(10000)
    path = holder.link(P.PAY, subject=invoice.public_id)
    holder.shop.pay(4000)
    holder.shop.pay(7900)
    page = holder.see(path)
    assert f"Invoice {invoice.label} is paid" in page
    assert "Paid on 2 March 2026" in page
    assert "40.00 €" in page
    assert "Download the receipt" in page
    assert holder.get(f"{path}/receipt.pdf").content.startswith(b"%PDF")
    assert '<form method="post" action="/l/' not in page


def test_the_receipt_of_a_payment_for_other_invoices_too_is_not_shown(holder: Holder) -> None:
    shop = holder.shop
    first, second = shop.invoice(10000), shop.invoice(5000)
    shop.pay(17850, invoices=[first, second])
    path = holder.link(P.PAY, subject=first.public_id)
    page = holder.see(path)
    assert "119.00 €" in page
    assert "178.50" not in page
    assert "receipt" not in page
    assert holder.get(f"{path}/receipt.pdf").status_code == 404


def test_an_invoice_that_was_cancelled_needs_no_money(holder: Holder) -> None:
    invoice = holder.shop.invoice(10000)
    path = holder.link(P.PAY, subject=invoice.public_id)
    void_invoice(invoice=invoice, today=DAY, now=NOW, reason="a mistake")
    page = holder.see(path)
    assert "There is nothing to pay" in page
    assert "was cancelled" in page


def test_an_invoice_is_read_with_its_lines_and_file(holder: Holder) -> None:
    invoice = holder.shop.invoice(10000, 5000)
    page = holder.see(path := holder.link(P.VIEW, subject=invoice.public_id))
    for text in (invoice.label, "100.00 €", "50.00 €", "VAT 19 %", "28.50 €", "178.50 €"):
        assert text in page
    answer = holder.get(f"{path}/invoice.pdf")
    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Referrer-Policy"] == "no-referrer"


def test_signing_in_leads_to_the_page_that_was_wanted(holder: Holder) -> None:
    user = holder.user()
    path = holder.link(P.SIGN_IN, subject=user.public_id, destination="/invoices/")
    page = holder.see(path)
    assert "o…@example.com" in page
    assert user.email not in page
    answer = holder.press(f"{path}/sign-in")
    assert answer["Location"] == "/invoices/"
    assert holder.is_signed_in
    assert Click.objects.filter(action="sign_in").count() == 1


def test_a_portal_link_asks_strangers_to_sign_in_first(holder: Holder) -> None:
    path = holder.link(P.PORTAL, destination="/invoices/", parameters={"state": "open"})
    assert "Sign in first" in holder.see(path)
    answer = holder.press(f"{path}/open")
    assert answer["Location"] == "/invoices/?state=open"
    assert "/sign-in/" in holder.get(answer["Location"])["Location"]


def test_a_portal_link_leads_those_who_are_signed_in_straight_there(holder: Holder) -> None:
    holder.client.force_login(holder.user())
    path = holder.link(P.PORTAL, destination="/invoices/")
    assert holder.get(path)["Location"] == "/invoices/"


def test_a_portal_link_for_another_account_switches_only_when_told(holder: Holder) -> None:
    user, second = holder.user(), holder.shop.open_account("A2")
    Membership.objects.create(user=user, account=second, role="billing")
    holder.client.force_login(user)
    path = holder.link(P.PORTAL, destination="/invoices/", account_id=second.id)
    assert "another account" in holder.see(path)
    holder.press(f"{path}/open")
    assert holder.get(path).status_code == 302


def test_somebody_without_access_is_told_to_sign_in_as_somebody_else(holder: Holder) -> None:
    holder.client.force_login(holder.user())
    path = holder.link(P.PORTAL, account_id=holder.shop.open_account("A2").id)
    page = holder.see(path)
    assert "an account that owner@example.com does not act for" in page
    assert "customer A2" not in page


@pytest.mark.parametrize("after", [".", ")", ">.", "”", ","])
def test_what_a_mail_program_took_for_the_address_is_forgiven(holder: Holder, after: str) -> None:
    path = holder.link(P.PORTAL)
    answer = holder.get(path + after)
    assert (answer.status_code, answer["Location"]) == (302, path)
    assert answer["Referrer-Policy"] == "no-referrer"


def test_an_invitation_gives_access_in_its_role(holder: Holder) -> None:
    row = Invitation.objects.create(
        account=holder.shop.account,
        email="books@example.com",
        role="billing",
        created_at=NOW,
        expires_at=read_now() + timedelta(days=1),
    )
    path = holder.link(P.INVITATION, subject=row.public_id)
    assert "You may see and pay invoices" in holder.see(path)
    assert holder.press(f"{path}/accept", {"name": "Ada Example"}).status_code == 302
    member = Membership.objects.select_related("user").get()
    assert (member.role, member.user.email, member.user.name) == (
        "billing",
        "books@example.com",
        "Ada Example",
    )
    assert holder.is_signed_in


def test_a_withdrawn_invitation_says_so(holder: Holder) -> None:
    row = Invitation.objects.create(
        account=holder.shop.account,
        email="books@example.com",
        role="billing",
        created_at=NOW,
        expires_at=read_now() + timedelta(days=1),
        withdrawn_at=NOW,
    )
    path = holder.link(P.INVITATION, subject=row.public_id)
    assert "This invitation has ended" in holder.see(path)
    holder.press(f"{path}/accept")
    assert not Membership.objects.exists()


def test_one_click_of_a_mail_program_unsubscribes(holder: Holder) -> None:
    path = holder.link(P.UNSUBSCRIBE, address="News@example.com")
    answer = holder.browser().post(path, {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.content) == (200, b"unsubscribed")
    assert Unsubscription.objects.get().address == "news@example.com"


def test_a_person_unsubscribes_and_comes_back(holder: Holder) -> None:
    path = holder.link(P.UNSUBSCRIBE, address="news@example.com", account_id=None)
    assert "No more news from Example Hosting GmbH?" in holder.see(path)
    assert holder.press(path)["Location"] == path
    assert "You get no more news" in holder.see(path)
    holder.press(f"{path}/subscribe")
    assert not Unsubscription.objects.exists()


def test_a_link_for_one_use_opens_for_the_browser_that_used_it(holder: Holder) -> None:
    invoice = holder.shop.invoice(10000)
    path = holder.link(P.VIEW, subject=invoice.public_id, single_use=True)
    assert invoice.label not in holder.see(path)
    for _ in range(2):
        assert holder.press(f"{path}/go-on")["Location"] == path
        assert invoice.label in holder.see(path)
    holder.client = holder.browser()
    assert "This link was used already" in holder.see(path, 410)


def test_a_custom_link_for_one_use_may_lead_to_its_host(holder: Holder) -> None:
    Brand.objects.create(seller=holder.shop.seller, data={"link_hosts": ["docs.example.net"]})
    path = holder.link(P.CUSTOM, destination="https://docs.example.net/x", single_use=True)
    policy = holder.get(path)["Content-Security-Policy"]
    assert "form-action 'self' https://docs.example.net;" in policy
    holder.press(f"{path}/go-on")
    assert holder.get(path)["Location"] == "https://docs.example.net/x"


def test_links_speak_the_language_of_the_account(holder: Holder) -> None:
    holder.shop.account.language = "de"
    holder.shop.account.save()
    answer = holder.get(holder.link(P.PORTAL))
    assert '<html lang="de">' in answer.content.decode()


def renew(holder: Holder, path: str) -> tuple[int, str, str]:
    answer = holder.press(f"{path}/renew")
    page = holder.see(answer["Location"]).replace(path, "")
    return answer.status_code, answer["Referrer-Policy"], page.partition("csrfmiddlewaretoken")[0]


def test_a_fresh_link_is_mailed_and_everybody_is_told_the_same(
    shop: Shop, holder: Holder, open_contact: Callable[[str], None]
) -> None:
    open_contact("billing@example.com")
    expired = holder.link(P.PORTAL, now=NOW, expires_at=NOW + timedelta(hours=1))
    stranger = holder.link(
        P.PORTAL,
        now=NOW,
        expires_at=NOW + timedelta(hours=1),
        account_id=shop.open_account("A2").id,
    )
    assert "Mail me a fresh link" in holder.see(expired, 410)
    known = renew(holder, expired)
    assert known == renew(holder, stranger)
    assert known[:2] == renew(holder, "/l/" + "x" * 112)[:2]
    assert "Look into your mail" in known[2]
    assert [row.recipient for row in Message.objects.all()] == ["billing@example.com"]


def test_nobody_asks_for_fresh_links_without_end(holder: Holder) -> None:
    path = holder.link(P.PORTAL)
    holder.get(path)
    answers = [holder.press(f"{path}/renew") for _ in range(6)]
    assert [one.status_code for one in answers] == [302] * 5 + [429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_behind_a_proxy_each_visitor_asks_for_themselves(holder: Holder, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    holder.get(holder.link(P.PORTAL))
    for number in range(31):
        holder.client.defaults["HTTP_X_FORWARDED_FOR"] = f"10.{number}.0.1"
        assert holder.press(f"/l/{number}/renew").status_code == 302


@pytest.fixture
def open_contact(shop: Shop) -> Callable[[str], None]:
    from quarterday.services.accounts.add_contact import add_contact

    def add(email: str) -> None:
        add_contact(account_id=shop.account.id, email=email, now=NOW)

    return add


def test_pages_need_the_same_queries_however_much_there_is(
    holder: Holder, django_assert_max_num_queries: Any
) -> None:
    invoice = holder.shop.invoice(10000)
    paths = [holder.link(purpose, subject=invoice.public_id) for purpose in (P.PAY, P.VIEW)]
    paths.append(holder.link(P.PORTAL))
    counts = []
    for _ in range(2):
        found = []
        for path in paths:
            Click.objects.all().delete()
            with django_assert_max_num_queries(40) as caught:
                assert holder.get(path).status_code == 200
            found.append(len(caught))
        counts.append(found)
        for _ in range(5):
            holder.shop.invoice(100, 200, 300)
            holder.link(P.PORTAL)
        assert Link.objects.count() > 3
    assert counts[0] == counts[1]
