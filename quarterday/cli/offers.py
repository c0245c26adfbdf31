"""``quarterday offers``: what strangers can order."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import Json, Limit, SellerCode, read_clock
from quarterday.cli.output import print_json, print_list, say

group = make_group("Put products into the public catalogue, and see what stands there.")


@command(group, "list")
def list_all(seller: SellerCode = None, limit: Limit = 100, as_json: Json = False) -> None:
    """List offers, as they stand in the catalogue."""
    from quarterday.store.queries.orders import list_offers
    from quarterday.store.queries.references import find_seller

    rows = list_offers(seller=find_seller(seller) if seller else None, limit=limit)
    shown = "product seller group public activation on_invoice max_quantity headline"
    print_list([_record(row) for row in rows], shown, limit, as_json)


@command(group, "publish")
def publish(
    product: Annotated[
        str, typer.Argument(metavar="PRODUCT", help="The code of the product to offer.")
    ],
    group_code: Annotated[
        str, typer.Option("--group", metavar="CODE", help="The shelf that it stands on.")
    ],
    group_name: Annotated[
        str | None, typer.Option("--group-name", help="The name of a new shelf.")
    ] = None,
    headline: Annotated[str | None, typer.Option(help="One line below its name.")] = None,
    description: Annotated[str | None, typer.Option(help="A paragraph about it.")] = None,
    feature: Annotated[
        list[str] | None, typer.Option("--feature", help="What it has; repeat it.")
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(
            "--option",
            metavar="JSON",
            help='A choice: {"code": "disk", "name": "Disk", "choices": ["", "disk/large"]}.',
        ),
    ] = None,
    addon: Annotated[
        list[str] | None,
        typer.Option("--addon", metavar="PRODUCT", help="What can be added; repeat it."),
    ] = None,
    activation: Annotated[
        str | None, typer.Option(help="When the service starts: on_order, on_payment or by_hand.")
    ] = None,
    on_invoice: Annotated[
        bool | None, typer.Option("--on-invoice/--pay-now", help="Whether it may be paid later.")
    ] = None,
    max_quantity: Annotated[
        int | None, typer.Option("--max-quantity", min=1, help="How many at a time.")
    ] = None,
    public: Annotated[
        bool | None, typer.Option("--public/--hidden", help="Whether strangers see it.")
    ] = None,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Offer a product in public, or change how; what is left out stays as it is."""
    from quarterday.services.catalog.publish_offer import publish_offer
    from quarterday.store.queries.references import find_seller

    found = _find_product(row := find_seller(seller), product)
    given: dict[str, Any] = {
        "headline": headline,
        "description": description,
        "features": feature,
        "options": None if option is None else [_read_option(one) for one in option],
        "addons": addon,
        "activation": activation,
        "on_invoice": on_invoice,
        "max_quantity": max_quantity,
        "is_public": public,
    }
    offer = publish_offer(
        product=found,
        group=_find_group(row, group_code, group_name, read_clock()),
        now=read_clock(),
        actor=ACTOR,
        **_merge(found, given),
    )
    if as_json:
        print_json(_record(offer))
    else:
        state = "offered in public" if offer.is_public else "kept out of the catalogue"
        say(f"Product {found.code} is {state}, in group {offer.group.code}.")


def _merge(product: Any, given: dict[str, Any]) -> dict[str, Any]:
    """What is given, and for the rest what the offer says already."""
    known = getattr(product, "offer", None)
    kept = {name: getattr(known, name) for name in (*given, "position")} if known else {}
    return {**kept, **{name: value for name, value in given.items() if value is not None}}


def _find_product(seller: Any, code: str) -> Any:
    from quarterday.core.errors import BillingError
    from quarterday.store.models import Product

    found = Product.objects.select_related("offer", "seller").filter(seller=seller, code=code)
    row = found.first()
    if row is None:
        raise BillingError(f"seller {seller} has no product {code!r}")
    return row


def _find_group(seller: Any, code: str, name: str | None, now: Any) -> Any:
    """The shelf, made or renamed when a name is given."""
    from quarterday.core.errors import BillingError
    from quarterday.services.catalog.publish_group import publish_group
    from quarterday.store.models import ProductGroup

    known = ProductGroup.objects.filter(seller=seller, code=code).first()
    if name is None and known is None:
        raise BillingError(f"there is no group {code!r}; name it by --group-name")
    if name is None or (known is not None and known.name == name):
        return known
    details: dict[str, Any] = {}
    if known is not None:
        details = {"description": known.description, "position": known.position}
    return publish_group(seller=seller, code=code, name=name, now=now, actor=ACTOR, **details)


def _read_option(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no JSON object") from None


def _record(row: Any) -> dict[str, Any]:
    return {
        "product": row.product.code,
        "seller": row.product.seller.code,
        "group": row.group.code,
        "public": row.is_public,
        "headline": row.headline,
        "features": row.features,
        "options": row.options,
        "addons": row.addons,
        "activation": str(row.activation),
        "on_invoice": row.on_invoice,
        "max_quantity": row.max_quantity,
    }
