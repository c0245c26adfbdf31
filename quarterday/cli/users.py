"""``quarterday users``: those who sign in, and the accounts that they act for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import (
    AccountArgument,
    AccountOption,
    Json,
    Limit,
    SellerCode,
    read_clock,
)
from quarterday.cli.output import print_json, print_list, say

if TYPE_CHECKING:
    from quarterday.store.models import Membership, User

group = make_group("Let people sign in, say for which accounts they act, and help them in.")

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The address that they sign in with.")]
RoleName = Literal["owner", "billing", "technical", "read_only"]
RoleOption = Annotated[RoleName, typer.Option("--role", help="What they may do for the account.")]


@command(group, "list")
def list_all(
    account: AccountOption = None,
    seller: SellerCode = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List who signs in, with the account and the role; once for each account."""
    from quarterday.store.queries.people import list_users
    from quarterday.store.queries.references import find_account

    found = find_account(account, seller) if account else None
    records = [_record(user, row) for user, row in list_users(account=found, limit=limit)]
    print_list(records, "email name account role staff", limit, as_json)


@command(group, "add")
def add(
    email: Email,
    name: Annotated[str, typer.Option(help="What they are called.")] = "",
    language: Annotated[str, typer.Option(help="Language of their pages, such as en.")] = "",
    account: AccountOption = None,
    role: RoleOption = "owner",
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Let somebody sign in, and act for an account where one is named; no mail is sent.

    They sign in by a link mailed to their address, and may set a password then.
    """
    from quarterday.services.users.add_user import add_member, add_user
    from quarterday.store.queries.references import find_account

    found = find_account(account, seller) if account else None
    user, row = add_user(email=email, name=name, language=language), None
    if found is not None:
        row = add_member(account_id=found.id, user=user, role=role, now=read_clock(), actor=ACTOR)
    text = f"{user.email} can sign in{f' and act for {found} as {role}' if found else ''}."
    _tell(as_json, _record(user, row), text)


@command(group, "invite")
def invite(
    account: AccountArgument,
    email: Email,
    role: RoleOption,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Ask somebody by mail to act for an account; they get access once they accept."""
    from quarterday.services.users.invite_person import invite_person
    from quarterday.store.queries.references import find_account

    found = find_account(account, seller)
    row = invite_person(account_id=found.id, email=email, role=role, now=read_clock(), actor=ACTOR)
    until = row.expires_at.isoformat()
    record = {"id": row.public_id, "email": row.email, "role": row.role, "until": until}
    _tell(as_json, record, f"{row.email} is invited to {found} until {until[:10]}.")


@command(group, "role")
def change(
    account: AccountArgument,
    email: Email,
    role: RoleOption,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Give somebody another role for an account."""
    from quarterday.services.users.change_role import change_role
    from quarterday.store.queries.people import find_user
    from quarterday.store.queries.references import find_account

    found, user = find_account(account, seller), find_user(email)
    row = change_role(
        account_id=found.id, user_id=user.id, role=role, now=read_clock(), actor=ACTOR
    )
    _tell(as_json, _record(user, row), f"{user.email} acts for {found} as {role}.")


@command(group, "remove")
def remove(
    account: AccountArgument, email: Email, seller: SellerCode = None, as_json: Json = False
) -> None:
    """Let somebody act for an account no longer; they can still sign in."""
    from quarterday.services.users.change_role import remove_member
    from quarterday.store.queries.people import find_user
    from quarterday.store.queries.references import find_account

    found, user = find_account(account, seller), find_user(email)
    remove_member(account_id=found.id, user_id=user.id, now=read_clock(), actor=ACTOR)
    _tell(as_json, _record(user, None), f"{user.email} has no access to {found}.")


@command(group, "reset")
def reset(email: Email, as_json: Json = False) -> None:
    """Take the second step away and sign somebody out everywhere, when phone and codes are lost.

    Know first that it is them who ask. They sign in by mail or password then, and are told.
    """
    from quarterday.services.users.record_sign_in import end_sign_ins
    from quarterday.services.users.second_step import stop_second_step
    from quarterday.store.queries.people import find_user

    user, now = find_user(email), read_clock()
    stop_second_step(user=user, now=now, actor=ACTOR)
    end_sign_ins(user=user, now=now, actor=ACTOR)
    text = f"{user.email} signs in without a second step, and is signed out everywhere."
    _tell(as_json, _record(user, None), text)


@command(group, "link")
def link(
    email: Email,
    page: Annotated[str, typer.Option(help="The page to open, such as /invoices/.")] = "/",
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Print a link that signs somebody in, once, within 20 minutes. Hand it to nobody else."""
    from quarterday.services.users.print_sign_in_link import print_sign_in_link
    from quarterday.store.queries.people import find_user
    from quarterday.store.queries.references import find_seller

    made = print_sign_in_link(
        user=find_user(email),
        seller=find_seller(seller) if seller else None,
        destination=page,
        now=read_clock(),
        actor=ACTOR,
    )
    _tell(as_json, {"url": made.url, "until": made.link.expires_at.isoformat()}, made.url)


def _tell(as_json: bool, record: dict[str, Any], text: str) -> None:
    if as_json:
        print_json(record)
    else:
        say(text)


def _record(user: User, row: Membership | None) -> dict[str, Any]:
    return {
        "id": user.public_id,
        "email": user.email,
        "name": user.name,
        "account": None if row is None else str(row.account),
        "role": None if row is None else row.role,
        "staff": "yes" if user.is_staff else "",
    }
