"""``quarterday staff``: who works in the console, and as what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import Json, SellerCode, read_clock
from quarterday.cli.output import print_json, print_list, say

if TYPE_CHECKING:
    from quarterday.store.models import Seller, StaffMember

group = make_group("Say who works in the console, and as what.")

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The address that they sign in with.")]
RoleName = Literal["owner", "finance", "support", "cashier", "auditor"]
RoleOption = Annotated[RoleName, typer.Option("--role", help="What they may do.")]


@command(group, "list")
def list_all(
    seller: SellerCode = None,
    ended: Annotated[bool, typer.Option("--ended", help="Also those who have gone.")] = False,
    as_json: Json = False,
) -> None:
    """List who works here, the most powerful first."""
    from quarterday.store.queries.staff import list_staff

    rows = list_staff(_find(seller), with_ended=ended)
    print_list([_record(row) for row in rows], "email name seller role since ended", 0, as_json)


@command(group, "add")
def add(
    email: Email,
    role: RoleOption,
    name: Annotated[str, typer.Option(help="What they are called.")] = "",
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Let somebody work for a seller, or for all sellers without --seller; print a way in.

    The link signs them in once, within 20 minutes; hand it to nobody else. They set up a passkey
    or an authenticator app then, without which the console stays closed. For another link later,
    see `users link`.
    """
    from quarterday.services.staff.add_staff import add_staff
    from quarterday.services.users.print_sign_in_link import print_sign_in_link
    from quarterday.store.models import Seller

    found, now = _find(seller), read_clock()
    row = add_staff(email=email, role=role, name=name, seller=found, now=now, actor=ACTOR)
    pages = found or Seller.objects.order_by("id").first()
    made = (
        print_sign_in_link(
            user=row.user, seller=pages, destination="/console/", now=now, actor=ACTOR
        )
        if pages
        else None
    )
    link = {"url": made.url, "until": made.link.expires_at.isoformat()} if made else {"url": ""}
    if as_json:
        print_json(_record(row) | link)
        return
    say(f"{row.user.email} works for {_where(row)} as {row.role}.")
    if made:
        say(f"Within 20 minutes, this link signs them in once:\n{made.url}")
    else:
        say("There is no seller yet; open one, and ask for a link by `users link`.")


@command(group, "change")
def change(
    email: Email, role: RoleOption, seller: SellerCode = None, as_json: Json = False
) -> None:
    """Give somebody another role."""
    from quarterday.services.staff.change_staff import change_staff
    from quarterday.store.queries.staff import find_member

    member = find_member(email, _find(seller))
    row = change_staff(member=member, role=role, now=read_clock(), actor=ACTOR)
    _tell(as_json, row, f"{row.user.email} works for {_where(row)} as {row.role}.")


@command(group, "remove")
def remove(email: Email, seller: SellerCode = None, as_json: Json = False) -> None:
    """Let somebody go: they are signed out, and the console is closed to them."""
    from quarterday.services.staff.change_staff import end_staff
    from quarterday.store.queries.staff import find_member

    row, now = find_member(email, _find(seller)), read_clock()
    end_staff(member=row, now=now, actor=ACTOR)
    row.ended_at = now
    _tell(as_json, row, f"{row.user.email} does not work for {_where(row)} any more.")


def _find(seller: str | None) -> Seller | None:
    """The seller that is named; without a name all of them are meant."""
    from quarterday.store.queries.references import find_seller

    return find_seller(seller) if seller else None


def _where(row: StaffMember) -> str:
    return row.seller.name if row.seller else "all sellers"


def _tell(as_json: bool, row: StaffMember, text: str) -> None:
    if as_json:
        print_json(_record(row))
    else:
        say(text)


def _record(row: StaffMember) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "email": row.user.email,
        "name": row.user.name,
        "seller": row.seller.code if row.seller else None,
        "role": row.role,
        "since": row.since.isoformat(),
        "ended": row.ended_at.isoformat() if row.ended_at else None,
    }
