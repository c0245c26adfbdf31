"""Accounts: the customers who owe, their contacts, and when each is next to be billed."""

from __future__ import annotations

from enum import StrEnum

from django.db import models

from quarterday.store.fields import DataField, PublicIdField
from quarterday.store.models.base import Row, one_of
from quarterday.store.models.seller import Seller, Snapshot


class AccountStatus(StrEnum):
    """An account is open until it is closed; a closed one can be opened again."""

    OPEN = "open"
    CLOSED = "closed"


class AccountGroup(Row):
    """Customers who are treated alike: ``settings`` holds what is set for all of them."""

    public_id = PublicIdField("grp")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="account_groups")
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    settings = DataField(default=dict)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["seller", "code"], name="account_group_code_once"),
        )

    def __str__(self) -> str:
        return self.code


class Account(Row):
    """A customer of one seller, with one currency."""

    public_id = PublicIdField("acc")
    seller = models.ForeignKey(Seller, models.PROTECT, related_name="accounts", db_index=False)
    group = models.ForeignKey(
        AccountGroup, models.PROTECT, null=True, related_name="accounts", db_index=False
    )
    external_id = models.CharField(max_length=128, null=True)
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=16, default="en")
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=32, blank=True, default="")
    address = DataField(default=dict)
    tax_id = models.CharField(max_length=64, blank=True, default="")
    tax_id_evidence = DataField(default=dict)
    tax_exempt_reason = models.CharField(max_length=200, blank=True, default="")
    status = models.CharField(max_length=16, default=AccountStatus.OPEN)
    settings = DataField(default=dict)
    data = DataField(default=dict)
    snapshot = models.ForeignKey(
        Snapshot, models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["seller", "external_id"], name="account_external_id_once"
            ),
            one_of("status", AccountStatus, "account_status"),
        )

    def __str__(self) -> str:
        return self.external_id or self.public_id


class Contact(Row):
    """A person or mailbox of an account, and which kinds of message it wants."""

    public_id = PublicIdField("con")
    account = models.ForeignKey(Account, models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=200, blank=True, default="")
    email = models.EmailField(max_length=254)
    kinds = DataField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "email"], name="contact_once_per_account"),
        )
        indexes = (models.Index(fields=["email"], name="contact_by_address"),)


class BillingDue(models.Model):
    """When an account is next to be billed: the one place where the billing run looks.

    It follows from the account's items and pending charges; `quarterday check` compares.
    The run claims this row, so two runs never work on one account at the same time.
    """

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="due")
    bill_on = models.DateField(null=True)

    class Meta:
        indexes = (models.Index(fields=["bill_on", "account"], name="due_order"),)


class BillingProblem(models.Model):
    """Why an account could not be billed; gone as soon as it could."""

    account = models.OneToOneField(
        Account, models.CASCADE, primary_key=True, related_name="problem"
    )
    reason = models.TextField()
    first_on = models.DateField()
    last_on = models.DateField()


class BillingHold(models.Model):
    """An account that billing passes over through ``until``, or until the hold is lifted.

    What was due meanwhile is caught up on afterwards.
    """

    account = models.OneToOneField(
        Account, models.CASCADE, primary_key=True, related_name="billing_hold"
    )
    until = models.DateField(null=True)
    reason = models.CharField(max_length=200, blank=True, default="")
    held_at = models.DateTimeField()
    actor = models.CharField(max_length=100, default="system")
