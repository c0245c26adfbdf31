"""A seller's own words, previews, tests, and text messages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from quarterday.core.errors import BillingError
from quarterday.core.message import KINDS
from quarterday.ports.composer import Wording
from quarterday.services.accounts.add_contact import add_contact
from quarterday.services.messages.address_messages import address_messages
from quarterday.services.messages.claim_deliveries import claim_deliveries
from quarterday.services.messages.find_wording import find_wording
from quarterday.services.messages.prepare_parcel import prepare_parcel
from quarterday.services.messages.preview_message import preview_message
from quarterday.services.messages.queue_message import queue_message
from quarterday.services.messages.route_messages import route_messages
from quarterday.services.messages.save_template import drop_template, save_template
from quarterday.store.models import Account, Delivery, Link, MessageTemplate
from tests.services.till import DAY, NOW, Shop

OWN = Wording("Bill {{ invoice.number }}", "Dear {{ account.name }}, please pay.", "")


def save(shop: Shop, wording: Wording = OWN, language: str = "en") -> MessageTemplate:
    return save_template(
        seller=shop.seller, kind="invoice_issued", language=language, wording=wording, now=NOW
    )


def find(shop: Shop, language: str = "en") -> tuple[Wording, int]:
    return find_wording(seller_id=shop.seller.id, kind="invoice_issued", language=language)


def test_own_words_are_used_and_given_up(shop: Shop) -> None:
    house = find(shop)
    assert house[1] == 0
    assert save(shop).version == 1
    assert save(shop).version == 1, "the same again is no new version"
    assert find(shop) == (OWN, 1)
    assert find(shop, "en-US") == (OWN, 1), "words for a language hold in its regions"
    assert find(shop, "de")[1] == 0
    drop_template(seller=shop.seller, kind="invoice_issued", language="en", now=NOW)
    assert find(shop) == house
    assert save(shop).version == 3


def test_broken_words_are_refused_when_saved(shop: Shop) -> None:
    with pytest.raises(BillingError, match=r"text, line 2: invoice\.numbr is no merge field"):
        save(shop, Wording("t", "\n{{ invoice.numbr }}"))
    with pytest.raises(BillingError, match="language must be like"):
        save(shop, language="../en")
    assert not MessageTemplate.objects.exists()


def test_a_preview_of_every_kind_needs_no_data(shop: Shop) -> None:
    for kind in KINDS:
        composed = preview_message(seller=shop.seller, kind=kind, now=NOW)
        assert composed.title
        assert "Example Hosting GmbH" in composed.text
    assert not Link.objects.exists()


def test_a_preview_of_what_is_there(shop: Shop) -> None:
    invoice = shop.invoice(10_00)
    composed = preview_message(
        seller=shop.seller,
        kind="invoice_issued",
        account=shop.account,
        subject=invoice.public_id,
        language="de",
        now=NOW,
    )
    assert invoice.label in composed.title
    assert "11,90 €" in composed.text
    assert not Link.objects.exists()
    tried = preview_message(
        seller=shop.seller, kind="invoice_issued", wording=OWN, now=NOW, account=shop.account
    )
    assert tried.title == "Bill INV-000123"


def test_another_accounts_document_is_not_shown(shop: Shop) -> None:
    invoice = shop.invoice(10_00)
    other = shop.open_account("A2")
    with pytest.raises(BillingError, match="has no invoice"):
        preview_message(
            seller=shop.seller,
            kind="invoice_issued",
            account=other,
            subject=invoice.public_id,
            now=NOW,
        )


def test_a_long_invoice_is_cut_and_still_adds_up(shop: Shop) -> None:
    invoice = shop.invoice(*[1_00] * 60)
    composed = preview_message(
        seller=shop.seller,
        kind="invoice_issued",
        account=shop.account,
        subject=invoice.public_id,
        now=NOW,
    )
    assert "+ 21" in composed.text
    assert "21.00 €" in composed.text
    assert len(composed.html) < 100_000


def test_text_messages_go_where_the_account_says(shop: Shop) -> None:
    for _ in range(2):
        route_messages(
            account=shop.account,
            channel="sms",
            address="+4930123456",
            kinds=["invoices"],
            now=NOW,
        )
    add_contact(account_id=shop.account.id, email="ada@example.com", now=NOW)
    invoice = shop.invoice(10_00)
    shop.pay(1_00)
    address_messages(now=NOW)
    assert sorted(Delivery.objects.values_list("channel", "message__kind")) == [
        ("mail", "invoice_issued"),
        ("mail", "receipt"),
        ("sms", "invoice_issued"),
    ]
    (delivery,) = claim_deliveries(channel="sms", now=NOW)
    parcel = prepare_parcel(delivery, now=NOW).parcel
    assert parcel.text.startswith(f"Example Hosting GmbH: invoice {invoice.label}")
    assert "/l/" in parcel.text
    assert not parcel.html
    assert not parcel.attachments
    route_messages(account=shop.account, channel="sms", address="+4930123456", kinds=[], now=NOW)
    assert Account.objects.get(id=shop.account.id).data["routes"] == []


@pytest.mark.parametrize(
    ("channel", "address", "kinds", "said"),
    [
        ("fax", "+4930123456", ["invoices"], "sms or chat"),
        ("sms", "030 123456", ["invoices"], "a number such as"),
        ("sms", "+4930123456", ["gossip"], "no kind of message"),
    ],
)
def test_bad_routes_are_refused(
    shop: Shop, channel: str, address: str, kinds: list[str], said: str
) -> None:
    with pytest.raises(BillingError, match=said):
        route_messages(account=shop.account, channel=channel, address=address, kinds=kinds, now=NOW)


def test_a_lease_keeps_others_away_and_ends(shop: Shop) -> None:
    add_contact(account_id=shop.account.id, email="ada@example.com", now=NOW)
    queue_message(kind="welcome", account=shop.account, subject="x", now=NOW, on=DAY)
    address_messages(now=NOW)
    assert len(claim_deliveries(channel="mail", now=NOW)) == 1
    assert not claim_deliveries(channel="mail", now=NOW + timedelta(minutes=9))
    assert len(claim_deliveries(channel="mail", now=NOW + timedelta(minutes=11))) == 1
