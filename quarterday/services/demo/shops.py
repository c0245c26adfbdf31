"""How the sellers of the sample look, and what strangers can order of them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from quarterday.services.demo.sample import Record

_LOGOS = Path(__file__).parent / "logos"
_PANEL = {
    "kind": "webhook",
    "url": "https://panel.hosting.example/services",
    "secret": "env:DEMO_PANEL_SECRET",
}
_DUNNING = {"hosting": "standard", "wisp": "isp", "software": "gentle"}


def make_brand(seller: str, accent: str, site_name: str, **data: Any) -> Record:
    """The face of a seller; its logo lies beside this file."""
    logo = b64encode((_LOGOS / f"{seller}.png").read_bytes()).decode()
    return {
        "type": "brand",
        "site_name": site_name,
        "accent": accent,
        "logo": f"data:image/png;base64,{logo}",
        # Nobody should need a real card to see what paying is like.
        "data": {
            "terms_version": "2026-01",
            "gateways": {"sandbox": {"is_enabled": True}},
            "dunning": _DUNNING[seller],
            **data,
        },
    }


def make_hosting_shop() -> Iterator[Record]:
    """Web space, servers and domain names, paid at once."""
    yield make_brand(
        "hosting",
        "#1f7a50",
        "Example Hosting",
        shop_title="Hosting that stays out of your way",
        shop_text="Web space, servers and names, run with care. Change or cancel at any time.",
        support_email="help@hosting.example",
        phone="+49 30 0000000",
        website="https://hosting.example",
        terms_url="https://hosting.example/terms",
        iban="DE02120300000000202051",
        provisioners={"panel": _PANEL},
        bic="BYLADEM1001",
        bank="Example Bank",
        footer=["Example Hosting GmbH", "Beispielweg 1, 00000 Musterstadt"],
    )
    yield from _extra_plans(
        ("disk", "Storage"),
        ("disk/20", "1 month", "20 GB of storage", "0"),
        ("disk/100", "1 month", "100 GB of storage", "3.00"),
        ("disk/20-year", "1 year", "20 GB of storage, yearly", "0"),
        ("disk/100-year", "1 year", "100 GB of storage, yearly", "30.00"),
    )
    yield from _extra_plans(("care", "Care"), ("care/monthly", "1 month", "Updates by us", "9.00"))
    yield from _extra_plans(None, ("server/s-year", "1 year", "Server S, yearly", "264.00"))
    yield {"type": "provisioning", "product": "web", "features": ["mail", "copies"]}
    yield {"type": "provisioning", "product": "server", "features": ["root"]}
    yield {"type": "provisioning", "product": "domain"}
    yield _group("web", "Web space", "For pages, shops and mail.", 1)
    yield _group("servers", "Servers", "A machine of your own, with full control.", 2)
    yield _group("names", "Domain names", "The name under which people find you.", 3)
    sizes = ["disk/20", "disk/100", "disk/20-year", "disk/100-year"]
    disk: Record = {"code": "disk", "name": "Storage", "choices": sizes}
    yield _offer(
        "web",
        "web",
        headline="Everything for your site, ready in a minute",
        features=["Certificates included", "Daily copies for 14 days", "Mail under your name"],
        options=[disk],
        addons=["backup", "mail", "care"],
        max_quantity=5,
    )
    yield _offer(
        "server",
        "servers",
        headline="Virtual servers on fast disks",
        features=["Full control", "Own address", "20 TB of traffic"],
        addons=["backup", "care"],
        max_quantity=10,
    )
    yield _offer(
        "domain",
        "names",
        headline="One name for a year",
        features=["Moves in and out are free", "Your data are not shown"],
        max_quantity=20,
        activation="by_hand",
    )
    for code, most, headline in (
        ("backup", 1000, "Kept for 90 days, in another building, by the GB"),
        ("mail", 500, "In packs of five"),
        ("care", 1, "We install updates and look after the system"),
    ):
        yield _offer(code, "web", headline=headline, max_quantity=most, is_public=False)


def make_wisp_shop() -> Iterator[Record]:
    """Internet at home and at work; the bill comes afterwards."""
    yield make_brand(
        "wisp",
        "#a3561a",
        "Example Prairie Internet",
        shop_title="Fast internet, out where you are",
        shop_text="By radio from our towers. No contract longer than a month.",
        support_email="hello@prairie.example",
        phone="+1 555 0100",
        website="https://prairie.example",
        terms_url="https://prairie.example/terms",
        bank="Example Prairie Bank",
        payment_instructions="ACH: routing 000000000, account 000123456",
        footer=["Example Prairie Internet LLC, 1 Example Road, Sampleton"],
    )
    yield from _extra_plans(
        ("router", "Router"),
        ("router/rent", "1 month", "Router for rent", "5.00"),
        ("router/mesh", "1 month", "Router with two repeaters", "9.00"),
    )
    yield {"type": "provisioning", "product": "air", "features": ["internet"]}
    yield {"type": "provisioning", "product": "fixed", "features": ["internet", "address"]}
    yield _group("home", "At home", "", 1)
    yield _group("work", "At work", "", 2)
    router = {"code": "router", "name": "Router", "choices": ["", "router/rent", "router/mesh"]}
    yield _offer(
        "air",
        "home",
        headline="Up to 100 Mbit/s at your house",
        features=["Put up by our people", "No data cap with Plus"],
        options=[router],
        activation="by_hand",
        on_invoice=True,
    )
    yield _offer(
        "fixed",
        "work",
        headline="A line of your own with a promise",
        features=["Back within four hours", "Fixed address"],
        activation="by_hand",
        on_invoice=True,
    )


def make_software_shop() -> Iterator[Record]:
    """Seats of a help desk; the first weeks are free, then it is paid by invoice."""
    yield make_brand(
        "software",
        "#3f59c9",
        "Example Desk",
        shop_title="A help desk your team will like",
        shop_text="All conversations in one place. Prices include tax.",
        support_email="desk@software.example",
        website="https://software.example",
        terms_url="https://software.example/terms",
        bank="Example Bank, Tokyo",
        payment_instructions="Example Bank, Tokyo branch, account 0001234",
        footer=["Example Software KK"],
    )
    yield {"type": "product", "code": "assist", "name": "Phone support"}
    yield _plan("assist/monthly", "1 month", "Phone support", anchoring="calendar")
    model = {"model": "flat", "amount": "5500"}
    price = {"type": "price", "plan": "assist/monthly", "code": "v1", "model": model}
    yield {**price, "tax_inclusive": True}
    yield _group("desk", "Help desk", "Pay for those who answer; readers are free.", 1)
    yield _offer(
        "desk",
        "desk",
        headline="Answer mail, chat and phone together",
        features=["Cheaper from the eleventh seat", "Leave at the end of any month"],
        addons=["assist"],
        max_quantity=200,
        activation="on_order",
        on_invoice=True,
    )


def _group(code: str, name: str, description: str, position: int) -> Record:
    return {
        "type": "product_group",
        "code": code,
        "name": name,
        "description": description,
        "position": position,
    }


def _offer(product: str, group: str, **details: Any) -> Record:
    return {"type": "offer", "product": product, "group": group, **details}


def _plan(plan: str, cadence: str, name: str, **details: Any) -> Record:
    product, _, code = plan.partition("/")
    plain = {"type": "plan", "product": product, "code": code, "name": name, "cadence": cadence}
    return {**plain, **details}


def _extra_plans(
    product: tuple[str, str] | None, *plans: tuple[str, str, str, str]
) -> Iterator[Record]:
    """A product that only the shop sells, with flat prices."""
    if product is not None:
        code, name = product
        yield {"type": "product", "code": code, "name": name, "income_code": code}
    for plan, cadence, name, amount in plans:
        yield _plan(plan, cadence, name)
        model = {"model": "flat", "amount": amount}
        yield {"type": "price", "plan": plan, "code": "v1", "model": model}
