"""Let whoever tries the demo in: as a customer of each seller, and as the owner of all of them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, F, Q
from django.db.models.functions import Abs

from quarterday.core.access import Role, StaffRole
from quarterday.services.links.make_link import make_link
from quarterday.services.staff.add_staff import add_staff
from quarterday.services.users.add_user import add_member, add_user
from quarterday.store.models import Account, LinkPurpose, Seller, User

EMAIL, STAFF_EMAIL = "demo@customer.example", "owner@staff.example"
CONSOLE = "/console/"


def let_in(*, now: datetime) -> str:
    """The address that signs the demo's person in with one click, once, within a week."""
    user = add_user(email=EMAIL, name="Demo", language="en")
    sellers = list(Seller.objects.order_by("id"))
    for seller in sellers:
        account = _find_account(seller)
        add_member(account_id=account.id, user=user, role=Role.OWNER, now=now, actor="demo")
    return _make_link(sellers[0], user, now)


def let_staff_in(*, now: datetime) -> str:
    """The address that signs the demo's owner into the console with one click, once, in a week."""
    post = add_staff(
        email=STAFF_EMAIL, name="Olive Example", role=StaffRole.OWNER, now=now, actor="demo"
    )
    return _make_link(Seller.objects.order_by("id")[0], post.user, now, CONSOLE)


def _make_link(seller: Seller, user: User, now: datetime, destination: str = "") -> str:
    made = make_link(
        seller=seller,
        purpose=LinkPurpose.SIGN_IN,
        now=now,
        subject=user.public_id,
        address=user.email,
        destination=destination,
        expires_at=now + timedelta(days=7),
        single_use=True,
        created_by="demo",
    )
    return made.url


def _find_account(seller: Seller) -> Account:
    """The account with most to see: something to pay, contracts and a long history."""
    return (
        Account.objects.filter(seller=seller, status="open")
        .annotate(
            to_pay=Count("invoices", filter=Q(invoices__status="open"), distinct=True),
            contracts=Count(
                "subscriptions", filter=Q(subscriptions__status="active"), distinct=True
            ),
            issued=Count("invoices", distinct=True),
        )
        .filter(contracts__gt=0)
        # One thing to pay says more than a year of debts.
        .order_by(Abs(F("to_pay") - 1), "-contracts", "-issued", "id")[0]
    )
