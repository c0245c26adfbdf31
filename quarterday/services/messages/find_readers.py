"""Who gets a message: one address that it names, or those of the account that want its kind."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from quarterday.core.message import find_roles, wants_kind
from quarterday.store.models import Channel, Contact, Membership, Message


class Reader(NamedTuple):
    """Somebody who gets a message, and how."""

    channel: str
    address: str
    name: str = ""
    contact_id: int | None = None


def find_readers(
    message: Message, contacts: Iterable[Contact], members: Iterable[Membership]
) -> list[Reader]:
    """The readers of a message, each address once.

    They are the contacts that chose the kind. An account without any contact is told through its
    members: owners of all, billing of money, technical of services. Text and chat messages go
    where the account's ``routes`` say.
    """
    contacts = list(contacts)
    if message.recipient:
        own = next((one for one in contacts if one.email.lower() == message.recipient), None)
        name = own.name if own else _name_of(message.recipient, members)
        return [Reader(Channel.MAIL, message.recipient, name, own.id if own else None)]
    found: dict[tuple[str, str], Reader] = {}
    for reader in [*_by_mail(message.kind, contacts, members), *_by_route(message)]:
        found.setdefault((reader.channel, reader.address), reader)
    return list(found.values())


def _by_mail(kind: str, contacts: list[Contact], members: Iterable[Membership]) -> Iterable[Reader]:
    for contact in contacts:
        if wants_kind(contact.kinds, kind):
            yield Reader(Channel.MAIL, contact.email.lower(), contact.name, contact.id)
    if contacts:
        return
    roles = find_roles(kind)
    for member in members:
        if member.role in roles and member.user.is_active:
            yield Reader(Channel.MAIL, member.user.email.lower(), member.user.name)


def _by_route(message: Message) -> Iterable[Reader]:
    """Text and chat messages: ``routes`` of the account, each with channel, address and kinds."""
    routes: list[dict[str, Any]] = message.account.data.get("routes", []) if message.account else []
    for route in routes:
        kinds = route.get("kinds", ())
        if kinds and wants_kind(kinds, message.kind):
            yield Reader(str(route["channel"]), str(route["address"]))


def _name_of(address: str, members: Iterable[Membership]) -> str:
    return next((one.user.name for one in members if one.user.email.lower() == address), "")
