"""Who works for a seller: let in once, changed on purpose, and never the last owner let go."""

from __future__ import annotations

import json

import pytest
from django.contrib.sessions.backends.db import SessionStore

from quarterday.core.access import STAFF_PERMISSIONS, StaffRole, role_includes
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.messages.address_messages import address_messages
from quarterday.services.messages.prepare_parcel import prepare_parcel
from quarterday.services.reports.schedule_report import schedule_report
from quarterday.services.staff.act_as import begin_acting
from quarterday.services.staff.add_staff import add_staff
from quarterday.services.staff.change_staff import LastStaffOwner, change_staff, end_staff
from quarterday.services.staff.check_staff import Forbidden
from quarterday.services.users.record_sign_in import record_sign_in
from quarterday.services.users.request_sign_in_link import request_sign_in_link
from quarterday.services.users.set_password import set_password
from quarterday.store.models import (
    Delivery,
    Event,
    Message,
    ReportSchedule,
    SignIn,
    StaffMember,
    User,
)
from quarterday.store.queries.staff import find_posts, list_staff
from tests.services.till import NOW, Shop, together


def hire(shop: Shop, name: str, role: str = "owner", everywhere: bool = False) -> StaffMember:
    email = f"{name}@example.com"
    seller = None if everywhere else shop.seller
    return add_staff(email=email, role=role, seller=seller, now=NOW, actor="usr_1")


def test_no_report_is_mailed_to_who_has_gone(shop: Shop) -> None:
    hire(shop, "olga")
    sam = hire(shop, "sam", "finance")
    for others in ([], ["books@example.com"]):
        schedule_report(
            seller=shop.seller, report="revenue", cadence="daily", today=NOW.date(), now=NOW,
            recipients=["sam@example.com", *others],
        )  # fmt: skip
    end_staff(member=sam, now=NOW)
    found = ReportSchedule.objects.order_by("id").values_list("is_enabled", "recipients")
    assert list(found) == [(False, ["sam@example.com"]), (True, ["books@example.com"])]


def test_somebody_is_let_in_once_and_changed_on_purpose(shop: Shop) -> None:
    row = hire(shop, "olga")
    assert hire(shop, "olga") == row
    with pytest.raises(Conflict, match="change the role"):
        hire(shop, "olga", "support")
    assert [(one.seller, one.role) for one in find_posts(row.user)] == [(shop.seller, "owner")]
    sam = hire(shop, "sam", "support")
    changed = change_staff(member=sam, role="finance", now=NOW, actor="usr_1")
    change_staff(member=changed, role="finance", now=NOW)
    assert [one.role for one in list_staff(shop.seller)] == ["owner", "finance"]
    said = Event.objects.filter(kind="staff.role_changed").get()
    assert (said.actor, said.subject) == ("usr_1", sam.user.public_id)
    assert json.loads(said.data)["to"] == "finance"


def test_who_goes_is_signed_out_and_has_no_post(shop: Shop) -> None:
    hire(shop, "olga")
    sam = hire(shop, "sam", "support")
    session = SessionStore()
    session.create()
    record_sign_in(
        user=sam.user, session_key=session.session_key or "", method="passkey", device="", now=NOW
    )
    # Somebody without an account is in the log of the seller, too.
    assert Event.objects.get(kind="user.signed_in").seller == shop.seller
    for _ in range(2):
        end_staff(member=sam, now=NOW)
    assert not SignIn.objects.exists()
    assert find_posts(User.objects.get(id=sam.user_id)) == []
    with pytest.raises(NotFound):
        change_staff(member=sam, role="owner", now=NOW)
    assert hire(shop, "sam", "support") != sam


def test_a_seller_keeps_an_owner(shop: Shop) -> None:
    olga = hire(shop, "olga")
    with pytest.raises(LastStaffOwner):
        end_staff(member=olga, now=NOW)
    everywhere = hire(shop, "otto", everywhere=True)
    end_staff(member=olga, now=NOW)
    for refused in (
        lambda: end_staff(member=everywhere, now=NOW),
        lambda: change_staff(member=everywhere, role="auditor", now=NOW),
    ):
        with pytest.raises(LastStaffOwner):
            refused()


@pytest.mark.parametrize("everywhere", StaffRole)
def test_nobody_at_one_seller_takes_away_what_somebody_may_at_all(
    shop: Shop, everywhere: StaffRole
) -> None:
    """Each pair of roles, given anew and by a change, in both orders."""
    hire(shop, "olga")
    for role in StaffRole:
        name = f"{everywhere}-{role}"
        whole = hire(shop, name, everywhere, everywhere=True)
        if role_includes(role, everywhere):
            here = hire(shop, name, role)
        else:
            with pytest.raises(Forbidden, match="would lose some of that"):
                hire(shop, name, role)
            here = hire(shop, name, "owner")
            with pytest.raises(Forbidden, match="would lose some of that"):
                change_staff(member=here, role=role, now=NOW)
            assert find_posts(whole.user)[0].role == "owner"
            end_staff(member=here, now=NOW)
        may = STAFF_PERMISSIONS[StaffRole(find_posts(User.objects.get(id=whole.user_id))[0].role)]
        assert may >= STAFF_PERMISSIONS[everywhere]
        # Who worked here first and for all sellers later keeps the greater of both.
        first = hire(shop, f"{name}-first", role)
        hire(shop, f"{name}-first", everywhere, everywhere=True)
        found = STAFF_PERMISSIONS[StaffRole(find_posts(first.user)[0].role)]
        assert found in (STAFF_PERMISSIONS[role], STAFF_PERMISSIONS[everywhere])
        assert not found < STAFF_PERMISSIONS[role] and not found < STAFF_PERMISSIONS[everywhere]


def test_two_owners_who_let_each_other_go_at_once_leave_one(open_shop: Shop) -> None:
    rows = [hire(open_shop, name) for name in ("olga", "otto")]
    answers = together(
        *[lambda row=row: end_staff(member=row, now=NOW) for row in rows]  # type: ignore[misc]
    )
    assert sum(isinstance(one, LastStaffOwner) for one in answers) == 1
    assert StaffMember.objects.filter(ended_at=None).count() == 1


def test_staff_without_an_account_get_their_links_and_notices(shop: Shop) -> None:
    user = hire(shop, "olga", everywhere=True).user
    wait = request_sign_in_link(
        email=user.email, network="192.0.2.1", now=NOW, destination="/console/"
    )
    set_password(user=user, password="words of her own", now=NOW, actor=user.public_id)
    assert wait == 0
    found = Message.objects.order_by("id")
    assert [one.kind for one in found] == ["login_link", "security_notice"]
    assert all(one.account is None and one.seller == shop.seller for one in found)
    address_messages(now=NOW)
    parcels = [prepare_parcel(one, now=NOW).parcel for one in Delivery.objects.order_by("id")]
    link, notice = (parcel.text for parcel in parcels if parcel)
    assert "/l/" in link
    assert "/security/" in notice


def test_only_who_changes_customers_acts_as_one(shop: Shop) -> None:
    user = hire(shop, "finn", "finance").user
    with pytest.raises(Forbidden):
        begin_acting(account=shop.account, user=user, role="finance", now=NOW)
    until = begin_acting(account=shop.account, user=user, role="support", now=NOW)
    assert (until - NOW).total_seconds() == 1800
    assert Event.objects.get(kind="staff.acting_began").actor == user.public_id
