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
            ],
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
            ],
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
            ],
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
            ],
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
            ],
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
            ],
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
            ],
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
            ],
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
            ],
        ),
        migrations.CreateModel(
            name="DisputeRest",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Instalment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                ("due_on", models.DateField()),
                ("amount_minor", models.BigIntegerField()),
            ],
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
            ],
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
            ],
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
            ],
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
            ],
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
            ],
        ),
        migrations.CreateModel(
            name="SweepMark",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("gateway", models.CharField(max_length=32)),
                ("swept_through", models.DateTimeField()),
            ],
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
            ],
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
            ],
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
            ],
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
        migrations.AddField(
            model_name="bankaccount",
            name="seller",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bank_accounts",
                to="store.seller",
            ),
        ),
        migrations.AddField(
            model_name="bankline",
            name="bank_account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="store.bankaccount",
            ),
        ),
        migrations.AddField(
            model_name="bankmatch",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.account",
            ),
        ),
        migrations.AddField(
            model_name="bankmatch",
            name="attempt",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.paymentattempt",
            ),
        ),
        migrations.AddField(
            model_name="bankmatch",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="matches",
                to="store.bankline",
            ),
        ),
        migrations.AddField(
            model_name="bankmatch",
            name="payment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bank_matches",
                to="store.payment",
            ),
        ),
        migrations.AddField(
            model_name="bankmatch",
            name="refund",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bank_matches",
                to="store.refund",
            ),
        ),
        migrations.AddField(
            model_name="bankstatement",
            name="bank_account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="statements",
                to="store.bankaccount",
            ),
        ),
        migrations.AddField(
            model_name="bankline",
            name="statement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bank_lines",
                to="store.bankstatement",
            ),
        ),
        migrations.AddField(
            model_name="cashier",
            name="seller",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cashiers",
                to="store.seller",
            ),
        ),
        migrations.AddField(
            model_name="cashier",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cashiers",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="collection",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="collections",
                to="store.account",
            ),
        ),
        migrations.AddField(
            model_name="collection",
            name="attempt",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="collections",
                to="store.paymentattempt",
            ),
        ),
        migrations.AddField(
            model_name="collection",
            name="invoice",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="collection",
                to="store.invoice",
            ),
        ),
        migrations.AddField(
            model_name="debit",
            name="attempt",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="debit",
                to="store.paymentattempt",
            ),
        ),
        migrations.AddField(
            model_name="debit",
            name="seller",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.seller",
            ),
        ),
        migrations.AddField(
            model_name="debitbatch",
            name="seller",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="debit_batches",
                to="store.seller",
            ),
        ),
        migrations.AddField(
            model_name="debit",
            name="batch",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="debits",
                to="store.debitbatch",
            ),
        ),
        migrations.AddField(
            model_name="bankmatch",
            name="batch",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bank_matches",
                to="store.debitbatch",
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disputes",
                to="store.account",
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="payment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disputes",
                to="store.payment",
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="refund",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dispute",
                to="store.refund",
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="restored",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.payment",
            ),
        ),
        migrations.AddField(
            model_name="disputerest",
            name="dispute",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rests",
                to="store.dispute",
            ),
        ),
        migrations.AddField(
            model_name="disputerest",
            name="refund",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dispute_rest",
                to="store.refund",
            ),
        ),
        migrations.AddField(
            model_name="instalmentplan",
            name="invoice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="instalment_plans",
                to="store.invoice",
            ),
        ),
        migrations.AddField(
            model_name="instalment",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="instalments",
                to="store.instalmentplan",
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mandates",
                to="store.account",
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="method",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mandate",
                to="store.paymentmethod",
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="seller",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mandates",
                to="store.seller",
            ),
        ),
        migrations.AddField(
            model_name="debit",
            name="mandate",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="debits",
                to="store.mandate",
            ),
        ),
        migrations.AddField(
            model_name="payout",
            name="seller",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="payouts",
                to="store.seller",
            ),
        ),
        migrations.AddField(
            model_name="bankmatch",
            name="payout",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bank_matches",
                to="store.payout",
            ),
        ),
        migrations.AddField(
            model_name="payoutitem",
            name="dispute",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.dispute",
            ),
        ),
        migrations.AddField(
            model_name="payoutitem",
            name="payment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.payment",
            ),
        ),
        migrations.AddField(
            model_name="payoutitem",
            name="payout",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="items", to="store.payout"
            ),
        ),
        migrations.AddField(
            model_name="payoutitem",
            name="refund",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.refund",
            ),
        ),
        migrations.AddField(
            model_name="refundattempt",
            name="refund",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attempt",
                to="store.refund",
            ),
        ),
        migrations.AddField(
            model_name="refundattempt",
            name="returned",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.payment",
            ),
        ),
        migrations.AddField(
            model_name="sweepmark",
            name="seller",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="store.seller",
            ),
        ),
        migrations.AddField(
            model_name="till",
            name="cashier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tills",
                to="store.cashier",
            ),
        ),
        migrations.AddField(
            model_name="tillentry",
            name="payment",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="till_entries",
                to="store.payment",
            ),
        ),
        migrations.AddField(
            model_name="tillentry",
            name="till",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="store.till"
            ),
        ),
        migrations.AddField(
            model_name="topup",
            name="account",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="top_up",
                to="store.account",
            ),
        ),
        migrations.AddField(
            model_name="topup",
            name="attempt",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.paymentattempt",
            ),
        ),
        migrations.AddField(
            model_name="topup",
            name="method",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.paymentmethod",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.UniqueConstraint(fields=("seller", "code"), name="bank_account_once"),
        ),
        migrations.AddConstraint(
            model_name="bankaccount",
            constraint=models.UniqueConstraint(
                fields=("seller", "number", "currency"), name="bank_account_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankstatement",
            constraint=models.UniqueConstraint(
                fields=("bank_account", "digest", "number"), name="bank_statement_once"
            ),
        ),
        migrations.AddIndex(
            model_name="bankline",
            index=models.Index(
                condition=models.Q(("status__in", ["open", "proposed"])),
                fields=["bank_account", "booked_on"],
                name="bank_line_open",
            ),
        ),
        migrations.AddIndex(
            model_name="bankline",
            index=models.Index(
                condition=models.Q(("iban", ""), _negated=True),
                fields=["iban"],
                name="bank_line_payer",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.UniqueConstraint(
                fields=("bank_account", "fingerprint"), name="bank_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["open", "proposed", "booked", "ignored"])),
                name="bank_line_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor", 0), _negated=True), name="bank_line_not_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="cashier",
            constraint=models.UniqueConstraint(fields=("seller", "code"), name="cashier_once"),
        ),
        migrations.AddIndex(
            model_name="collection",
            index=models.Index(
                condition=models.Q(("status__in", ["waiting", "charging", "action"])),
                fields=["next_on"],
                name="collection_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="collection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "status__in",
                        ["waiting", "charging", "action", "exhausted", "stopped", "done"],
                    )
                ),
                name="collection_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="debitbatch",
            constraint=models.UniqueConstraint(
                fields=("seller", "message_id"), name="debit_batch_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="debitbatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["made", "sent", "dropped"])),
                name="debit_batch_status",
            ),
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(
                condition=models.Q(("status", "opened")), fields=["account"], name="dispute_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(
                fields=("payment", "reference"), name="dispute_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["opened", "won", "lost", "returned"])),
                name="dispute_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="dispute_amount"
            ),
        ),
        migrations.AddConstraint(
            model_name="instalmentplan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("invoice",),
                name="instalment_plan_one_of_invoice",
            ),
        ),
        migrations.AddConstraint(
            model_name="instalment",
            constraint=models.UniqueConstraint(
                fields=("plan", "number"), name="instalment_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="instalment",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)), name="instalment_amount"
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.UniqueConstraint(
                fields=("seller", "reference"), name="mandate_reference_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(("scheme__in", ["CORE", "B2B"])), name="mandate_scheme"
            ),
        ),
        migrations.AddConstraint(
            model_name="mandate",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["active", "revoked", "expired"])),
                name="mandate_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="debit",
            constraint=models.UniqueConstraint(
                fields=("seller", "end_to_end_id"), name="debit_end_to_end_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.UniqueConstraint(
                fields=("seller", "gateway", "reference"), name="payout_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["announced", "arrived", "failed"])),
                name="payout_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="payout",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddIndex(
            model_name="bankmatch",
            index=models.Index(
                condition=models.Q(("kind", "other")), fields=["key"], name="bank_match_other"
            ),
        ),
        migrations.AddConstraint(
            model_name="bankmatch",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ["proposed", "booked"])),
                fields=("line", "key"),
                name="bank_match_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankmatch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["payment", "payout", "debits", "return", "refund", "other"])
                ),
                name="bank_match_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankmatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["proposed", "booked", "rejected", "undone"])),
                name="bank_match_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="bankmatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("confidence__lte", 100)), name="bank_match_confidence"
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutitem",
            constraint=models.UniqueConstraint(
                fields=("payout", "position"), name="payout_item_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="payoutitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["payment", "refund", "dispute", "fee", "other"])),
                name="payout_item_kind",
            ),
        ),
        migrations.AddIndex(
            model_name="refundattempt",
            index=models.Index(
                condition=models.Q(("status__in", ["created", "pending", "unknown"])),
                fields=["created_at"],
                name="refund_attempt_open",
            ),
        ),
        migrations.AddIndex(
            model_name="refundattempt",
            index=models.Index(
                condition=models.Q(("gateway_reference", ""), _negated=True),
                fields=["gateway", "gateway_reference"],
                name="refund_attempt_reference",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["created", "pending", "unknown", "succeeded", "failed"])
                ),
                name="refund_attempt_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="sweepmark",
            constraint=models.UniqueConstraint(
                fields=("seller", "gateway"), name="sweep_mark_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="till",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True)),
                fields=("cashier",),
                name="till_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="till",
            constraint=models.UniqueConstraint(
                fields=("cashier", "number"), name="till_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="tillentry",
            constraint=models.UniqueConstraint(fields=("till", "number"), name="till_entry_once"),
        ),
        migrations.AddConstraint(
            model_name="tillentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["payment", "banked", "difference", "cancelled"])),
                name="till_entry_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="tillentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor", 0), _negated=True), name="till_entry_not_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="topup",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0), ("below_minor__gt", 0)),
                name="top_up_amounts",
            ),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
