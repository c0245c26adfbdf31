"""How a seller appears is checked before any page, mail or payment finds out."""

from __future__ import annotations

from typing import Any

import pytest

from quarterday.core.errors import BillingError
from quarterday.services.errors import Conflict
from quarterday.services.sellers.change_brand import change_brand
from quarterday.services.sellers.open_seller import open_seller
from quarterday.store.models import Brand, Event
from quarterday.store.queries.paying import list_offered
from tests.services.till import NOW, Shop

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9"><rect fill="url(#a)" width="9"/></svg>'


def change(shop: Shop, **terms: Any) -> Brand:
    return change_brand(seller=shop.seller, now=NOW, **terms)


def test_a_brand_is_changed_detail_by_detail(shop: Shop) -> None:
    change(shop, site_name="Example Hosting", accent="#0B6E4F", domain="Billing.Example.COM")
    brand = change(shop, data={"iban": "DE89 3704 0044 0532 0130 00"})
    brand.refresh_from_db()
    assert (brand.site_name, brand.accent) == ("Example Hosting", "#0b6e4f")
    assert (brand.domain, brand.data) == ("billing.example.com", {"iban": "DE89370400440532013000"})
    assert change(shop, domain="", accent="").domain is None
    assert Event.objects.filter(kind="brand.changed").count() == 3


def test_the_same_again_changes_nothing(shop: Shop) -> None:
    for _ in range(2):
        change(shop, logo=PNG, data={"support_email": "help@example.com"})
    assert Event.objects.filter(kind="brand.changed").count() == 1


@pytest.mark.parametrize(
    ("logo", "kind"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 32, "image/jpeg"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (SVG, "image/svg+xml"),
        (b"", ""),
    ],
)
def test_a_logo_is_what_its_bytes_say(shop: Shop, logo: bytes, kind: str) -> None:
    brand = change(shop, logo=logo)
    brand.refresh_from_db()
    assert (brand.logo_type, bytes(brand.logo or b"")) == (kind, logo)


@pytest.mark.parametrize(
    ("logo", "words"),
    [
        (b"GIF89a", "not a PNG"),
        (PNG + b"\0" * 600_000, "make it smaller"),
        (SVG.replace(b"<rect", b"<script>alert(1)</script><rect"), "holds <script>"),
        (SVG.replace(b"<rect", b"<foreignObject/><rect"), "holds <foreignObject>"),
        (SVG.replace(b"<rect", b'<rect onclick="x()"'), "onclick"),
        (SVG.replace(b"#a", b"https://example.com/a.png"), "could load"),
        (SVG.replace(b"<rect", b'<use href="https://example.com/a.svg"/><rect'), "could load"),
        (SVG.replace(b"<rect", b"<style>*{}</style><rect"), "holds <style>"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG, "document type"),
        (SVG[:-3], "cannot be read"),
        (b"<svg" + b"\xff\xfe", "cannot be read"),
    ],
)
def test_a_logo_that_could_do_something_is_refused(shop: Shop, logo: bytes, words: str) -> None:
    with pytest.raises(BillingError, match=words):
        change(shop, logo=logo)
    assert not Brand.objects.filter(logo__isnull=False).exists()


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"accent": "red"}, "must be a colour"),
        ({"domain": "https://example.com"}, "must be a host name"),
        ({"domain": "a..b"}, "must be a host name"),
        ({"logo": PNG, "logo_type": "image/jpeg"}, "correct one of the two"),
        ({"custom_css": "a{background:url(https://example.com/x)}"}, "must not load anything"),
        ({"custom_css": "@import 'x'"}, "must not load anything"),
        ({"custom_css": "a" * 20_001}, "shorten it"),
        ({"data": {"iban": "DE89370400440532013001"}}, "wrong check digits"),
        ({"data": {"bic": "X"}}, "8 or 11"),
        ({"data": {"terms_url": "javascript:alert(1)"}}, "must be an address"),
        ({"data": {"support_email": "nobody"}}, "must be a mail address"),
        ({"data": {"link_hosts": "example.com"}}, "must be a list"),
        ({"data": {"link_hosts": ["https://x"]}}, "must be a host name"),
        ({"data": {"gateways": {"nothing": {}}}}, "no gateway 'nothing'"),
        ({"data": {"gateways": {"sandbox": {"is_enabled": "yes"}}}}, "true or false"),
        ({"data": {"gateways": {"sandbox": {"hook_secret": "plain"}}}}, "env:VARIABLE"),
        ({"data": {"gateways": {"sandbox": {"colour": "red"}}}}, "has no 'colour'"),
        ({"data": {"gateways": {"sandbox": {"currencies": ["XXX"]}}}}, "not an ISO 4217"),
        ({"data": {"add_funds": {"EUR": {"min_minor": 0}}}}, "from 1"),
        ({"data": {"add_funds": {"EUR": {"max_minor": 10**9}}}}, "rising order"),
        ({"data": {"footer": "\x00"}}, "cannot be kept"),
    ],
)
def test_bad_details_name_their_field(shop: Shop, terms: dict[str, Any], words: str) -> None:
    with pytest.raises(BillingError, match=words):
        change(shop, **terms)
    assert not Brand.objects.exists()


def test_a_domain_belongs_to_one_seller(shop: Shop) -> None:
    change(shop, domain="billing.example.com")
    other = open_seller(
        code="other",
        name="Example Other",
        country="DE",
        time_zone="Europe/Berlin",
        currency="EUR",
        now=NOW,
    )
    with pytest.raises(Conflict, match="another seller"):
        change_brand(seller=other, now=NOW, domain="billing.example.com")


def test_what_is_set_up_is_offered_and_tests_only_when_asked_for(shop: Shop) -> None:
    def offered(currency: str = "EUR") -> list[str]:
        shop.seller.refresh_from_db()
        return [one.code for one in list_offered(shop.seller, currency)]

    assert offered() == []
    change(shop, data={"iban": "DE89370400440532013000"})
    assert offered() == ["bank_transfer"]
    data = {"iban": "DE89370400440532013000", "gateways": {"sandbox": {"is_enabled": True}}}
    change(shop, data=data)
    assert offered() == ["sandbox", "bank_transfer"]
    data["gateways"] = {
        "sandbox": {"is_enabled": True, "currencies": ["USD"]},
        "bank_transfer": {"is_enabled": False},
    }
    change(shop, data=data)
    assert offered() == []
    assert offered("USD") == ["sandbox"]
