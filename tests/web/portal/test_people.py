"""The people of an account, as each role sees them; switching between accounts."""

from __future__ import annotations

import pytest
import pytest_django
from django.utils import timezone

from quarterday.services.users.add_user import add_member, add_user
from quarterday.services.users.invite_person import invite_person
from quarterday.store.models import Brand, Invitation, Membership, Message
from tests.services.till import NOW, Shop
from tests.web.portal.visitor import Visitor, make_member, make_user

pytestmark = pytest.mark.django_db


def enter(shop: Shop, role: str = "owner", email: str = "ada@example.com") -> Visitor:
    make_member(shop.account, role, email)
    visitor = Visitor()
    visitor.sign_in(email)
    return visitor


def test_an_owner_invites_sends_again_and_withdraws(shop: Shop) -> None:
    visitor = enter(shop)
    page = visitor.send("/people/invite/", email="Bob@example.com", role="billing")
    assert "bob@example.com is invited" in page
    row = Invitation.objects.get()
    assert (row.role, row.invited_by) == ("billing", Membership.objects.get().user)
    Invitation.objects.update(expires_at=NOW)
    Message.objects.update(occasion="some days ago")
    assert "expired" in visitor.see("/people/")
    assert "bob@example.com is invited" in visitor.send(f"/people/invited/{row.public_id}/again/")
    assert "expired" not in visitor.see("/people/")
    assert Message.objects.filter(kind="invitation").count() == 2
    assert "withdrawn" in visitor.send(f"/people/invited/{row.public_id}/withdraw/")
    assert "bob@example.com" not in visitor.see("/people/")
    visitor.refuse(f"/people/invited/{row.public_id}/again/", 404)


def test_bad_invitations_are_refused_beside_the_field(shop: Shop) -> None:
    visitor = enter(shop)
    taken = visitor.refuse("/people/invite/", 422, email="ada@example.com", role="billing")
    assert "has access already" in taken
    assert 'aria-invalid="true"' in taken
    visitor.refuse("/people/invite/", 422, email="nobody", role="billing")
    visitor.refuse("/people/invite/", 422, email="bob@example.com", role="emperor")
    assert not Invitation.objects.exists()


def test_an_owner_changes_roles_and_removes(shop: Shop) -> None:
    visitor = enter(shop)
    bob = make_member(shop.account, "billing", "bob@example.com")
    address = f"/people/{bob.public_id}/"
    assert "is changed" in visitor.send(address, role="read_only")
    assert Membership.objects.get(user=bob).role == "read_only"
    assert "Remove Bob from" in visitor.see(f"{address}remove/")
    assert "no access" in visitor.send(f"{address}remove/")
    visitor.see(address, 404)


def test_the_last_owner_cannot_leave_or_step_down(shop: Shop) -> None:
    visitor = enter(shop)
    ada = Membership.objects.get().user
    page = visitor.refuse(f"/people/{ada.public_id}/", 422, role="billing")
    assert "There must be an owner" in page
    visitor.client.post(f"/people/{ada.public_id}/remove/")
    assert Membership.objects.get().role == "owner"


@pytest.mark.parametrize("role", ["billing", "technical", "read_only"])
def test_others_see_people_and_may_only_leave(shop: Shop, role: str) -> None:
    owner = make_member(shop.account)
    visitor = enter(shop, role, "bob@example.com")
    page = visitor.see("/people/")
    assert "ada@example.com" in page
    assert "/people/invite/" not in page
    refused = visitor.see("/people/invite/", 403)
    assert "Your role does not allow this" in refused
    assert "Ada" in refused
    visitor.refuse(f"/people/{owner.public_id}/", 403, role="read_only")
    visitor.refuse(f"/people/{owner.public_id}/remove/", 404)
    bob = Membership.objects.get(role=role).user
    visitor.client.post(f"/people/{bob.public_id}/remove/")
    assert list(Membership.objects.values_list("role", flat=True)) == ["owner"]
    assert "You have no account here yet" in visitor.see("/people/", 403)


def test_people_of_other_accounts_do_not_exist_here(shop: Shop) -> None:
    visitor = enter(shop)
    other = shop.open_account("A2")
    eve = make_member(other, "owner", "eve@example.com")
    row = invite_person(account_id=other.id, email="bob@example.com", role="owner", now=NOW)
    for address in (f"/people/{eve.public_id}/", f"/people/{eve.public_id}/remove/"):
        visitor.see(address, 404)
    visitor.refuse(f"/people/{eve.public_id}/", 404, role="billing")
    visitor.refuse(f"/people/invited/{row.public_id}/withdraw/", 404)
    assert eve.email not in visitor.see("/people/")


def test_switching_is_remembered_over_signing_in_again(shop: Shop) -> None:
    visitor = enter(shop)
    other = shop.open_account("A2")
    ada = Membership.objects.get().user
    add_member(account_id=other.id, user=ada, role="billing", now=timezone.now())
    assert shop.account.name in visitor.see("/people/")
    visitor.send("/switch/", account=other.public_id, next="/people/")
    assert f"act for {other.name}" in visitor.see("/people/")
    again = Visitor()
    again.sign_in()
    assert f"act for {other.name}" in again.see("/people/")
    again.see("/people/invite/", 403)


def test_nobody_switches_to_an_account_of_others(shop: Shop) -> None:
    visitor = enter(shop)
    other = shop.open_account("A2")
    page = visitor.send("/switch/", account=other.public_id)
    assert "do not have access" in page
    assert f"act for {shop.account.name}" in visitor.see("/people/")
    session = visitor.client.session
    session["account"] = other.id
    session.save()
    assert f"act for {shop.account.name}" in visitor.see("/people/")


def test_who_was_removed_is_out_at_once(shop: Shop) -> None:
    make_member(shop.account)
    visitor = enter(shop, "billing", "bob@example.com")
    assert "People" in visitor.see("/people/")
    Membership.objects.filter(role="billing").delete()
    visitor.see("/people/", 403)


def test_the_host_of_a_seller_shows_its_accounts_alone(
    shop: Shop, settings: pytest_django.fixtures.SettingsWrapper
) -> None:
    from quarterday.services.accounts.open_account import open_account
    from quarterday.services.sellers.open_seller import open_seller

    settings.ALLOWED_HOSTS = ["*"]
    second = open_seller(
        code="second", name="Second", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    Brand.objects.create(seller=second, site_name="Second Shop", domain="second.example")
    visitor = enter(shop)
    there = open_account(seller=second, name="Over there", country="DE", now=NOW)
    ada = Membership.objects.get().user
    add_member(account_id=there.id, user=ada, role="owner", now=timezone.now())
    assert "Over there" in visitor.see("/accounts/")
    page = visitor.client.get("/accounts/", headers={"host": "second.example"}).content.decode()
    assert "Over there" in page
    assert "Second Shop" in page
    assert shop.account.name not in page


def test_many_people_and_accounts_cost_no_more_queries(
    shop: Shop, django_assert_max_num_queries: pytest_django.DjangoAssertNumQueries
) -> None:
    visitor = enter(shop)
    for number in range(30):
        person = make_user(f"p{number}@example.com", None)
        add_member(account_id=shop.account.id, user=person, role="billing", now=NOW)
        invite_person(
            account_id=shop.account.id, email=f"i{number}@example.com", role="owner", now=NOW
        )
        other = shop.open_account(f"B{number}")
        add_member(
            account_id=other.id, user=add_user(email="ada@example.com"), role="owner", now=NOW
        )
    # Session, user, host, membership; then members and invitations.
    with django_assert_max_num_queries(6):
        assert "p29@example.com" in visitor.see("/people/")
    with django_assert_max_num_queries(5):
        assert "Example customer B29" in visitor.see("/accounts/")
    assert "Example customer B7" in visitor.see("/accounts/?search=b7")
