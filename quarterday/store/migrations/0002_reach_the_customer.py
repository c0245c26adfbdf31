"""Documents, messages, links, orders and what holds them up."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import quarterday.store.fields
import quarterday.store.models.attempt
import quarterday.store.models.message
import quarterday.store.models.order
from quarterday.store.guards import FROZEN_FILES, freeze_tables


def guard(apps: Any, schema_editor: Any) -> None:
    """Kept files never change; see `quarterday.store.guards`."""
    freeze_tables(schema_editor, FROZEN_FILES)


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AddressMark",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("address", models.CharField(max_length=254, unique=True)),
                ("reason", models.CharField(blank=True, default="", max_length=16)),
                ("detail", models.CharField(blank=True, default="", max_length=500)),
                ("soft_bounces", models.PositiveSmallIntegerField(default=0)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason__in", ["", "bounced", "complained", "by_hand"])
                        ),
                        name="address_mark_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Brand",
            fields=[
                (
                    "seller",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="brand",
                        serialize=False,
                        to="store.seller",
                    ),
                ),
                ("site_name", models.CharField(blank=True, default="", max_length=200)),
                ("domain", models.CharField(max_length=253, null=True, unique=True)),
                ("accent", models.CharField(blank=True, default="", max_length=7)),
                ("logo", models.BinaryField(null=True)),
                ("logo_type", models.CharField(blank=True, default="", max_length=32)),
                ("custom_css", models.TextField(blank=True, default="")),
                ("data", quarterday.store.fields.DataField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Cart",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="crt")),
                ("currency", models.CharField(max_length=3)),
                ("country", models.CharField(blank=True, default="", max_length=2)),
                ("region", models.CharField(blank=True, default="", max_length=32)),
                ("tax_id", models.CharField(blank=True, default="", max_length=64)),
                ("promotion", models.CharField(blank=True, default="", max_length=64)),
                ("language", models.CharField(blank=True, default="", max_length=16)),
                ("items", quarterday.store.fields.DataField(default=list)),
                ("buyer", quarterday.store.fields.DataField(default=dict)),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.order.CartStatus["OPEN"], max_length=8
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="store.account",
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "ordered", "expired"])),
                        name="cart_status",
                    )
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "open")),
                        fields=["expires_at"],
                        name="cart_expiring",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentFile",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="doc")),
                ("kind", models.CharField(max_length=16)),
                ("subject", models.CharField(max_length=80)),
                ("language", models.CharField(max_length=16)),
                ("name", models.CharField(max_length=120)),
                ("digest", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                ("data", quarterday.store.fields.DataField(default=dict)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="store.account",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "invoice",
                                    "credit_note",
                                    "receipt",
                                    "quote",
                                    "pro_forma",
                                    "statement",
                                ],
                            )
                        ),
                        name="document_file_kind",
                    ),
                    models.UniqueConstraint(fields=("kind", "subject"), name="document_file_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentTemplate",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="dtp")),
                ("kind", models.CharField(max_length=16)),
                ("version", models.PositiveIntegerField(default=1)),
                ("source", models.TextField()),
                ("saved_at", models.DateTimeField()),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="document_templates",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "invoice",
                                    "credit_note",
                                    "receipt",
                                    "quote",
                                    "pro_forma",
                                    "statement",
                                ],
                            )
                        ),
                        name="document_template_kind",
                    ),
                    models.UniqueConstraint(
                        fields=("seller", "kind", "version"), name="document_template_version_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="ivt")),
                ("email", models.EmailField(max_length=254)),
                ("role", models.CharField(max_length=16)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="invitations",
                        to="store.account",
                    ),
                ),
                (
                    "invited_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role__in", ["owner", "billing", "technical", "read_only"])
                        ),
                        name="invitation_role",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("accepted_at__isnull", True), ("withdrawn_at__isnull", True)
                        ),
                        fields=("account", "email"),
                        name="invitation_open_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LinkRevocation",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("purpose", models.CharField(blank=True, default="", max_length=12)),
                ("before", models.DateTimeField()),
                ("last_link", models.BigIntegerField(default=0)),
                ("actor", models.CharField(default="system", max_length=100)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.account",
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="msg")),
                ("kind", models.CharField(max_length=48)),
                ("subject", models.CharField(max_length=80)),
                ("occasion", models.CharField(blank=True, default="", max_length=64)),
                ("recipient", models.EmailField(blank=True, default="", max_length=254)),
                ("language", models.CharField(blank=True, default="", max_length=16)),
                ("data", quarterday.store.fields.DataField(default=dict)),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.message.MessageStatus["QUEUED"],
                        max_length=12,
                    ),
                ),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("created_at", models.DateTimeField()),
                ("send_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["queued", "addressed", "dropped"])),
                        name="message_status",
                    ),
                    models.UniqueConstraint(
                        fields=("kind", "subject", "occasion", "recipient"), name="message_once"
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "queued")),
                        fields=["send_at", "id"],
                        name="message_queued",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageTemplate",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="tpl")),
                ("kind", models.CharField(max_length=48)),
                ("language", models.CharField(max_length=16)),
                (
                    "channel",
                    models.CharField(
                        default=quarterday.store.models.message.Channel["MAIL"], max_length=8
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("title", models.TextField()),
                ("text", models.TextField()),
                ("html", models.TextField(blank=True, default="")),
                ("saved_at", models.DateTimeField()),
                ("actor", models.CharField(default="system", max_length=100)),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="message_templates",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "kind", "language", "channel", "version"),
                        name="message_template_version_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="ord")),
                ("label", models.CharField(max_length=64)),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.order.OrderStatus["PENDING"], max_length=12
                    ),
                ),
                ("activation", models.CharField(max_length=12)),
                ("placed_at", models.DateTimeField()),
                ("activated_at", models.DateTimeField(null=True)),
                ("terms_version", models.CharField(blank=True, default="", max_length=64)),
                ("terms_accepted_at", models.DateTimeField(null=True)),
                ("subscriptions", quarterday.store.fields.DataField(default=list)),
                ("data", quarterday.store.fields.DataField(default=dict)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
                        to="store.account",
                    ),
                ),
                (
                    "cart",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="order",
                        to="store.cart",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="orders",
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["pending", "active", "cancelled"])),
                        name="order_status",
                    ),
                    models.UniqueConstraint(fields=("seller", "label"), name="order_label_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentMethod",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="pmt")),
                ("gateway", models.CharField(max_length=32)),
                ("token", models.CharField(max_length=200)),
                ("kind", models.CharField(max_length=16)),
                ("label", models.CharField(max_length=100)),
                ("expires_on", models.DateField(null=True)),
                ("is_default", models.BooleanField(default=False)),
                ("removed_at", models.DateTimeField(null=True)),
                ("added_at", models.DateTimeField()),
                ("data", quarterday.store.fields.DataField(default=dict)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment_methods",
                        to="store.account",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("account", "gateway", "token"), name="payment_method_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True), ("removed_at__isnull", True)),
                        fields=("account",),
                        name="payment_method_one_default",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProductGroup",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="grp")),
                ("code", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True, default="")),
                ("position", models.SmallIntegerField(default=100)),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="product_groups",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "code"), name="product_group_code_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Quote",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="quo")),
                ("label", models.CharField(max_length=64)),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.order.QuoteStatus["OPEN"], max_length=12
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("issued_on", models.DateField()),
                ("valid_through", models.DateField()),
                ("items", quarterday.store.fields.DataField(default=list)),
                ("lines", quarterday.store.fields.DataField(default=list)),
                ("net_minor", models.BigIntegerField()),
                ("tax_minor", models.BigIntegerField()),
                ("total_minor", models.BigIntegerField()),
                ("data", quarterday.store.fields.DataField(default=dict)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quotes",
                        to="store.account",
                    ),
                ),
                (
                    "order",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quote",
                        to="store.order",
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["open", "accepted", "declined", "withdrawn"])
                        ),
                        name="quote_status",
                    ),
                    models.UniqueConstraint(fields=("seller", "label"), name="quote_label_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RateCount",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=128)),
                ("slot", models.BigIntegerField()),
                ("count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("key", "slot"), name="rate_count_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SignIn",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="sgn")),
                ("session_key", models.CharField(max_length=40, unique=True)),
                ("method", models.CharField(max_length=12)),
                ("device", models.CharField(blank=True, default="", max_length=80)),
                ("created_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_ins",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Unsubscription",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("address", models.CharField(max_length=254)),
                ("at", models.DateTimeField()),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "address"), name="unsubscription_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="dlv")),
                (
                    "channel",
                    models.CharField(
                        default=quarterday.store.models.message.Channel["MAIL"], max_length=8
                    ),
                ),
                ("address", models.CharField(max_length=254)),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.message.DeliveryStatus["QUEUED"],
                        max_length=12,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("claimed_until", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("message_key", models.CharField(max_length=200, unique=True)),
                ("provider", models.CharField(blank=True, default="", max_length=32)),
                (
                    "provider_id",
                    models.CharField(blank=True, db_index=True, default="", max_length=200),
                ),
                ("title", models.CharField(blank=True, default="", max_length=500)),
                ("content", models.BinaryField(null=True)),
                ("error", models.CharField(blank=True, default="", max_length=500)),
                (
                    "contact",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="store.contact",
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="store.message",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["mail", "sms", "chat"])),
                        name="delivery_channel",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "queued",
                                    "sending",
                                    "sent",
                                    "delivered",
                                    "failed",
                                    "bounced",
                                    "complained",
                                    "suppressed",
                                    "unknown",
                                ],
                            )
                        ),
                        name="delivery_status",
                    ),
                    models.UniqueConstraint(
                        fields=("message", "channel", "address"), name="delivery_once_per_address"
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ["queued", "sending"])),
                        fields=["next_at", "id"],
                        name="delivery_due",
                    ),
                    models.Index(fields=["address"], name="delivery_of_address"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="lnk")),
                ("purpose", models.CharField(max_length=12)),
                ("subject", models.CharField(blank=True, default="", max_length=80)),
                ("address", models.CharField(blank=True, default="", max_length=254)),
                ("destination", models.CharField(blank=True, default="", max_length=2000)),
                ("parameters", quarterday.store.fields.DataField(default=dict)),
                ("secret_digest", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(default="system", max_length=100)),
                ("expires_at", models.DateTimeField()),
                ("single_use", models.BooleanField(default=False)),
                ("used_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("kind", models.CharField(blank=True, default="", max_length=48)),
                ("variant", models.CharField(blank=True, default="", max_length=32)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links",
                        to="store.account",
                    ),
                ),
                (
                    "delivery",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="links",
                        to="store.delivery",
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "purpose__in",
                                [
                                    "pay",
                                    "view",
                                    "sign_in",
                                    "portal",
                                    "invitation",
                                    "quote",
                                    "custom",
                                    "unsubscribe",
                                ],
                            )
                        ),
                        name="link_purpose",
                    )
                ],
                "indexes": [models.Index(fields=["subject"], name="link_of_subject")],
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("is_public", models.BooleanField(default=True)),
                ("headline", models.CharField(blank=True, default="", max_length=200)),
                ("description", models.TextField(blank=True, default="")),
                ("features", quarterday.store.fields.DataField(default=list)),
                ("position", models.SmallIntegerField(default=100)),
                ("max_quantity", models.PositiveIntegerField(default=1)),
                ("options", quarterday.store.fields.DataField(default=list)),
                ("addons", quarterday.store.fields.DataField(default=list)),
                ("activation", models.CharField(default="on_payment", max_length=12)),
                ("on_invoice", models.BooleanField(default=False)),
                (
                    "product",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="offer",
                        to="store.product",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="store.productgroup",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("activation__in", ["on_order", "on_payment", "by_hand"])
                        ),
                        name="offer_activation",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentAttempt",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="att")),
                (
                    "purpose",
                    models.CharField(
                        default=quarterday.store.models.attempt.AttemptPurpose["PAY"], max_length=4
                    ),
                ),
                ("gateway", models.CharField(max_length=32)),
                ("choice", models.CharField(blank=True, default="", max_length=32)),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.attempt.AttemptStatus["CREATED"],
                        max_length=12,
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("invoices", quarterday.store.fields.DataField(default=list)),
                ("is_promise", models.BooleanField(default=False)),
                ("gateway_reference", models.CharField(blank=True, default="", max_length=200)),
                ("error", models.CharField(blank=True, default="", max_length=500)),
                ("actor", models.CharField(default="system", max_length=100)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("data", quarterday.store.fields.DataField(default=dict)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment_attempts",
                        to="store.account",
                    ),
                ),
                (
                    "payment",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attempt",
                        to="store.payment",
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
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "created",
                                    "action",
                                    "pending",
                                    "unknown",
                                    "succeeded",
                                    "failed",
                                    "cancelled",
                                ],
                            )
                        ),
                        name="payment_attempt_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["pay", "save"])),
                        name="payment_attempt_purpose",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount_minor__gt", 0), ("purpose", "pay")),
                            models.Q(("amount_minor", 0), ("purpose", "save")),
                            _connector="OR",
                        ),
                        name="payment_attempt_amount",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("gateway_reference", ""), _negated=True),
                        fields=["gateway", "gateway_reference"],
                        name="payment_attempt_reference",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("is_promise", False),
                            ("status__in", ["created", "action", "pending", "unknown"]),
                        ),
                        fields=["created_at"],
                        name="payment_attempt_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Click",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("action", models.CharField(default="open", max_length=12)),
                ("device", models.CharField(default="other", max_length=12)),
                ("is_bot", models.BooleanField(default=False)),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="clicks",
                        to="store.link",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="discount",
            name="promotion",
            field=models.CharField(default="nobody", max_length=8),
        ),
        migrations.AddField(
            model_name="membership",
            name="chosen_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="language",
            field=models.CharField(blank=True, default="", max_length=16),
        ),
        migrations.AddConstraint(
            model_name="discount",
            constraint=models.CheckConstraint(
                condition=models.Q(("promotion__in", ["nobody", "new", "all"])),
                name="discount_promotion",
            ),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
