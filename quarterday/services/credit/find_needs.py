"""What is left to pay of an invoice, by what it is for, where credit may not pay for everything."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from quarterday.core.allocation import Grant
from quarterday.core.credit_scope import covered, pay_needs, read_scope, split_needs
from quarterday.store.models import CreditGrant, Invoice
from quarterday.store.queries.credit_needs import load_need_lines, load_settled
from quarterday.store.queries.credit_policy import read_credit_policy


def to_usable(
    invoice: Invoice, grants: Sequence[CreditGrant]
) -> tuple[list[Grant], dict[str, int] | None]:
    """Grants as the core draws from them, and the needs where a grant is limited to some of them.

    Where nothing is limited, the invoice is not looked into.
    """
    if not grants:
        return [], None
    pays_orders = read_credit_policy(invoice.seller_id).pays_orders
    if pays_orders and not any(grant.scope for grant in grants):
        return [_to_grant(grant, None) for grant in grants], None
    taxes = list(invoice.taxes.order_by("id").values_list("code", "tax_minor"))
    needs = split_needs(invoice.total_minor, load_need_lines(invoice), taxes)
    keys = {
        grant.id: covered(read_scope(grant.scope), needs, pays_orders=pays_orders)
        for grant in grants
    }
    kept = {key for some in keys.values() if some is not None for key in some}
    _take_settled(invoice, needs, kept)
    return [_to_grant(grant, keys[grant.id]) for grant in grants], needs


def _to_grant(grant: CreditGrant, keys: frozenset[str] | None) -> Grant:
    return Grant(
        grant.id, grant.priority, grant.granted_on, grant.open_minor, grant.expires_on, keys
    )


def _take_settled(invoice: Invoice, needs: dict[str, int], kept: Collection[str]) -> None:
    """Lower the needs by what settled the invoice before.

    Credit with a scope paid for its own. All else, what was written off too, is taken to have paid
    for what no credit at hand is kept for, so that this credit can still be used.
    """
    for scope, amount in load_settled(invoice):
        pay_needs(needs, amount, covered(read_scope(scope), needs))
    rest = sum(needs.values()) - invoice.open_minor
    pay_needs(needs, max(rest, 0), None, kept)
