"""The way into the console: a second factor, one seller at a time, and acting as a customer."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils import timezone

from quarterday.services.accounts.open_account import open_account
from quarterday.services.sellers.open_seller import open_seller
from quarterday.services.staff.change_staff import end_staff
from quarterday.services.users.print_sign_in_link import print_sign_in_link
from quarterday.services.users.second_step import start_second_step
from quarterday.store.models import Event, PaymentAttempt, Seller, StaffMember
from quarterday.web.kit.headers import POLICY
from tests.services.till import NOW, Shop
from tests.web.console.staffer import Staffer, hire
from tests.web.portal.visitor import PASSWORD, Visitor, make_user

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code() -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


def second_seller() -> Seller:
    return open_seller(
        code="north", name="Example North", country="DE", time_zone="Europe/Berlin",
        currency="EUR", now=NOW,
    )  # fmt: skip


def test_a_first_owner_is_led_to_a_second_factor(shop: Shop) -> None:
    user = hire(shop.seller)
    made = print_sign_in_link(
        user=user, seller=shop.seller, destination="/console/", now=timezone.now()
    )
    visitor = Visitor()
    path = "/l/" + made.url.partition("/l/")[2]
    visitor.see(path)
    answer = visitor.client.post(f"{path}/sign-in")
    assert answer.headers["Location"] == "/console/"
    page = visitor.see("/console/", 403)
    assert "/security/passkeys/new/" in page and "/security/two-step/" in page
    assert "Skip to the content" not in page
    visitor.see("/security/two-step/")
    secret = visitor.client.session["new_app_secret"]
    right = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    visitor.send("/security/two-step/", code=right)
    visitor.see("/console/")


def test_the_password_alone_opens_nothing(shop: Shop) -> None:
    make_user("owner@staff.example")
    user = hire(shop.seller)
    visitor = Visitor()
    visitor.sign_in("owner@staff.example", PASSWORD)
    visitor.see("/console/", 403)
    start_second_step(user=user, secret=SECRET, code=code(), now=NOW)
    # A session from before the app was set up is asked to prove it, and by the code alone.
    assert "/security/confirm/?next=/console/" in visitor.see("/console/", 403)
    visitor.refuse("/security/confirm/?next=/console/", 422, code="000000", password=PASSWORD)
    visitor.see("/console/", 403)
    visitor.client.logout()
    visitor.sign_in("owner@staff.example", PASSWORD)
    answer = visitor.client.post("/sign-in/code/", {"code": code()})
    assert answer.status_code == 302
    visitor.see("/console/")


def test_the_policy_is_that_of_all_pages_and_the_words_are_english(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    answer = staffer.client.get("/console/staff/", headers={"Accept-Language": "de"})
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY
    page = answer.content.decode()
    assert "<h1>Staff</h1>" in page and 'lang="en"' in page and " style=" not in page
    assert "<script>" not in page and " onclick" not in page


def test_the_seller_is_switched_and_each_has_its_own_role(shop: Shop) -> None:
    north = second_seller()
    staffer = Staffer(hire(shop.seller, "owner", "olga"))
    hire(north, "auditor", "olga")
    assert "Example North" in staffer.see("/console/staff/?seller=north")
    assert "Example North" in staffer.see("/console/staff/")
    staffer.see("/console/staff/add/", 403)
    other = open_account(seller=north, name="Far away", country="DE", now=NOW)
    assert "Far away" in staffer.see("/console/lists/accounts/")
    staffer.see("/console/staff/?seller=shop")
    assert "Far away" not in staffer.see("/console/lists/accounts/")
    staffer.see(f"/console/staff/acting/{other.public_id}/", 404)
    # A seller that one does not work for is none that one can choose.
    single = Staffer(hire(shop.seller, "finance"))
    assert "Example North" not in single.see("/console/?seller=north")


def test_who_is_let_go_is_out_at_once(shop: Shop) -> None:
    hire(shop.seller, "owner")
    user = hire(shop.seller, "support")
    staffer = Staffer(user)
    staffer.see("/console/")
    end_staff(member=StaffMember.objects.get(user=user), now=NOW)
    assert "This is for staff" in staffer.see("/console/", 403)


def test_acting_as_a_customer_is_seen_bounded_and_written_down(shop: Shop) -> None:
    user = hire(shop.seller, "support")
    staffer = Staffer(user)
    shop.invoice(10000)
    url = f"/console/staff/acting/{shop.account.public_id}/"
    assert "written down with your name" in staffer.see(url)
    page = staffer.send(url)
    assert f"You act as {shop.account.name}" in page and "119.00" in page
    # What spends the customer's money, and what is theirs alone, stays shut.
    for closed in ("/invoices/pay/", "/people/invite/", "/credit/add/", "/credit/top-up/"):
        assert staffer.client.get(closed).status_code in (403, 404), closed
    for closed in ("/security/", "/security/password/", "/accounts/"):
        assert "Not while you act" in staffer.see(closed, 403)
    kinds = ["invoices", "payments", "reminders", "services", "account"]
    given = {"name": "Ada", "email": "ada@customer.example", "kinds": kinds}
    assert staffer.client.post("/profile/contacts/add/", given).status_code == 302
    event = Event.objects.filter(kind="contact.added").last()
    assert event is not None and event.actor == user.public_id
    answer = staffer.client.post("/console/staff/acting/end/")
    assert answer.headers["Location"] == f"/console/accounts/{shop.account.public_id}/"
    # Without an account of their own, staff are led to their work.
    assert staffer.client.get("/").headers["Location"] == "/console/"
    acts = Event.objects.filter(kind__startswith="staff.acting").order_by("id")
    assert list(acts.values_list("kind", "actor")) == [
        ("staff.acting_began", user.public_id),
        ("staff.acting_ended", user.public_id),
    ]


def test_acting_hands_nothing_on_to_a_gateway(shop: Shop) -> None:
    attempt = PaymentAttempt.objects.create(
        account=shop.account, gateway="sandbox", amount_minor=100, currency="EUR",
        status="action", created_at=timezone.now(),
    )  # fmt: skip
    staffer = Staffer(hire(shop.seller, "support"))
    staffer.send(f"/console/staff/acting/{shop.account.public_id}/")
    staffer.client.post(f"/pay/{attempt.public_id}/cancel/")
    attempt.refresh_from_db()
    assert attempt.status == "action"


def test_the_demo_lets_staff_act_without_a_second_factor(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller, "support"), factor=False)
    url = f"/console/staff/acting/{shop.account.public_id}/"
    staffer.see(url, 403)
    Seller.objects.filter(id=shop.seller.id).update(code="hosting", name="Example")
    assert f"You act as {shop.account.name}" in staffer.send(url)


def test_acting_ends_by_itself_and_with_the_role(shop: Shop) -> None:
    hire(shop.seller, "owner")
    user = hire(shop.seller, "support")
    staffer = Staffer(user)
    url = f"/console/staff/acting/{shop.account.public_id}/"
    staffer.send(url)
    session = staffer.client.session
    session["acting"] = {**session["acting"], "until": time.time() - 1}
    session.save()
    staffer.see("/", 302)
    staffer.send(url)
    StaffMember.objects.filter(user=user).update(role="cashier")
    staffer.see("/", 302)
    StaffMember.objects.filter(user=user).update(role="support")
    staffer.see("/", 302)
