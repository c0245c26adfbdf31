"""``quarterday sellers``: those who bill, and how they appear to their customers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR, parse_pairs
from quarterday.cli.options import Json, read_clock
from quarterday.cli.output import print_facts, print_json, print_list, say

if TYPE_CHECKING:
    from quarterday.store.models import Brand, Seller

group = make_group("See who bills, and say how they appear to their customers.")
Code = Annotated[
    str | None, typer.Argument(metavar="[CODE]", help="The seller; needed where there are several.")
]


@command(group, "list")
def list_all(as_json: Json = False) -> None:
    """List sellers."""
    from quarterday.store.models import Seller

    rows = Seller.objects.select_related("brand").order_by("code")
    shown = "code name country currency time_zone"
    print_list([_record(row) for row in rows], shown, 0, as_json)


@command(group, "show")
def show(code: Code = None, as_json: Json = False) -> None:
    """Show a seller, how it appears, and which ways to pay it offers."""
    from quarterday.store.queries.references import find_seller

    row = find_seller(code)
    record = _record(row) | _brand_record(row)
    if as_json:
        print_json(record)
        return
    facts = [(name.replace("_", " "), value) for name, value in record.items() if name != "data"]
    print_facts([(name, _plain(value)) for name, value in facts if value not in ("", None, [])])
    for name, value in sorted(record["data"].items()):
        say(f"  {name}: {json.dumps(value, ensure_ascii=False)}")


@command(group, "brand")
def change(
    code: Code = None,
    site_name: Annotated[str | None, typer.Option(help="What pages and mails call it.")] = None,
    domain: Annotated[
        str | None, typer.Option(help="The host name of its portal, such as billing.example.com.")
    ] = None,
    accent: Annotated[str | None, typer.Option(help="Its colour, such as #0b6e4f.")] = None,
    logo: Annotated[
        Path | None, typer.Option(metavar="FILE", help="PNG, JPEG, WebP, or SVG of shapes.")
    ] = None,
    css: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Rules that are added to every page.")
    ] = None,
    details: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="Such as support_email=help@example.com; dots lead inside; empty takes it away.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Change how a seller appears: name, address, colour, logo, bank account, ways to pay.

    An option that is given empty, such as --domain "", takes the detail away.
    """
    from quarterday.services.sellers.change_brand import change_brand
    from quarterday.store.models import Brand
    from quarterday.store.queries.references import find_seller

    row = find_seller(code)
    known = Brand.objects.filter(seller=row).first()
    brand = change_brand(
        seller=row,
        now=read_clock(),
        site_name=site_name,
        domain=domain,
        accent=accent,
        logo=None if logo is None else _read(logo),
        custom_css=None if css is None else _read(css).decode("utf-8", "replace"),
        data=_merge(known, details) if details else None,
        actor=ACTOR,
    )
    row.brand = brand
    if as_json:
        print_json(_record(row) | _brand_record(row))
    else:
        changed = f"; set: {', '.join(parse_pairs(details))}" if details else ""
        say(f"Seller {row.code} appears as {brand.site_name or row.name}{changed}.")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error.strerror}") from None


def _merge(known: Brand | None, pairs: list[str]) -> dict[str, Any]:
    """The details with some changed; ``gateways.sandbox.is_enabled`` leads inside."""
    data: dict[str, Any] = json.loads(json.dumps(known.data if known else {}))
    for name, text in parse_pairs(pairs).items():
        *way, last = name.split(".")
        place = data
        for part in way:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise typer.BadParameter(f"{part} of {name} is a single value; set it as a whole")
        if text:
            place[last] = _value(text)
        else:
            place.pop(last, None)
    return data


def _value(text: str) -> Any:
    """Truth values, lists and whole numbers as such, anything else as text."""
    if text in ("true", "false") or text.startswith(("[", "{")):
        try:
            return json.loads(text)
        except ValueError:
            raise typer.BadParameter(f"{text!r} is no JSON; check its brackets") from None
    return int(text) if text.isdecimal() and len(text) < 16 and text == str(int(text)) else text


def _record(row: Seller) -> dict[str, Any]:
    return {
        "code": row.code,
        "id": row.public_id,
        "name": row.name,
        "country": row.country,
        "currency": row.currency,
        "time_zone": row.time_zone,
        "language": row.language,
    }


def _brand_record(row: Seller) -> dict[str, Any]:
    from quarterday.store.models import Brand
    from quarterday.store.queries.paying import list_offered

    brand = getattr(row, "brand", None) or Brand(seller=row)
    return {
        "site_name": brand.site_name,
        "domain": brand.domain,
        "accent": brand.accent,
        "logo": f"{brand.logo_type}, {len(brand.logo):,} bytes" if brand.logo else None,
        "ways_to_pay": [one.code for one in list_offered(row, row.currency)],
        "data": brand.data,
    }


def _plain(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value
