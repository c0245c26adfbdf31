"""The first tables, with every constraint of the data rules."""

import datetime
from decimal import Decimal
from typing import Any

import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import quarterday.core.charging
import quarterday.core.lifecycle
import quarterday.core.metering
import quarterday.core.period
import quarterday.core.proration
import quarterday.store.fields
import quarterday.store.models.account
import quarterday.store.models.subscription
from quarterday.store.guards import install_guards


def guard(apps: Any, schema_editor: Any) -> None:
    """What Django's constraints cannot say; see `quarterday.store.guards`."""
    install_guards(schema_editor)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("data", quarterday.store.fields.DataField()),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="usr")),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(blank=True, default="", max_length=200)),
                ("is_staff", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="GatewayEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("gateway", models.CharField(max_length=32)),
                ("event_id", models.CharField(max_length=200)),
                ("received_at", models.DateTimeField()),
                ("processed_at", models.DateTimeField(null=True)),
                ("body", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("gateway", "event_id"), name="gateway_event_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("caller", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=200)),
                ("input_hash", models.CharField(max_length=64)),
                ("answer", quarterday.store.fields.DataField(null=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("caller", "key"), name="idempotency_key_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="JobRun",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("job", models.CharField(max_length=64)),
                ("slot", models.CharField(max_length=64)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("summary", quarterday.store.fields.DataField(default=dict)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("job", "slot"), name="job_slot_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Seller",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="sel")),
                ("code", models.CharField(max_length=64, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("country", models.CharField(max_length=2)),
                ("region", models.CharField(blank=True, default="", max_length=32)),
                ("time_zone", models.CharField(max_length=64)),
                ("currency", models.CharField(max_length=3)),
                ("language", models.CharField(default="en", max_length=16)),
                ("address", quarterday.store.fields.DataField(default=dict)),
                ("tax_id", models.CharField(blank=True, default="", max_length=64)),
                ("settings", quarterday.store.fields.DataField(default=dict)),
                (
                    "snapshot",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.snapshot",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="NumberSeries",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=32)),
                ("prefix", models.CharField(blank=True, default="", max_length=32)),
                ("digits", models.PositiveSmallIntegerField(default=6)),
                ("next_number", models.BigIntegerField(default=1)),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="series",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "code"), name="series_once_per_seller"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("next_number__gte", 1)), name="series_from_one"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("account_id", models.BigIntegerField(null=True)),
                ("kind", models.CharField(max_length=48)),
                ("subject", models.CharField(max_length=40)),
                ("actor", models.CharField(default="system", max_length=100)),
                ("at", models.DateTimeField()),
                ("data", models.TextField(default="{}")),
                (
                    "seller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["account_id"], name="event_of_account")],
            },
        ),
        migrations.CreateModel(
            name="Discount",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="dsc")),
                ("code", models.CharField(max_length=64)),
                ("name", models.CharField(blank=True, default="", max_length=200)),
                ("kind", models.CharField(max_length=16)),
                ("value", quarterday.store.fields.ExactField(default=Decimal("0"))),
                ("currency", models.CharField(blank=True, default="", max_length=3)),
                ("products", quarterday.store.fields.DataField(null=True)),
                ("duration", models.CharField(default="forever", max_length=8)),
                ("periods", models.PositiveSmallIntegerField(default=1)),
                ("priority", models.SmallIntegerField(default=100)),
                ("valid_from", models.DateField(null=True)),
                ("valid_end", models.DateField(null=True)),
                (
                    "seller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="discounts",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("seller", "code"), name="discount_code_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["percentage", "fixed", "price_override", "free_setup"])
                        ),
                        name="discount_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("duration__in", ["once", "periods", "forever"])),
                        name="discount_duration",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaxRate",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=100)),
                ("percent", quarterday.store.fields.ExactField()),
                ("country", models.CharField(max_length=2)),
                ("region", models.CharField(blank=True, default="", max_length=32)),
                ("tax_class", models.CharField(default="standard", max_length=32)),
                ("level", models.PositiveSmallIntegerField(default=1)),
                ("compound", models.BooleanField(default=False)),
                ("category", models.CharField(default="S", max_length=2)),
                ("valid_from", models.DateField(default=datetime.date(1970, 1, 1))),
                ("valid_end", models.DateField(null=True)),
                (
                    "seller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tax_rates",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "code", "tax_class", "valid_from"), name="tax_rate_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", [1, 2])), name="tax_rate_level"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Account",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="acc")),
                ("external_id", models.CharField(max_length=128, null=True)),
                ("name", models.CharField(max_length=200)),
                ("currency", models.CharField(max_length=3)),
                ("language", models.CharField(default="en", max_length=16)),
                ("country", models.CharField(max_length=2)),
                ("region", models.CharField(blank=True, default="", max_length=32)),
                ("address", quarterday.store.fields.DataField(default=dict)),
                ("tax_id", models.CharField(blank=True, default="", max_length=64)),
                ("tax_id_evidence", quarterday.store.fields.DataField(default=dict)),
                ("tax_exempt_reason", models.CharField(blank=True, default="", max_length=200)),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.account.AccountStatus["OPEN"], max_length=16
                    ),
                ),
                ("settings", quarterday.store.fields.DataField(default=dict)),
                ("data", quarterday.store.fields.DataField(default=dict)),
                (
                    "seller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="store.seller",
                    ),
                ),
                (
                    "snapshot",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.snapshot",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "external_id"), name="account_external_id_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "closed"])),
                        name="account_status",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="JournalEntry",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=24)),
                ("on", models.DateField()),
                ("source", models.CharField(max_length=40)),
                ("reference", models.CharField(max_length=128)),
                ("memo", models.CharField(blank=True, default="", max_length=200)),
                (
                    "seller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("source", "kind"), name="journal_entry_once")
                ],
                "indexes": [models.Index(fields=["seller", "on"], name="journal_entry_order")],
            },
        ),
        migrations.CreateModel(
            name="LedgerAccount",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=100)),
                (
                    "seller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ledger_accounts",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("seller", "code"), name="ledger_account_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Meter",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="mtr")),
                ("code", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=200)),
                (
                    "aggregation",
                    models.CharField(
                        default=quarterday.core.metering.Aggregation["SUM"], max_length=16
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="meters",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("seller", "code"), name="meter_code_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "aggregation__in",
                                [
                                    "sum",
                                    "count",
                                    "max",
                                    "last",
                                    "unique",
                                    "time_weighted",
                                    "percentile_95",
                                ],
                            )
                        ),
                        name="meter_aggregation",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="prd")),
                ("code", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=200)),
                ("tax_class", models.CharField(default="standard", max_length=32)),
                ("income_code", models.CharField(default="sales", max_length=64)),
                ("settings", quarterday.store.fields.DataField(default=dict)),
                (
                    "seller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("seller", "code"), name="product_code_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="BillingProblem",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="problem",
                        serialize=False,
                        to="store.account",
                    ),
                ),
                ("reason", models.TextField()),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("series", models.CharField(max_length=32)),
                ("number", models.BigIntegerField()),
                ("label", models.CharField(max_length=64)),
                ("currency", models.CharField(max_length=3)),
                ("issued_on", models.DateField()),
                ("net_minor", models.BigIntegerField()),
                ("tax_minor", models.BigIntegerField()),
                ("total_minor", models.BigIntegerField()),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="inv")),
                ("status", models.CharField(max_length=12)),
                ("due_on", models.DateField()),
                ("open_minor", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="store.account",
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
                    "account_snapshot",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.snapshot",
                    ),
                ),
                (
                    "seller_snapshot",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.snapshot",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "series", "number"), name="invoice_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["draft", "open", "paid", "void", "written_off"])
                        ),
                        name="invoice_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "total_minor",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("net_minor"), "+", models.F("tax_minor")
                                ),
                            )
                        ),
                        name="invoice_total",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("open_minor__gte", 0), ("open_minor__lte", models.F("total_minor"))
                        ),
                        name="invoice_open",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "open")),
                        fields=["due_on"],
                        name="invoice_open_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceTax",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=100)),
                ("percent", quarterday.store.fields.ExactField()),
                ("category", models.CharField(max_length=2)),
                ("reason_code", models.CharField(blank=True, default="", max_length=32)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("base_minor", models.BigIntegerField()),
                ("tax_minor", models.BigIntegerField()),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taxes",
                        to="store.invoice",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="pay")),
                ("external_id", models.CharField(max_length=128, null=True)),
                ("status", models.CharField(max_length=20)),
                ("method", models.CharField(max_length=32)),
                ("reference", models.CharField(blank=True, default="", max_length=200)),
                ("received_on", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("open_minor", models.BigIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="store.account",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "external_id"), name="payment_external_id_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "pending",
                                    "succeeded",
                                    "failed",
                                    "partially_refunded",
                                    "refunded",
                                    "disputed",
                                ],
                            )
                        ),
                        name="payment_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_minor__gt", 0),
                            ("open_minor__gte", 0),
                            ("open_minor__lte", models.F("amount_minor")),
                        ),
                        name="payment_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditGrant",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="crd")),
                ("external_id", models.CharField(max_length=128, null=True)),
                ("kind", models.CharField(max_length=16)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("open_minor", models.BigIntegerField()),
                ("priority", models.SmallIntegerField(default=100)),
                ("granted_on", models.DateField()),
                ("expires_on", models.DateField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_grants",
                        to="store.account",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="grants",
                        to="store.payment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "external_id"), name="credit_grant_external_id_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "deposit",
                                    "overpayment",
                                    "credit_note",
                                    "promotional",
                                    "goodwill",
                                ],
                            )
                        ),
                        name="credit_grant_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_minor__gt", 0),
                            ("open_minor__gte", 0),
                            ("open_minor__lte", models.F("amount_minor")),
                        ),
                        name="credit_grant_open_amount",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("open_minor__gt", 0)),
                        fields=["account"],
                        name="credit_grant_open",
                    ),
                    models.Index(
                        condition=models.Q(("expires_on__isnull", False), ("open_minor__gt", 0)),
                        fields=["expires_on"],
                        name="credit_grant_expiry",
                    ),
                    models.Index(
                        condition=models.Q(("payment__isnull", False)),
                        fields=["payment"],
                        name="credit_grant_of_payment",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("account_id", models.BigIntegerField(null=True)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="store.journalentry",
                    ),
                ),
                (
                    "ledger_account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.ledgeraccount",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor", 0), _negated=True),
                        name="posting_not_zero",
                    )
                ],
                "indexes": [models.Index(fields=["account_id"], name="posting_of_account")],
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="rfd")),
                ("external_id", models.CharField(max_length=128, null=True)),
                ("refunded_on", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="store.account",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="store.payment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "external_id"), name="refund_external_id_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="refund_amount"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditDeduction",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="ded")),
                ("kind", models.CharField(max_length=12)),
                ("on", models.DateField()),
                ("amount_minor", models.BigIntegerField()),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deductions",
                        to="store.creditgrant",
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deductions",
                        to="store.refund",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["expired", "reversed", "deducted", "refunded"])
                        ),
                        name="credit_deduction_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="credit_deduction_amount"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BillingDue",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="due",
                        serialize=False,
                        to="store.account",
                    ),
                ),
                ("bill_on", models.DateField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["bill_on", "account"], name="due_order")],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="con")),
                ("name", models.CharField(blank=True, default="", max_length=200)),
                ("email", models.EmailField(max_length=254)),
                ("kinds", quarterday.store.fields.DataField(default=list)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="contacts",
                        to="store.account",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "email"), name="contact_once_per_account"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DunningStep",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("step", models.CharField(max_length=64)),
                ("taken_at", models.DateTimeField()),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dunning_steps",
                        to="store.invoice",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("invoice", "step"), name="dunning_step_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("role", models.CharField(max_length=16)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="store.account",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "account"), name="membership_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role__in", ["owner", "billing", "technical", "read_only"])
                        ),
                        name="membership_role",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="pln")),
                ("code", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=200)),
                ("cadence_count", models.PositiveSmallIntegerField(default=1)),
                (
                    "cadence_unit",
                    models.CharField(default=quarterday.core.period.Unit["MONTH"], max_length=8),
                ),
                (
                    "anchoring",
                    models.CharField(
                        default=quarterday.core.period.Anchoring["START"], max_length=16
                    ),
                ),
                ("anchor_day", models.PositiveSmallIntegerField(null=True)),
                ("trial_days", models.PositiveSmallIntegerField(default=0)),
                ("settings", quarterday.store.fields.DataField(default=dict)),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="store.product",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("product", "code"), name="plan_code_once"),
                    models.CheckConstraint(
                        condition=models.Q(("cadence_unit__in", ["day", "week", "month", "year"])),
                        name="plan_cadence_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("anchoring__in", ["start", "day_of_month", "calendar"])
                        ),
                        name="plan_anchoring",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cadence_count__gte", 1)), name="plan_cadence_count"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditNote",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("series", models.CharField(max_length=32)),
                ("number", models.BigIntegerField()),
                ("label", models.CharField(max_length=64)),
                ("currency", models.CharField(max_length=3)),
                ("issued_on", models.DateField()),
                ("net_minor", models.BigIntegerField()),
                ("tax_minor", models.BigIntegerField()),
                ("total_minor", models.BigIntegerField()),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="crn")),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="store.account",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_notes",
                        to="store.invoice",
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
                    "account_snapshot",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.snapshot",
                    ),
                ),
                (
                    "seller_snapshot",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.snapshot",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "series", "number"), name="credit_note_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "total_minor",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("net_minor"), "+", models.F("tax_minor")
                                ),
                            )
                        ),
                        name="credit_note_total",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("invoice__isnull", False)),
                        fields=["invoice"],
                        name="credit_note_of_invoice",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditNoteTax",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=100)),
                ("percent", quarterday.store.fields.ExactField()),
                ("category", models.CharField(max_length=2)),
                ("reason_code", models.CharField(blank=True, default="", max_length=32)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("base_minor", models.BigIntegerField()),
                ("tax_minor", models.BigIntegerField()),
                (
                    "credit_note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taxes",
                        to="store.creditnote",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Allocation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="alc")),
                ("on", models.DateField()),
                ("amount_minor", models.BigIntegerField()),
                (
                    "reverses",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversed_by",
                        to="store.allocation",
                    ),
                ),
                (
                    "grant",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="store.creditgrant",
                    ),
                ),
                (
                    "credit_note",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="store.creditnote",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="store.invoice",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="allocations",
                        to="store.payment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor", 0), _negated=True),
                        name="allocation_not_zero",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("credit_note__isnull", True),
                                ("grant__isnull", True),
                                ("payment__isnull", False),
                            ),
                            models.Q(
                                ("credit_note__isnull", True),
                                ("grant__isnull", False),
                                ("payment__isnull", True),
                            ),
                            models.Q(
                                ("credit_note__isnull", False),
                                ("grant__isnull", True),
                                ("payment__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="allocation_one_source",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Price",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="prc")),
                ("code", models.CharField(max_length=64)),
                ("currency", models.CharField(max_length=3)),
                ("model", quarterday.store.fields.DataField()),
                ("setup_fee", quarterday.store.fields.ExactField(default=Decimal("0"))),
                ("minimum", quarterday.store.fields.ExactField(null=True)),
                ("commitment", quarterday.store.fields.ExactField(null=True)),
                ("free_units", quarterday.store.fields.ExactField(default=Decimal("0"))),
                ("unit_code", models.CharField(default="C62", max_length=8)),
                (
                    "timing",
                    models.CharField(
                        default=quarterday.core.charging.Timing["ADVANCE"], max_length=8
                    ),
                ),
                (
                    "convention",
                    models.CharField(
                        default=quarterday.core.proration.Convention["ACTUAL_DAYS"], max_length=16
                    ),
                ),
                (
                    "policy",
                    models.CharField(
                        default=quarterday.core.proration.Policy["PRORATE"], max_length=8
                    ),
                ),
                ("tax_inclusive", models.BooleanField(default=False)),
                ("retired_on", models.DateField(null=True)),
                (
                    "meter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prices",
                        to="store.meter",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prices",
                        to="store.plan",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plan", "code", "currency"), name="price_code_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("timing__in", ["advance", "arrears"])),
                        name="price_timing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("convention__in", ["actual_days", "fixed_30", "seconds"])
                        ),
                        name="price_convention",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("policy__in", ["prorate", "full", "none"])),
                        name="price_policy",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("meter__isnull", True),
                            ("timing", quarterday.core.charging.Timing["ARREARS"]),
                            _connector="OR",
                        ),
                        name="price_usage_in_arrears",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="sub")),
                ("external_id", models.CharField(max_length=128, null=True)),
                ("status", models.CharField(max_length=16)),
                ("start_on", models.DateField()),
                ("end_on", models.DateField(null=True)),
                ("trial_end", models.DateField(null=True)),
                ("paused_on", models.DateField(null=True)),
                ("cancel_reason", models.CharField(blank=True, default="", max_length=500)),
                ("anchor_on", models.DateField()),
                ("anchor_day", models.PositiveSmallIntegerField()),
                ("settings", quarterday.store.fields.DataField(default=dict)),
                ("data", quarterday.store.fields.DataField(default=dict)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subscriptions",
                        to="store.account",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.plan",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "external_id"), name="subscription_external_id_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "pending",
                                    "trialing",
                                    "active",
                                    "paused",
                                    "cancelling",
                                    "cancelled",
                                    "ended",
                                ],
                            )
                        ),
                        name="subscription_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("end_on__isnull", True),
                            ("end_on__gte", models.F("start_on")),
                            _connector="OR",
                        ),
                        name="subscription_ends_after_start",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("status", quarterday.core.lifecycle.SubscriptionState["PENDING"])
                        ),
                        fields=["start_on"],
                        name="subscription_to_start",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("status", quarterday.core.lifecycle.SubscriptionState["TRIALING"])
                        ),
                        fields=["trial_end"],
                        name="subscription_on_trial",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("status", quarterday.core.lifecycle.SubscriptionState["CANCELLING"])
                        ),
                        fields=["end_on"],
                        name="subscription_to_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SubscriptionDiscount",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("start_on", models.DateField()),
                ("end_on", models.DateField(null=True)),
                ("used", models.PositiveIntegerField(default=0)),
                ("used_through", models.DateField(null=True)),
                (
                    "discount",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.discount",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="discounts",
                        to="store.subscription",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("subscription", "discount"), name="discount_once_per_subscription"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SubscriptionItem",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "account_id",
                    models.BigIntegerField(
                        help_text="copied key of account; its parent row enforces it"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        default=quarterday.store.models.subscription.ItemRole["BASE"], max_length=12
                    ),
                ),
                ("quantity", quarterday.store.fields.ExactField(default=Decimal("1"))),
                ("start_on", models.DateField()),
                ("end_on", models.DateField(null=True)),
                ("end_cause", models.CharField(max_length=8, null=True)),
                ("former_end_on", models.DateField(null=True)),
                ("billed_from", models.DateField(null=True)),
                ("billed_through", models.DateField()),
                ("anchor_on", models.DateField()),
                ("anchor_day", models.PositiveSmallIntegerField()),
                ("cadence_count", models.PositiveSmallIntegerField()),
                ("cadence_unit", models.CharField(max_length=8)),
                (
                    "price",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.price",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="store.subscription",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["base", "addon", "commitment"])),
                        name="item_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end_cause__in", ["change", "pause", "cancel"])),
                        name="item_end_cause",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cadence_unit__in", ["day", "week", "month", "year"])),
                        name="item_cadence_unit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("end_on__isnull", True),
                            ("end_on__gte", models.F("start_on")),
                            _connector="OR",
                        ),
                        name="item_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("billed_through__gte", models.F("start_on"))),
                        name="item_billed_from_start",
                    ),
                ],
                "indexes": [models.Index(fields=["account_id"], name="item_account")],
            },
        ),
        migrations.CreateModel(
            name="PendingCharge",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="chg")),
                ("external_id", models.CharField(max_length=128, null=True)),
                ("kind", models.CharField(max_length=16)),
                ("description", models.CharField(max_length=500)),
                ("period_start", models.DateField()),
                ("period_end", models.DateField()),
                ("quantity", quarterday.store.fields.ExactField(default=Decimal("1"))),
                ("unit_code", models.CharField(default="C62", max_length=8)),
                ("unit_price", quarterday.store.fields.ExactField()),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("tax_inclusive", models.BooleanField(default=False)),
                ("tax_on", models.DateField()),
                ("bill_on", models.DateField()),
                ("source_line_id", models.BigIntegerField(null=True)),
                ("explanation", quarterday.store.fields.DataField(default=dict)),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.subscription.ChargeStatus["PENDING"],
                        max_length=8,
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pending_charges",
                        to="store.account",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.product",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pending_charges",
                        to="store.subscription",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.subscriptionitem",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "external_id"), name="pending_charge_external_id_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["pending", "billed", "void"])),
                        name="pending_charge_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["setup", "one_off", "unused", "adjustment"])
                        ),
                        name="pending_charge_kind",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(
                            ("status", quarterday.store.models.subscription.ChargeStatus["PENDING"])
                        ),
                        fields=["account"],
                        name="pending_charge_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField()),
                (
                    "account_id",
                    models.BigIntegerField(
                        help_text="copied key of account; its parent row enforces it"
                    ),
                ),
                ("subscription_id", models.BigIntegerField(null=True)),
                ("kind", models.CharField(max_length=12)),
                ("revision", models.PositiveSmallIntegerField(default=0)),
                ("description", models.CharField(max_length=500)),
                ("period_start", models.DateField()),
                ("period_end", models.DateField()),
                ("quantity", quarterday.store.fields.ExactField()),
                ("unit_code", models.CharField(max_length=8)),
                ("unit_price", quarterday.store.fields.ExactField()),
                ("gross_minor", models.BigIntegerField()),
                ("discount_minor", models.BigIntegerField()),
                ("net_minor", models.BigIntegerField()),
                ("base_minor", models.BigIntegerField()),
                ("tax_code", models.CharField(max_length=80)),
                ("income_code", models.CharField(max_length=64)),
                ("explanation", models.TextField()),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="store.invoice",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.product",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="store.subscriptionitem",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("item", "kind", "period_start", "revision"), name="line_period_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "recurring",
                                    "usage",
                                    "supplement",
                                    "commitment",
                                    "setup",
                                    "one_off",
                                    "unused",
                                    "adjustment",
                                ],
                            )
                        ),
                        name="line_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("period_end__gte", models.F("period_start"))),
                        name="line_period",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditNoteLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("position", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=12)),
                ("description", models.CharField(max_length=500)),
                ("period_start", models.DateField()),
                ("period_end", models.DateField()),
                ("quantity", quarterday.store.fields.ExactField()),
                ("unit_code", models.CharField(max_length=8)),
                ("unit_price", quarterday.store.fields.ExactField()),
                ("net_minor", models.BigIntegerField()),
                ("base_minor", models.BigIntegerField()),
                ("tax_code", models.CharField(max_length=80)),
                ("income_code", models.CharField(max_length=64)),
                ("explanation", models.TextField()),
                (
                    "credit_note",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="store.creditnote",
                    ),
                ),
                (
                    "invoice_line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_lines",
                        to="store.invoiceline",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.product",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.subscriptionitem",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="UsageEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("event_id", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("on", models.DateField()),
                ("value", quarterday.store.fields.ExactField()),
                ("key", models.CharField(blank=True, default="", max_length=200)),
                ("corrects", models.CharField(blank=True, default="", max_length=200)),
                ("superseded", models.BooleanField(default=False)),
                ("billed", models.BooleanField(default=False)),
                ("data", quarterday.store.fields.DataField(default=dict)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.account",
                    ),
                ),
                (
                    "meter",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.meter",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.subscription",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("meter", "event_id"), name="usage_event_once")
                ],
                "indexes": [
                    models.Index(fields=["subscription", "meter", "on"], name="usage_of_period"),
                    models.Index(
                        condition=models.Q(("billed", False)),
                        fields=["account"],
                        name="usage_unbilled",
                    ),
                ],
            },
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
