"""Money in: collection, disputes, payouts, debits, banks and tills."""

from typing import Any

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import quarterday.store.fields
import quarterday.store.models.bank
import quarterday.store.models.collection
import quarterday.store.models.debit
import quarterday.store.models.event
import quarterday.store.models.payment
import quarterday.store.models.payout
from quarterday.store.fields import make_public_id
from quarterday.store.guards import FROZEN_MONEY, freeze_tables


def guard(apps: Any, schema_editor: Any) -> None:
    """What the bank said never changes; see `quarterday.store.guards`."""
    freeze_tables(schema_editor, FROZEN_MONEY)


def name_events(apps: Any, schema_editor: Any) -> None:
    """Events of before get a public id of their own."""
    events = apps.get_model("store", "GatewayEvent")
    for event in events.objects.filter(public_id=None).iterator():
        event.public_id = make_public_id("gev")
        event.save(update_fields=["public_id"])


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0002_reach_the_customer"),
    ]

    operations = [
        migrations.CreateModel(
            name="BankAccount",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="bac")),
                ("code", models.CharField(max_length=32)),
                ("name", models.CharField(blank=True, default="", max_length=200)),
                ("number", models.CharField(max_length=64)),
                ("currency", models.CharField(max_length=3)),
                ("columns", quarterday.store.fields.DataField(null=True)),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_accounts",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("seller", "code"), name="bank_account_once"),
                    models.UniqueConstraint(
                        fields=("seller", "number", "currency"), name="bank_account_number_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankStatement",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="bst")),
                ("digest", models.CharField(max_length=64)),
                ("number", models.PositiveIntegerField()),
                ("format", models.CharField(max_length=16)),
                ("name", models.CharField(blank=True, default="", max_length=200)),
                ("reference", models.CharField(blank=True, default="", max_length=200)),
                ("starts_on", models.DateField(null=True)),
                ("ends_on", models.DateField(null=True)),
                ("opening_minor", models.BigIntegerField(null=True)),
                ("closing_minor", models.BigIntegerField(null=True)),
                ("total_minor", models.BigIntegerField(default=0)),
                ("lines", models.PositiveIntegerField()),
                ("new_lines", models.PositiveIntegerField()),
                ("imported_at", models.DateTimeField()),
                ("actor", models.CharField(default="system", max_length=100)),
                (
                    "bank_account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="statements",
                        to="store.bankaccount",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("bank_account", "digest", "number"), name="bank_statement_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Cashier",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="csh")),
                ("code", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=200)),
                ("limit_minor", models.BigIntegerField(null=True)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "seller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cashiers",
                        to="store.seller",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cashiers",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("seller", "code"), name="cashier_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Collection",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.collection.CollectionStatus["WAITING"],
                        max_length=12,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_on", models.DateField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("data", quarterday.store.fields.DataField(default=dict)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="collections",
                        to="store.account",
                    ),
                ),
                (
                    "attempt",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="collections",
                        to="store.paymentattempt",
                    ),
                ),
                (
                    "invoice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="collection",
                        to="store.invoice",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["waiting", "charging", "action", "exhausted", "stopped", "done"],
                            )
                        ),
                        name="collection_status",
                    )
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ["waiting", "charging", "action"])),
                        fields=["next_on"],
                        name="collection_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DebitBatch",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="dbt")),
                ("message_id", models.CharField(max_length=35)),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.debit.DebitBatchStatus["MADE"], max_length=8
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("count", models.PositiveIntegerField()),
                ("total_minor", models.BigIntegerField()),
                ("content", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("actor", models.CharField(default="system", max_length=100)),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debit_batches",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "message_id"), name="debit_batch_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["made", "sent", "dropped"])),
                        name="debit_batch_status",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="dsp")),
                ("gateway", models.CharField(max_length=32)),
                ("reference", models.CharField(max_length=200)),
                ("status", models.CharField(max_length=12)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField(default=0)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("answer_by", models.DateField(null=True)),
                ("opened_on", models.DateField()),
                ("closed_on", models.DateField(null=True)),
                ("invoices", quarterday.store.fields.DataField(default=list)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="store.account",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disputes",
                        to="store.payment",
                    ),
                ),
                (
                    "refund",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispute",
                        to="store.refund",
                    ),
                ),
                (
                    "restored",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.payment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("payment", "reference"), name="dispute_once"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["opened", "won", "lost", "returned"])),
                        name="dispute_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="dispute_amount"
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "opened")),
                        fields=["account"],
                        name="dispute_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DisputeRest",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rests",
                        to="store.dispute",
                    ),
                ),
                (
                    "refund",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dispute_rest",
                        to="store.refund",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="InstalmentPlan",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="ins")),
                ("agreed_at", models.DateTimeField()),
                ("actor", models.CharField(default="system", max_length=100)),
                ("ended_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="instalment_plans",
                        to="store.invoice",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("invoice",),
                        name="instalment_plan_one_of_invoice",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Mandate",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="man")),
                ("reference", models.CharField(max_length=35)),
                (
                    "scheme",
                    models.CharField(
                        default=quarterday.store.models.debit.MandateScheme["CORE"], max_length=4
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.debit.MandateStatus["ACTIVE"], max_length=8
                    ),
                ),
                ("holder", models.CharField(max_length=70)),
                ("sealed_iban", models.TextField()),
                ("last_digits", models.CharField(max_length=4)),
                ("bic", models.CharField(blank=True, default="", max_length=11)),
                ("signed_on", models.DateField()),
                ("evidence", quarterday.store.fields.DataField(default=dict)),
                ("first_used_on", models.DateField(null=True)),
                ("last_used_on", models.DateField(null=True)),
                ("ended_on", models.DateField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates",
                        to="store.account",
                    ),
                ),
                (
                    "method",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandate",
                        to="store.paymentmethod",
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "reference"), name="mandate_reference_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scheme__in", ["CORE", "B2B"])), name="mandate_scheme"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["active", "revoked", "expired"])),
                        name="mandate_status",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payout",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="pot")),
                ("gateway", models.CharField(max_length=32)),
                ("reference", models.CharField(max_length=200)),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.payout.PayoutStatus["ANNOUNCED"],
                        max_length=12,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("gross_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField()),
                ("net_minor", models.BigIntegerField()),
                ("arrives_on", models.DateField()),
                ("seen_at", models.DateTimeField()),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payouts",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "gateway", "reference"), name="payout_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["announced", "arrived", "failed"])),
                        name="payout_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "gross_minor",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("net_minor"), "+", models.F("fee_minor")
                                ),
                            )
                        ),
                        name="payout_net",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayoutItem",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=12)),
                ("reference", models.CharField(blank=True, default="", max_length=200)),
                ("gross_minor", models.BigIntegerField()),
                ("fee_minor", models.BigIntegerField(default=0)),
                (
                    "dispute",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.dispute",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.payment",
                    ),
                ),
                (
                    "payout",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="store.payout",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.refund",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("payout", "position"), name="payout_item_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["payment", "refund", "dispute", "fee", "other"])
                        ),
                        name="payout_item_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RefundAttempt",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="rat")),
                ("gateway", models.CharField(max_length=32)),
                ("gateway_reference", models.CharField(blank=True, default="", max_length=200)),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.collection.RefundStatus["CREATED"],
                        max_length=12,
                    ),
                ),
                ("error", models.CharField(blank=True, default="", max_length=500)),
                ("actor", models.CharField(default="system", max_length=100)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "refund",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempt",
                        to="store.refund",
                    ),
                ),
                (
                    "returned",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.payment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["created", "pending", "unknown", "succeeded", "failed"])
                        ),
                        name="refund_attempt_status",
                    )
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ["created", "pending", "unknown"])),
                        fields=["created_at"],
                        name="refund_attempt_open",
                    ),
                    models.Index(
                        condition=models.Q(("gateway_reference", ""), _negated=True),
                        fields=["gateway", "gateway_reference"],
                        name="refund_attempt_reference",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SweepMark",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("gateway", models.CharField(max_length=32)),
                ("swept_through", models.DateTimeField()),
                (
                    "seller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("seller", "gateway"), name="sweep_mark_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Till",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="til")),
                ("number", models.PositiveIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("opened_on", models.DateField()),
                ("opened_at", models.DateTimeField()),
                ("opening_minor", models.BigIntegerField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("expected_minor", models.BigIntegerField(null=True)),
                ("counted_minor", models.BigIntegerField(null=True)),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                (
                    "cashier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tills",
                        to="store.cashier",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=("cashier",),
                        name="till_one_open",
                    ),
                    models.UniqueConstraint(fields=("cashier", "number"), name="till_number_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="TillEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="ten")),
                ("number", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=12)),
                ("means", models.CharField(max_length=16)),
                ("amount_minor", models.BigIntegerField()),
                ("at", models.DateTimeField()),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="till_entries",
                        to="store.payment",
                    ),
                ),
                (
                    "till",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="store.till",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("till", "number"), name="till_entry_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["payment", "banked", "difference", "cancelled"])
                        ),
                        name="till_entry_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor", 0), _negated=True),
                        name="till_entry_not_zero",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TopUp",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("below_minor", models.BigIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                ("is_enabled", models.BooleanField(default=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(null=True)),
                ("changed_at", models.DateTimeField()),
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="top_up",
                        to="store.account",
                    ),
                ),
                (
                    "attempt",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.paymentattempt",
                    ),
                ),
                (
                    "method",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.paymentmethod",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0), ("below_minor__gt", 0)),
                        name="top_up_amounts",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BankLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="bln")),
                ("fingerprint", models.CharField(max_length=64)),
                ("booked_on", models.DateField()),
                ("value_on", models.DateField(null=True)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("open_minor", models.BigIntegerField()),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.bank.BankLineStatus["OPEN"], max_length=8
                    ),
                ),
                ("name", models.CharField(blank=True, default="", max_length=200)),
                ("iban", models.CharField(blank=True, default="", max_length=64)),
                ("text", models.TextField(blank=True, default="")),
                ("creditor_reference", models.CharField(blank=True, default="", max_length=35)),
                ("end_to_end_id", models.CharField(blank=True, default="", max_length=64)),
                ("mandate", models.CharField(blank=True, default="", max_length=64)),
                ("payment_group", models.CharField(blank=True, default="", max_length=64)),
                ("bank_reference", models.CharField(blank=True, default="", max_length=200)),
                ("bank_code", models.CharField(blank=True, default="", max_length=64)),
                ("return_reason", models.CharField(blank=True, default="", max_length=64)),
                (
                    "bank_account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="store.bankaccount",
                    ),
                ),
                (
                    "statement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_lines",
                        to="store.bankstatement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("bank_account", "fingerprint"), name="bank_line_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["open", "proposed", "booked", "ignored"])
                        ),
                        name="bank_line_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor", 0), _negated=True),
                        name="bank_line_not_zero",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ["open", "proposed"])),
                        fields=["bank_account", "booked_on"],
                        name="bank_line_open",
                    ),
                    models.Index(
                        condition=models.Q(("iban", ""), _negated=True),
                        fields=["iban"],
                        name="bank_line_payer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BankMatch",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="mat")),
                ("kind", models.CharField(max_length=8)),
                ("status", models.CharField(max_length=8)),
                ("key", models.CharField(max_length=64)),
                ("amount_minor", models.BigIntegerField()),
                ("confidence", models.PositiveSmallIntegerField()),
                ("reasons", quarterday.store.fields.DataField(default=list)),
                ("invoices", quarterday.store.fields.DataField(default=list)),
                ("made_at", models.DateTimeField()),
                ("actor", models.CharField(default="system", max_length=100)),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.account",
                    ),
                ),
                (
                    "attempt",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.paymentattempt",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="matches",
                        to="store.bankline",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_matches",
                        to="store.payment",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_matches",
                        to="store.refund",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_matches",
                        to="store.debitbatch",
                    ),
                ),
                (
                    "payout",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bank_matches",
                        to="store.payout",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["proposed", "booked"])),
                        fields=("line", "key"),
                        name="bank_match_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["payment", "payout", "debits", "return", "refund", "other"],
                            )
                        ),
                        name="bank_match_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["proposed", "booked", "rejected", "undone"])
                        ),
                        name="bank_match_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__lte", 100)), name="bank_match_confidence"
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("kind", "other")),
                        fields=["key"],
                        name="bank_match_other",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Debit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("payment_group", models.CharField(blank=True, default="", max_length=35)),
                ("end_to_end_id", models.CharField(max_length=35)),
                ("sequence", models.CharField(blank=True, default="", max_length=4)),
                ("collect_on", models.DateField()),
                ("announced_on", models.DateField(null=True)),
                (
                    "attempt",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debit",
                        to="store.paymentattempt",
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.seller",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debits",
                        to="store.debitbatch",
                    ),
                ),
                (
                    "mandate",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="debits",
                        to="store.mandate",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "end_to_end_id"), name="debit_end_to_end_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Instalment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                ("due_on", models.DateField()),
                ("amount_minor", models.BigIntegerField()),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="instalments",
                        to="store.instalmentplan",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan", "number"), name="instalment_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="instalment_amount"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="creditgrant",
            name="advance",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="advances",
                to="store.invoice",
            ),
        ),
        migrations.AddField(
            model_name="creditgrant",
            name="scope",
            field=quarterday.store.fields.DataField(default=dict),
        ),
        migrations.AddField(
            model_name="gatewayevent",
            name="error",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AddField(
            model_name="gatewayevent",
            name="kind",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddField(
            model_name="gatewayevent",
            name="news",
            field=quarterday.store.fields.DataField(default=dict),
        ),
        migrations.AddField(
            model_name="gatewayevent",
            name="next_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="gatewayevent",
            name="public_id",
            field=models.CharField(max_length=40, null=True),
        ),
        migrations.RunPython(name_events, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="gatewayevent",
            name="public_id",
            field=quarterday.store.fields.PublicIdField(prefix="gev"),
        ),
        migrations.AddField(
            model_name="gatewayevent",
            name="seller",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.seller",
            ),
        ),
        migrations.AddField(
            model_name="gatewayevent",
            name="source",
            field=models.CharField(default="hook", max_length=8),
        ),
        migrations.AddField(
            model_name="gatewayevent",
            name="status",
            field=models.CharField(
                default=quarterday.store.models.event.GatewayEventStatus["RECEIVED"], max_length=12
            ),
        ),
        migrations.AddField(
            model_name="gatewayevent",
            name="tries",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="payment",
            name="kind",
            field=models.CharField(
                default=quarterday.store.models.payment.PaymentKind["RECEIVED"], max_length=8
            ),
        ),
        migrations.AddField(
            model_name="paymentattempt",
            name="fee_minor",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="paymentattempt",
            name="is_automatic",
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name="gatewayevent",
            index=models.Index(
                condition=models.Q(("status__in", ["received", "failed", "unmatched"])),
                fields=["status", "received_at"],
                name="gateway_event_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="gatewayevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["received", "processed", "unmatched", "failed", "ignored"])
                ),
                name="gateway_event_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["received", "restored", "returned"])),
                name="payment_kind",
            ),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
