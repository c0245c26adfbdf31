"""``quarterday links``: signed links to pay, read, sign in, and lead elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.errors import ExitCode
from quarterday.cli.inputs import ACTOR, parse_pairs
from quarterday.cli.options import AccountOption, Json, Limit, SellerCode, read_clock
from quarterday.cli.output import Column, note, print_json, print_list, print_table, say

if TYPE_CHECKING:
    from quarterday.store.models import Account, Link, Seller

group = make_group("Make, list, check and revoke signed links, and see what becomes of them.")

Purpose = Literal[
    "pay", "view", "sign_in", "portal", "invitation", "quote", "custom", "unsubscribe"
]
PurposeOption = Annotated[Purpose | None, typer.Option(help="Only links for this.")]


@command(group, "make")
def make(
    purpose: Annotated[
        Literal["pay", "view", "sign_in", "portal", "quote", "custom"],
        typer.Argument(help="What its bearer may do."),
    ],
    subject: Annotated[
        str,
        typer.Argument(
            metavar="[FOR]",
            help="The invoice, the user's mail address, the quote, or where it leads.",
        ),
    ] = "",
    account: AccountOption = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", metavar="NAME=VALUE", help="Added to where it leads."),
    ] = None,
    hours: Annotated[
        int | None, typer.Option(min=1, max=24 * 3660, help="How long it works.")
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="It works once only.")] = False,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Make a link and print its address, which cannot be shown again."""
    from quarterday.services.links.make_link import make_link
    from quarterday.store.models import LinkPurpose

    now = read_clock()
    owner, terms = _find_subject(purpose, subject, account, seller)
    made = make_link(
        seller=owner,
        purpose=LinkPurpose(purpose),
        now=now,
        parameters=parse_pairs(parameter),
        expires_at=None if hours is None else now + timedelta(hours=hours),
        single_use=once,
        created_by=ACTOR,
        **terms,
    )
    if as_json:
        print_json({**link_record(made.link), "url": made.url})
    else:
        say(made.url)
        note(f"Link {made.link.public_id} works until {made.link.expires_at:%Y-%m-%d %H:%M} UTC.")


@command(group, "list")
def list_all(
    account: AccountOption = None,
    purpose: PurposeOption = None,
    seller: SellerCode = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List links, the newest first; never their addresses, which are not kept."""
    from quarterday.store.queries.links import list_links
    from quarterday.store.queries.references import find_account, find_seller

    rows = list_links(
        account=find_account(account, seller) if account else None,
        seller=find_seller(seller) if seller else None,
        purpose=purpose or "",
        limit=limit,
    )
    shown = "id seller account purpose for state expires_at opens kind variant"
    print_list([link_record(row) for row in rows], shown, limit, as_json)


@command(group, "revoke")
def revoke(
    link: Annotated[str, typer.Argument(metavar="[LINK]", help="One link, by its id.")] = "",
    account: AccountOption = None,
    purpose: PurposeOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="All links of the seller that were made until now.")
    ] = False,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Make one link worthless, or all of an account, a purpose or a seller."""
    from quarterday.services.links.revoke_link import revoke_link
    from quarterday.services.links.revoke_links import revoke_links
    from quarterday.store.queries.links import find_link
    from quarterday.store.queries.references import find_account, find_seller

    now, many = read_clock(), bool(account or purpose or everything)
    if bool(link) == many:
        raise typer.BadParameter("name one LINK, or say --account, --purpose or --all")
    if link:
        revoke_link(link=find_link(link), now=now, actor=ACTOR)
        said = f"Link {link} opens nothing any more."
    else:
        whose = find_account(account, seller) if account else None
        revoke_links(
            seller=whose.seller if whose else find_seller(seller),
            account=whose,
            purpose=purpose or "",
            now=now,
            actor=ACTOR,
        )
        of = f" of account {whose}" if whose else ""
        said = f"All {purpose or ''} links{of} made until now open nothing any more."
    if as_json:
        print_json({"revoked": link or None, "account": account, "purpose": purpose})
    else:
        say(" ".join(said.split()))


@command(group, "check")
def check(seller: SellerCode = None, as_json: Json = False) -> None:
    """Try a link of every kind through the real pages, and name what is broken.

    Nothing is mailed, paid or left behind, and no request leaves this machine. Ends with exit
    code 1 when something is broken.
    """
    from quarterday.services.links.check_links import check_links
    from quarterday.store.queries.references import find_seller

    found = check_links(now=read_clock(), sellers=[find_seller(seller)] if seller else None)
    broken = [one for one in found if one.problems]
    if as_json:
        print_json({"links": [one._asdict() for one in found], "clean": not broken})
    else:
        columns = (Column("Seller"), Column("Link"), Column("For"), Column("Result"))
        rows = [(one.seller, one.purpose, one.what, _result(one)) for one in found]
        print_table(columns, rows)
        say(f"\n{_sum_up(len(broken), sum(not one.missing for one in found))}")
    if broken:
        raise typer.Exit(ExitCode.OFFENCES)


@command(group, "rates")
def rates(
    days: Annotated[
        int, typer.Option(min=1, max=3660, help="Links made within so many days.")
    ] = 30,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Tell how many links of each kind of message people opened and used; machines do not count."""
    from quarterday.store.queries.links import link_rates
    from quarterday.store.queries.references import find_seller

    since = read_clock() - timedelta(days=days)
    rows = link_rates(since=since, seller=find_seller(seller) if seller else None)
    records = [
        {
            **row._asdict(),
            "opened_rate": _percent(row.opened, row.made),
            "used_rate": _percent(row.used, row.made),
        }
        for row in rows
    ]
    shown = "seller kind variant purpose made opened opened_rate used used_rate bots"
    print_list(records, shown, 0, as_json)


def link_record(row: Link) -> dict[str, Any]:
    """A link as plain data, without what would open it."""
    return {
        "id": row.public_id,
        "seller": row.seller.code,
        "account": str(row.account) if row.account else "",
        "purpose": row.purpose,
        "for": row.subject or row.destination or row.address,
        "state": _state(row),
        "made_at": f"{row.created_at:%Y-%m-%dT%H:%M:%SZ}",
        "made_by": row.created_by,
        "expires_at": f"{row.expires_at:%Y-%m-%dT%H:%M:%SZ}",
        "single_use": row.single_use,
        "opens": getattr(row, "opens", 0),
        "kind": row.kind,
        "variant": row.variant,
    }


def _state(row: Link) -> str:
    if row.revoked_at or getattr(row, "is_swept", False):
        return "revoked"
    if row.used_at:
        return "used"
    return "expired" if row.expires_at <= read_clock() else "good"


def _find_subject(
    purpose: str, subject: str, account: str | None, seller: str | None
) -> tuple[Seller, dict[str, Any]]:
    """Whose link it is, and what it is for, from the names that people use."""
    from quarterday.store.models import Quote, User
    from quarterday.store.queries.access import find_membership
    from quarterday.store.queries.references import (
        NotThere,
        find_account,
        find_invoice,
        find_seller,
    )

    if purpose in ("pay", "view"):
        invoice = find_invoice(subject, seller)
        return invoice.seller, {"account_id": invoice.account_id, "subject": invoice.public_id}
    owner: Account | None = find_account(account, seller) if account else None
    if purpose == "sign_in":
        user = User.objects.filter(email=subject.lower(), is_active=True).first()
        member = find_membership(user.id, account_id=owner.id if owner else None) if user else None
        if user is None or member is None:
            raise NotThere(f"no active user {subject!r} may act for an account")
        return member.account.seller, {"account_id": member.account_id, "subject": user.public_id}
    if purpose == "quote":
        quote = Quote.objects.select_related("seller").filter(public_id=subject).first()
        if quote is None:
            raise NotThere(f"there is no quote {subject!r}; give its public id")
        return quote.seller, {"account_id": quote.account_id, "subject": subject}
    terms = {"account_id": owner.id if owner else None, "destination": subject}
    return owner.seller if owner else find_seller(seller), terms


def _result(one: Any) -> str:
    if one.missing:
        return f"not tried: there is no {one.missing.partition(' ')[2]}"
    return "; ".join(one.problems) or "works"


def _sum_up(broken: int, tried: int) -> str:
    if broken:
        return f"Broken: {broken:,} of {tried:,}. Nothing was changed."
    return f"No link is broken. Tried: {tried:,}. Nothing was changed."


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else ""
