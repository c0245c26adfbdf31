"""Contacts are changed and removed as long as somebody is reached; details are checked."""

from __future__ import annotations

import pytest

from quarterday.core.address import BadAddress
from quarterday.core.errors import BillingError
from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.accounts.change_contact import change_contact
from quarterday.services.accounts.change_details import change_details
from quarterday.services.accounts.check_reached import NobodyReached
from quarterday.services.accounts.check_tax_id import BadTaxId
from quarterday.services.accounts.remove_contact import remove_contact
from quarterday.services.errors import Conflict, NotFound
from quarterday.store.models import Contact, Event
from tests.services.till import NOW, Shop, together

pytestmark = pytest.mark.django_db
ADDRESS = {"line1": "Musterallee 12", "postcode": "12345", "city": "Beispielstadt"}


def told(contact: Contact) -> list[str]:
    rows = Event.objects.filter(subject=contact.public_id).order_by("id")
    return list(rows.values_list("kind", flat=True))


def test_a_contact_is_changed_and_removed_once(shop: Shop) -> None:
    key = shop.account.id
    one = add_contact(account_id=key, email="Ada@Example.com", now=NOW)
    for _ in range(2):
        change_contact(
            account_id=key, public_id=one.public_id, email="NEW@example.com",
            kinds=["reminders", "invoices", "services"], now=NOW,
        )  # fmt: skip
    one.refresh_from_db()
    assert (one.email, one.kinds) == ("new@example.com", ["invoices", "reminders", "services"])
    assert remove_contact(account_id=key, public_id=one.public_id, now=NOW)
    assert not remove_contact(account_id=key, public_id=one.public_id, now=NOW)
    assert told(one) == ["contact.added", "contact.changed", "contact.removed"]


def test_bad_changes_are_refused_and_change_nothing(shop: Shop) -> None:
    key = shop.account.id
    one = add_contact(account_id=key, email="ada@example.com", now=NOW)
    add_contact(account_id=key, email="bob@example.com", kinds=["news"], now=NOW)
    asked = {"account_id": key, "public_id": one.public_id, "now": NOW}
    with pytest.raises(Conflict, match="another contact has the address"):
        change_contact(email="BOB@example.com", **asked)
    with pytest.raises(BillingError, match="must be an address"):
        change_contact(email="nobody", **asked)
    with pytest.raises(BillingError, match="no kind of message 'spam'"):
        change_contact(kinds=["spam"], **asked)
    with pytest.raises(NobodyReached, match="about invoices"):
        change_contact(kinds=["news"], **asked)
    with pytest.raises(NobodyReached):
        remove_contact(**asked)
    with pytest.raises(NotFound):
        other = shop.open_account("A2")
        change_contact(account_id=other.id, public_id=one.public_id, name="x", now=NOW)
    one.refresh_from_db()
    assert (one.email, one.kinds, told(one)) == ("ada@example.com", [], ["contact.added"])


@pytest.mark.django_db(transaction=True)
def test_two_who_leave_at_once_do_not_leave_nobody(open_shop: Shop) -> None:
    key = open_shop.account.id
    ids = [
        add_contact(account_id=key, email=f"{name}@example.com", now=NOW, kinds=kinds).public_id
        for name, kinds in (("ada", []), ("bob", []), ("eve", ["news"]))
    ]
    done = together(
        *(
            lambda public_id=public_id: remove_contact(  # type: ignore[misc]
                account_id=key, public_id=public_id, now=NOW
            )
            for public_id in ids[:2]
        )
    )
    assert sorted(str(type(one).__name__) for one in done) == ["NobodyReached", "bool"]
    assert Contact.objects.count() == 2


def test_details_are_checked_for_their_country(shop: Shop) -> None:
    asked = {"account_id": shop.account.id, "name": "Atelier", "now": NOW}
    with pytest.raises(BadAddress, match="write it like 12345"):
        change_details(country="DE", address=ADDRESS | {"postcode": "1"}, **asked)
    with pytest.raises(BadTaxId):
        change_details(country="DE", address=ADDRESS, tax_id="DE123", **asked)
    with pytest.raises(BillingError, match="two capitals"):
        change_details(country="Deutschland", address=ADDRESS, **asked)
    account = change_details(country="FR", address=ADDRESS, tax_id="FR 40 303 265 045", **asked)
    assert account.tax_id == "FR40303265045"
    assert "python-stdnum" in account.tax_id_evidence["source"]
    assert change_details(country="FR", address=ADDRESS, tax_id="FR40303265045", **asked) == account
    assert Event.objects.filter(kind="account.changed").count() == 1
