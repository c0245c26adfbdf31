"""``quarterday keys``: by which other programs may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import Json, SellerCode, read_clock
from quarterday.cli.output import print_json, print_list, say

if TYPE_CHECKING:
    from quarterday.store.models import ApiKey

group = make_group("Keys by which other programs may ask.")


@command(group, "list")
def list_all(seller: SellerCode = None, as_json: Json = False) -> None:
    """List keys that may ask, by their beginnings."""
    from quarterday.store.queries.hooks import list_keys
    from quarterday.store.queries.references import find_seller

    rows = list_keys(find_seller(seller) if seller else None)
    shown = "id name start seller scopes created_at used_on"
    print_list([_record(row) for row in rows], shown, 0, as_json)


@command(group, "add")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Which program it is for.")],
    scope: Annotated[
        list[str] | None, typer.Option("--scope", help="entitlements or reports; may be repeated.")
    ] = None,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Make a key; it is shown this once."""
    from quarterday.services.keys.add_key import add_key
    from quarterday.store.queries.references import find_seller

    row, text = add_key(
        seller=find_seller(seller),
        name=name,
        scopes=scope or ["entitlements"],
        now=read_clock(),
        actor=ACTOR,
    )
    if as_json:
        print_json(_record(row) | {"key": text})
        return
    say(f"The key of {row.name}, which is not shown again:\n{text}")


@command(group, "revoke")
def revoke(
    key: Annotated[str, typer.Argument(metavar="KEY", help="By its id (key_…) or beginning.")],
    as_json: Json = False,
) -> None:
    """Let nobody in with a key any more."""
    from quarterday.services.keys.revoke_key import revoke_key
    from quarterday.store.queries.hooks import find_key

    row = find_key(key)
    is_new = revoke_key(key=row, now=read_clock(), actor=ACTOR)
    if as_json:
        print_json({"id": row.public_id, "revoked": is_new})
        return
    say(f"The key of {row.name} is revoked." if is_new else "It was revoked before.")


def _record(row: ApiKey) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "name": row.name,
        "start": row.start,
        "seller": row.seller.code,
        "scopes": " ".join(row.scopes),
        "created_at": row.created_at.isoformat(timespec="seconds"),
        "used_on": row.used_on,
    }
