"""Links, and how many of them were opened and used."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q

from quarterday.store.models import Account, Click, Link, LinkPurpose, LinkRevocation, Seller
from quarterday.store.queries.references import NotThere

# What somebody does with a link before doing what it is for.
_LOOKING = ("open", "refused", "renew")


class LinkRate(NamedTuple):
    """How many links of a kind of message were made, opened by people, and used by them."""

    seller: str
    kind: str
    variant: str
    purpose: str
    made: int
    opened: int
    used: int
    bots: int


def find_link(public_id: str) -> Link:
    """A link by its public id; raises `NotThere`."""
    link = Link.objects.select_related("seller", "account").filter(public_id=public_id).first()
    if link is None:
        raise NotThere(f"there is no link {public_id!r}; give its public id, such as lnk_…")
    return link


def list_links(
    *,
    seller: Seller | None = None,
    account: Account | None = None,
    purpose: str = "",
    limit: int = 0,
) -> list[Link]:
    """Links, the newest first; each with ``opens``, how often people opened it, and ``is_swept``,
    whether it was revoked together with others.
    """
    rows = Link.objects.select_related("seller", "account").order_by("-id")
    if seller is not None:
        rows = rows.filter(seller=seller)
    if account is not None:
        rows = rows.filter(account=account)
    if purpose:
        rows = rows.filter(purpose=purpose)
    people = Q(clicks__is_bot=False, clicks__action="open")
    rows = rows.annotate(opens=Count("clicks", filter=people), is_swept=_is_swept())
    return list(rows[:limit] if limit else rows)


def _is_swept() -> ExpressionWrapper[Q]:
    """Whether a link falls under a revocation of many; the rule is the one of `open_link`."""
    rows = LinkRevocation.objects.filter(
        Q(account=None) | Q(account=OuterRef("account")),
        Q(before__gt=OuterRef("created_at")) | Q(last_link__gte=OuterRef("pk")),
        seller=OuterRef("seller"),
    )
    named = Q(Exists(rows.filter(purpose=OuterRef("purpose"))))
    of_all = Q(Exists(rows.filter(purpose=""))) & ~Q(purpose=LinkPurpose.UNSUBSCRIBE)
    return ExpressionWrapper(named | of_all, output_field=BooleanField())


def link_rates(*, since: datetime, seller: Seller | None = None) -> list[LinkRate]:
    """What became of the links made since an instant, per kind of message and variant.

    A link counts once however often it was opened, and only what people did counts; ``bots`` are
    the links that only machines opened.
    """
    clicks = Click.objects.filter(link=OuterRef("pk"))
    people = clicks.filter(is_bot=False)
    rows = Link.objects.filter(created_at__gte=since)
    if seller is not None:
        rows = rows.filter(seller=seller)
    found = (
        rows.annotate(
            is_opened=Exists(people),
            is_used=Exists(people.exclude(action__in=_LOOKING)),
            is_scanned=Exists(clicks.filter(is_bot=True)),
        )
        .values("seller__code", "kind", "variant", "purpose")
        .annotate(
            made=Count("id"),
            opened=Count("id", filter=Q(is_opened=True)),
            used=Count("id", filter=Q(is_used=True)),
            bots=Count("id", filter=Q(is_scanned=True, is_opened=False)),
        )
        .order_by("seller__code", "kind", "variant", "purpose")
        .values_list("seller__code", "kind", "variant", "purpose", "made", "opened", "used", "bots")
    )
    return [LinkRate(*row) for row in found]
