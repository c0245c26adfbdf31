"""Who acts for an account; there is always an owner, whoever acts at once."""

from __future__ import annotations

import pytest

from quarterday.core.errors import BillingError
from quarterday.services.errors import Conflict, NotFound
from quarterday.services.users.add_user import add_member, add_user
from quarterday.services.users.change_role import LastOwner, change_role, remove_member
from quarterday.services.users.choose_account import choose_account
from quarterday.store.models import Event, Membership, User
from quarterday.store.queries.access import find_membership, memberships_of
from tests.services.till import NOW, Shop, together


def member(shop: Shop, email: str, role: str = "owner") -> User:
    user = add_user(email=email)
    add_member(account_id=shop.account.id, user=user, role=role, now=NOW)
    return user


def kinds() -> list[str]:
    rows = Event.objects.exclude(kind__startswith="account.").order_by("id")
    return [kind for kind in rows.values_list("kind", flat=True) if "member" in kind]


@pytest.mark.django_db
def test_a_name_that_cannot_be_printed_is_refused() -> None:
    with pytest.raises(BillingError, match="printed"):
        add_user(email="ada@example.com", name="Ada\x1b[2J")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_an_address_is_one_user_however_it_is_written() -> None:
    first = add_user(email=" Ada@Example.COM ", name="Ada")
    assert add_user(email="ada@example.com", name="Somebody else") == first
    assert first.email == "ada@example.com"
    assert not first.has_usable_password()
    with pytest.raises(BillingError, match="an address such as"):
        add_user(email="ada at example")


def test_adding_a_member_twice_is_once(shop: Shop) -> None:
    ada = member(shop, "ada@example.com")
    add_member(account_id=shop.account.id, user=ada, role="owner", now=NOW)
    assert kinds() == ["member.added"]
    with pytest.raises(Conflict, match="change the role"):
        add_member(account_id=shop.account.id, user=ada, role="billing", now=NOW)
    with pytest.raises(BillingError, match="role must be one of"):
        add_member(account_id=shop.account.id, user=ada, role="emperor", now=NOW)


def test_roles_change_and_members_go(shop: Shop) -> None:
    member(shop, "ada@example.com")
    bob = member(shop, "bob@example.com", "billing")
    account = shop.account.id
    assert change_role(account_id=account, user_id=bob.id, role="technical", now=NOW)
    change_role(account_id=account, user_id=bob.id, role="technical", now=NOW)
    remove_member(account_id=account, user_id=bob.id, now=NOW)
    remove_member(account_id=account, user_id=bob.id, now=NOW)
    assert kinds() == ["member.added", "member.added", "member.role_changed", "member.removed"]
    assert User.objects.filter(id=bob.id).exists()
    with pytest.raises(NotFound):
        change_role(account_id=account, user_id=bob.id, role="owner", now=NOW)


def test_the_last_owner_stays(shop: Shop) -> None:
    ada = member(shop, "ada@example.com")
    member(shop, "bob@example.com", "billing")
    with pytest.raises(LastOwner, match="make somebody else an owner first"):
        remove_member(account_id=shop.account.id, user_id=ada.id, now=NOW)
    with pytest.raises(LastOwner):
        change_role(account_id=shop.account.id, user_id=ada.id, role="billing", now=NOW)
    change_role(account_id=shop.account.id, user_id=ada.id, role="owner", now=NOW)
    assert Membership.objects.get(user=ada).role == "owner"


@pytest.mark.parametrize("verb", ["demote", "remove", "one of each"])
def test_two_owners_cannot_go_at_once(open_shop: Shop, verb: str) -> None:
    account = open_shop.account.id
    ada, bob = member(open_shop, "ada@example.com"), member(open_shop, "bob@example.com")

    def demote(user: User) -> object:
        return change_role(account_id=account, user_id=user.id, role="billing", now=NOW)

    def remove(user: User) -> object:
        return remove_member(account_id=account, user_id=user.id, now=NOW)

    first, second = {
        "demote": (demote, demote),
        "remove": (remove, remove),
        "one of each": (demote, remove),
    }[verb]
    answers = together(lambda: first(ada), lambda: second(bob))
    assert sum(isinstance(answer, LastOwner) for answer in answers) == 1
    assert Membership.objects.filter(account_id=account, role="owner").count() == 1


def test_the_account_chosen_last_comes_first(shop: Shop) -> None:
    ada = member(shop, "ada@example.com")
    other = shop.open_account("A2")
    add_member(account_id=other.id, user=ada, role="billing", now=NOW)
    stranger = shop.open_account("A3")
    row = find_membership(ada.id)
    assert row is not None
    assert row.account == shop.account
    choose_account(user_id=ada.id, account=other.public_id, now=NOW)
    assert [row.account for row in memberships_of(ada.id)] == [other, shop.account]
    asked = find_membership(ada.id, account_id=shop.account.id)
    assert asked is not None
    assert asked.account == shop.account
    with pytest.raises(NotFound):
        choose_account(user_id=ada.id, account=stranger.public_id, now=NOW)
    # Another account's key in the session opens nothing.
    unasked = find_membership(ada.id, account_id=stranger.id)
    assert unasked is not None
    assert unasked.account == other
