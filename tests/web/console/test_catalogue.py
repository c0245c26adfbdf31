"""The room of the catalogue: prices with examples and effects, taxes in time, discounts."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quarterday.services.catalog.publish_plan import publish_plan
from quarterday.services.catalog.publish_price import publish_price
from quarterday.services.sellers.open_seller import open_seller
from quarterday.store.models import (
    Discount,
    Event,
    Message,
    Offer,
    Plan,
    Price,
    Product,
    ScheduledRun,
    SubscriptionItem,
    TaxRate,
)
from tests.services.till import DAY, NOW, Shop
from tests.web.console.staffer import Staffer, hire

pytestmark = pytest.mark.django_db
HOME = "/console/catalogue/"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDAY_NOW", NOW.isoformat())


def make_price(shop: Shop, code: str = "web", amount: str = "10") -> Price:
    plan = publish_plan(product=shop.hosting, code=code, name=f"{code} monthly", now=NOW)
    model = {"model": "per_unit", "unit_price": amount}
    return publish_price(plan=plan, code="v1", currency="EUR", model=model, now=NOW)


def version(**given: str) -> dict[str, str]:
    return {
        "model": "per_unit",
        "per_unit_unit_price": "12.50",
        "code": "v2",
        "on": DAY.isoformat(),
        "who": "none",
    } | given


def test_a_new_version_shows_its_effect_and_moves_who_is_to_move(shop: Shop) -> None:
    staffer, price = Staffer(hire(shop.seller)), make_price(shop)
    shop.subscribe(price.plan, "one")
    shop.bill()
    url = f"{HOME}prices/{price.public_id}/version/"
    assert 'value="v1-2"' in staffer.see(url)
    example = staffer.client.post(f"{HOME}prices/{price.public_id}/try/", version()).content
    assert "25.00 €" in example.decode()
    assert "2.50 € more recurs in a month" in example.decode()
    for wrong, said in (
        ({"per_unit_unit_price": ""}, "Give a number"),
        ({"per_unit_unit_price": "x"}, "Enter a number"),
        ({"code": "v1"}, "There is a price with this code"),
        ({"on": "2020-01-01"}, "This day has passed"),
        ({"who": "from"}, "Say from which day"),
        ({"who": "from", "begin": "2020-01-01"}, "Nobody can move before"),
        ({"model": "graduated"}, "Give at least one tier"),
    ):
        assert said in staffer.refuse(url, 200, **version(**wrong)), wrong
    assert "1 contract has" in staffer.refuse(url, 200, **version(who="next"))
    # Telling is what happens unless somebody takes the tick away.
    assert re.search(r'name="tell"[^>]* checked', staffer.see(url))
    # Nobody can be written to yet.
    page = staffer.refuse(url, 200, **version(who="next", tell="on"))
    assert "One customer cannot be reached by mail: write to them" in page
    assert "told by mail" not in page
    shop.account.contacts.create(email="ann@customer.example")
    page = staffer.refuse(url, 200, **version(who="next", tell="on"))
    assert "One customer is told by mail on Monday" in page and "cannot be" not in page
    assert "1 April 2026, so they have at least 30 days of notice" in page
    assert 'name="tell" value="True"' in page
    assert "Nobody is told" in staffer.refuse(url, 200, **version(who="next"))
    same = version(who="next", tell="on", per_unit_unit_price="10", setup_fee="9")
    assert "stays the same, so nobody is told" in staffer.refuse(url, 200, **same)
    gross = staffer.refuse(url, 200, **version(who="next", tax_inclusive="on"))
    assert "Now, before tax" in gross and "New, tax included" in gross
    # A day that was typed for another choice means nothing to this one.
    stale = staffer.refuse(url, 200, **version(who="next", begin="2026-09-01"))
    assert "All of them move when their next period begins" in stale
    assert "1 April 2026" in stale and "2026-09-01" not in stale
    assert "1 September 2026" in staffer.refuse(
        url, 200, **version(who="from", begin="2026-09-01", tell="on")
    )
    assert Price.objects.count() == 1
    tells = version(who="next", tell="True")
    assert "Done" in staffer.send(url, confirm="1", key="k", **tells)
    assert Price.objects.count() == 2
    assert "1 contract" in staffer.send(url, confirm="1", key="k", **tells)
    assert Price.objects.count() == 2
    told = Message.objects.get(kind="price_changed").data["price"]
    assert (told["on"], told["new"][0]["amount"]["minor"]) == ("2026-04-01", 1250)
    price.refresh_from_db()
    assert price.retired_on == DAY
    item = SubscriptionItem.objects.get(price__code="v2")
    assert item.start_on == date(2026, 4, 1)
    kinds = set(Event.objects.filter(actor=staffer.user.public_id).values_list("kind", flat=True))
    assert {"price.published", "price.retired", "subscription.price_changed"} <= kinds
    new = Price.objects.get(code="v2")
    tiers = {"tier0_up_to": "2", "tier0_unit_price": "9", "tier1_flat_fee": "1"}
    later = version(model="volume", code="v3", on="2031-01-01", **tiers)
    page = staffer.send(f"{HOME}prices/{new.public_id}/version/", confirm="1", **later)
    assert "It waits for its day" in page
    run = ScheduledRun.objects.order_by("id").last()
    assert run is not None
    assert run.scope["terms"]["model"]["tiers"][1] == {"flat_fee": "1"}
    assert Price.objects.count() == 2
    assert "Retire it" in staffer.see(f"{HOME}prices/{new.public_id}/retire/")
    assert "Retired" in staffer.send(f"{HOME}prices/{new.public_id}/retire/")


def test_the_run_names_whom_no_mail_reaches(shop: Shop) -> None:
    staffer, price = Staffer(hire(shop.seller)), make_price(shop)
    shop.subscribe(price.plan, "one")
    given = version(who="next", tell="True")
    page = staffer.send(f"{HOME}prices/{price.public_id}/version/", confirm="1", **given)
    assert "Not reached by mail" in page and "write to them" in page
    assert f'href="/console/accounts/{shop.account.public_id}/"' in page
    assert not Message.objects.exists()


def test_a_product_is_made_priced_and_offered(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    what = {"name": "Backup", "tax_class": "standard", "income_code": "sales"}
    new = HOME + "products/new/"
    assert "There is a product" in staffer.refuse(new, 200, code="hosting", **what)
    staffer.send(new, code="backup", **what)
    product = Product.objects.get(code="backup")
    url = f"{HOME}products/{product.public_id}/"
    assert "Saved" in staffer.send(url, **what | {"name": "Backups"})
    plan = {
        "name": "Monthly", "code": "m", "cadence_count": "1", "cadence_unit": "month",
        "anchoring": "start", "trial_days": "0",
    }  # fmt: skip
    assert "A new price" in staffer.send(url + "plans/new/", **plan)
    made = Plan.objects.get(code="m")
    price_url = f"{HOME}plans/{made.public_id}/prices/new/"
    given = {
        "model": "flat", "flat_amount": "3", "code": "v1", "currency": "eur", "timing": "advance",
        "convention": "actual_days", "policy": "prorate",
    }  # fmt: skip
    example = staffer.client.post(price_url.replace("/new/", "/try/"), given).content.decode()
    assert "3.00 €" in example
    page = staffer.refuse(price_url, 200, **given | {"currency": "QQQ"})
    assert "QQQ" in page.partition('role="alert"')[2].partition("<form")[0]
    assert "3.00 €" in staffer.send(price_url, **given)
    assert "charges all its prices together" in staffer.see(price_url)
    assert "Running contracts stay" in staffer.send(
        f"{HOME}plans/{made.public_id}/", **plan | {"trial_days": "14"}
    )
    offer = {
        "group": "Extras", "headline": "Safe", "features": "One\nTwo", "position": "5",
        "max_quantity": "3", "activation": "on_payment", "is_public": "on",
    }  # fmt: skip
    empty = {"options-TOTAL_FORMS": "1", "options-INITIAL_FORMS": "0"}
    assert "The shop shows it" in staffer.send(url + "offer/", **offer, **empty)
    assert Offer.objects.get(product=product).features == ["One", "Two"]
    disk = make_price(shop, "disk").plan
    options = {
        "options-TOTAL_FORMS": "2", "options-INITIAL_FORMS": "0",
        "options-0-name": "Disk space", "options-0-code": "",
        "options-0-choices": f"-\n hosting/{disk.code} ",
    }  # fmt: skip
    assert "The shop shows it" in staffer.send(url + "offer/", **offer, **options)
    wanted = {"code": "disk-space", "name": "Disk space", "choices": ["", "hosting/disk"]}
    assert Offer.objects.get(product=product).options == [wanted]
    page = staffer.see(url + "offer/")
    assert 'value="disk-space"' in page and "-\nhosting/disk" in page
    wrong = options | {"options-0-choices": "hosting/none"}
    assert "is no plan to add" in staffer.refuse(url + "offer/", 200, **offer, **wrong)
    assert Offer.objects.get(product=product).options == [wanted]
    gone = options | {"options-0-name": "", "options-0-choices": ""}
    staffer.send(url + "offer/", **offer, **gone)
    assert Offer.objects.get(product=product).options == []
    assert "Backups" in staffer.see(HOME + "?q=back")
    assert "Backups" not in staffer.see(HOME + "?q=zzz")


def test_a_tax_rate_follows_another_and_is_tried(shop: Shop) -> None:
    staffer = Staffer(hire(shop.seller))
    shop.subscribe(make_price(shop).plan, "one")
    old = TaxRate.objects.get(code="vat19")
    page = staffer.see(f"{HOME}taxes/new/?after={old.id}")
    assert 'value="vat19"' in page
    given = {
        "code": "vat19", "name": "VAT", "percent": "21", "country": "de", "tax_class": "standard",
        "valid_from": "2026-07-01", "level": "1",
    }  # fmt: skip
    page = staffer.refuse(HOME + "taxes/new/", 200, **given)
    assert "100.00 € bear 21.00 € of tax; it was 19.00 €" in page
    assert "of the class standard: 1." in page
    assert TaxRate.objects.count() == 2
    assert "Coming" in staffer.send(HOME + "taxes/new/", confirm="1", **given)
    old.refresh_from_db()
    assert old.valid_end == date(2026, 7, 1)
    sample = f"account={shop.account}&amount=200&tax_class=standard"
    assert "238.00 €" in staffer.see(f"{HOME}taxes/try/?{sample}&on=2026-06-30")
    assert "242.00 €" in staffer.see(f"{HOME}taxes/try/?{sample}&on=2026-07-01")
    assert "no tax rate" in staffer.see(f"{HOME}taxes/try/?{sample[:-8]}hat&on=2026-07-01")
    assert "no account" in staffer.see(
        f"{HOME}taxes/try/?{sample.replace('A1', 'x')}&on=2026-07-01"
    )
    last = TaxRate.objects.get(percent="21")
    end = f"{HOME}taxes/{last.id}/end/"
    assert "it can end after that" in staffer.refuse(end, 200, on="2026-07-01")
    assert "It ends there" in staffer.send(end, on="2026-12-31")
    north = open_seller(
        code="north", name="North", country="DE", time_zone="UTC", currency="EUR", now=NOW
    )
    Staffer(hire(north, "owner", "nora")).see(end, 404)


def test_a_discount_is_tried_published_and_ended(shop: Shop) -> None:
    staffer, price = Staffer(hire(shop.seller)), make_price(shop)
    given = {
        "code": "SPRING", "kind": "percentage", "value": "20", "duration": "periods",
        "periods": "3", "promotion": "new", "plan": price.plan.public_id, "quantity": "2",
    }  # fmt: skip
    page = staffer.client.post(HOME + "discounts/try/", given).content.decode()
    assert "16.00 €" in page
    assert "Until 3 periods are used" in page
    new = HOME + "discounts/new/"
    assert "At most 100" in staffer.refuse(new, 200, **given | {"value": "120"})
    assert "SPRING" in staffer.send(new, **given)
    assert "There is a discount" in staffer.refuse(new, 200, **given | {"code": "spring"})
    row = Discount.objects.get()
    url = f"{HOME}discounts/{row.public_id}/"
    staffer.send(url, name="Spring", promotion="all", valid_end="2026-05-01")
    row.refresh_from_db()
    assert (row.name, row.promotion, row.valid_end) == ("Spring", "all", date(2026, 5, 1))
    kept = {"name": "Spring", "promotion": "all", "valid_end": "2026-05-01"}
    staffer.send(url, max_uses="5", max_uses_per_account="1", **kept)
    row.refresh_from_db()
    assert (row.max_uses, row.max_uses_per_account) == (5, 1)
    assert "0 of 5, at most 1 of one account" in staffer.see(url)
    Discount.objects.update(uses=5)
    assert "Used up" in staffer.see(HOME + "discounts/")
    assert "more than 4 orders have used SPRING" in staffer.refuse(url, 200, max_uses="4", **kept)
    Discount.objects.update(uses=0)
    auditor = Staffer(hire(shop.seller, "auditor"))
    assert "Spring" in auditor.see(url)
    auditor.refuse(url, 403, name="x", promotion="all")
    auditor.refuse(new, 403, **given)


def test_pages_ask_as_much_however_much_there_is(shop: Shop) -> None:
    staffer, price = Staffer(hire(shop.seller)), make_price(shop)
    paths = ("", "taxes/", "discounts/", f"prices/{price.public_id}/")

    def measure() -> list[int]:
        found = []
        for path in paths:
            with CaptureQueriesContext(connection) as queries:
                staffer.see(HOME + path)
            found.append(len(queries))
        return found

    shop.subscribe(price.plan, "one")
    given = {"kind": "percentage", "seller": shop.seller, "value": 5}
    Discount.objects.create(code="D", **given)
    measure()
    few = measure()
    for number in range(4):
        other = make_price(shop, f"more{number}")
        shop.subscribe(other.plan, f"sub{number}")
        Discount.objects.create(code=f"D{number}", **given)
    assert measure() == few
