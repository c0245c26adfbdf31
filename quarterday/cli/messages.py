"""``quarterday messages``: what customers were told, and what they will be."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quarterday.cli import message_addresses, message_templates
from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import (
    AccountOption,
    Json,
    Limit,
    SellerCode,
    day_option,
    read_clock,
)
from quarterday.cli.output import print_facts, print_json, print_list, say, tell

if TYPE_CHECKING:
    from quarterday.ports.composer import Composed
    from quarterday.store.models import Delivery, Message, Seller

group = make_group("See, try and send again what customers are told.")
group.add_typer(message_templates.group, name="templates")
group.add_typer(message_addresses.group, name="addresses")

Kind = Annotated[str, typer.Argument(metavar="KIND", help="The kind, such as invoice_issued.")]
About = Annotated[
    str, typer.Option("--about", metavar="ID", help="What it tells of, such as an invoice's id.")
]
Language = Annotated[str, typer.Option("--language", help="By default the account's.")]


@command(group, "list")
def list_all(
    account: AccountOption = None,
    seller: SellerCode = None,
    kind: Annotated[str, typer.Option(help="Only of this kind.")] = "",
    status: Annotated[
        str, typer.Option(help="Only in this state, such as queued, sent, bounced or unknown.")
    ] = "",
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List messages, the newest first, with where they went and what became of them."""
    from quarterday.store.queries.messages import list_messages
    from quarterday.store.queries.references import find_account, find_seller

    rows = list_messages(
        account=find_account(account, seller) if account else None,
        seller=find_seller(seller) if seller else None,
        kind=kind,
        status=status,
        limit=limit,
    )
    records = [record for row in rows for record in _records(row)]
    print_list(records, "created kind account seller to status reason id", limit, as_json)


@command(group, "show")
def show(
    message: Annotated[str, typer.Argument(metavar="MESSAGE", help="The message or delivery.")],
    as_json: Json = False,
) -> None:
    """Show a message, each of its deliveries, and the text that was sent.

    Links in the text are shown without their tokens, which are not kept.
    """
    from quarterday.services.messages.prepare_parcel import unpack_content
    from quarterday.store.queries.messages import find_message

    row = find_message(message)
    deliveries = [_delivery_record(one) for one in row.deliveries.order_by("id")]
    texts = [unpack_content(one.content) for one in row.deliveries.order_by("id")]
    if as_json:
        print_json({**_message_record(row), "deliveries": deliveries, "texts": texts})
        return
    print_facts((name.capitalize(), value) for name, value in _message_record(row).items())
    say("\nDeliveries:")
    print_list(deliveries, "to channel status attempts sent_at next_at provider reason id")
    for one, text in zip(deliveries, texts, strict=True):
        if text:
            say(f"\n{one['title']}\n\n{text}")


@command(group, "preview")
def preview(
    kind: Kind,
    account: AccountOption = None,
    about: About = "",
    language: Language = "",
    html: Annotated[bool, typer.Option("--html", help="Print the page instead.")] = False,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Print what a message would say, of an example or of something that is there."""
    composed, _ = _compose(kind, account, about, language, seller)
    if as_json:
        print_json(composed._asdict())
    else:
        say(composed.html if html else f"{composed.title}\n\n{composed.text}")


@command(group, "send-test")
def send_test(
    kind: Kind,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Where to send it.")],
    account: AccountOption = None,
    about: About = "",
    language: Language = "",
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Send what a preview shows to an address, at once; its links lead nowhere."""
    from quarterday.core.errors import BillingError
    from quarterday.ports.mailer import Answer, find_transport
    from quarterday.services.messages.list_ways import list_ways
    from quarterday.services.messages.make_test_parcel import make_test_parcel
    from quarterday.services.users.add_user import check_email

    way = list_ways().get("mail")
    if way is None:
        raise BillingError("QUARTERDAY_MAIL_URL is not set; say there how mail is sent")
    composed, owner = _compose(kind, account, about, language, seller)
    parcel = make_test_parcel(
        seller=owner, address=check_email(address), composed=composed, now=read_clock()
    )
    with find_transport(way["transport"]).open_session(way) as session:
        outcome = session.send(parcel)
    if outcome.answer is not Answer.SENT:
        raise BillingError(f"it was not sent ({outcome.answer}): {outcome.reason}")
    record = {"title": composed.title, "address": address, "transport": way["transport"]}
    tell(record, f"Sent {composed.title!r} to {address} by {way['transport']}.", as_json)


@command(group, "resend")
def resend(
    delivery: Annotated[str, typer.Argument(metavar="DELIVERY", help="The delivery, dlv_….")],
    as_json: Json = False,
) -> None:
    """Send what a delivery told once more, to the same address, with fresh links."""
    from quarterday.services.messages.resend_message import resend_message
    from quarterday.store.queries.messages import find_delivery

    row = resend_message(delivery=find_delivery(delivery), now=read_clock(), actor=ACTOR)
    said = f"Queued as {row.public_id}; a worker sends it (quarterday work)."
    tell(_message_record(row), said, as_json)


@command(group, "announce")
def announce(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Your own name for this news.")],
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What it is about.")],
    file: Annotated[Path, typer.Argument(help="The text, with empty lines between paragraphs.")],
    button: Annotated[str, typer.Option("--button", help="What its button says.")] = "",
    to: Annotated[
        str,
        typer.Option("--to", metavar="PAGE", help="Where the button leads: /services/ or a URL."),
    ] = "",
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Send news to all who chose to get it; under the same CODE nobody gets it twice."""
    from quarterday.services.messages.queue_news import queue_news
    from quarterday.store.queries.references import find_seller

    count = queue_news(
        seller=find_seller(seller),
        code=code,
        title=title,
        text=file.read_text(encoding="utf-8"),
        button=button,
        destination=to,
        now=read_clock(),
    )
    said = f"{count:,} accounts get it." if count != 1 else "1 account gets it."
    tell({"code": code, "accounts": count}, said, as_json)


@command(group, "begin")
def begin(
    since: Annotated[
        date | None, day_option("--since", text="The first day that is told; by default today.")
    ] = None,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Let a seller tell its customers what happens from a day on."""
    from quarterday.cli.options import today_of
    from quarterday.services.messages.choose_messages import choose_messages
    from quarterday.store.queries.references import find_seller

    row, now = find_seller(seller), read_clock()
    day = since or today_of(row, None, now)
    choose_messages(seller=row, since=day, now=now, actor=ACTOR)
    said = f"{row} tells its customers what happens from {day} on."
    tell({"seller": row.code, "since": day}, said, as_json)


@command(group, "stop")
def stop(seller: SellerCode = None, as_json: Json = False) -> None:
    """Let a seller tell its customers nothing; links to sign in are sent all the same."""
    from quarterday.services.messages.choose_messages import choose_messages
    from quarterday.store.queries.references import find_seller

    row = find_seller(seller)
    choose_messages(seller=row, since=None, now=read_clock(), actor=ACTOR)
    said = f"{row} tells its customers nothing; quarterday messages begin changes that."
    tell({"seller": row.code, "since": None}, said, as_json)


def _compose(
    kind: str, account: str | None, about: str, language: str, seller: str | None
) -> tuple[Composed, Seller]:
    from quarterday.services.messages.preview_message import preview_message
    from quarterday.store.queries.references import find_account, find_seller

    owner = find_account(account, seller) if account else None
    house = owner.seller if owner else find_seller(seller)
    composed = preview_message(
        seller=house,
        kind=kind,
        now=read_clock(),
        language=language,
        account=owner,
        subject=about,
    )
    return composed, house


def _message_record(row: Message) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "created": row.created_at.replace(microsecond=0),
        "kind": row.kind,
        "account": str(row.account or ""),
        "seller": row.seller.code,
        "about": row.subject,
        "status": row.status,
        "reason": row.reason,
    }


def _records(row: Message) -> list[dict[str, Any]]:
    """A record for each delivery, or one for a message that has none."""
    base = _message_record(row)
    deliveries = list(row.deliveries.all())
    return [{**base, **_delivery_record(one)} for one in deliveries] or [{**base, "to": ""}]


def _delivery_record(one: Delivery) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "to": one.address,
        "channel": one.channel,
        "status": one.status,
        "attempts": one.attempts,
        "sent_at": one.sent_at,
        "next_at": one.next_at if one.status == "queued" else None,
        "provider": one.provider,
        "title": one.title,
        "reason": one.error,
    }
