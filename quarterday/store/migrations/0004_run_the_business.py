"""Run the business: dunning, services, staff, runs, webhooks and reports."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import quarterday.core.service
import quarterday.store.fields
import quarterday.store.models.dunning
import quarterday.store.models.hook
import quarterday.store.models.run
import quarterday.store.models.service
import quarterday.store.models.staff
from quarterday.store.guards import FROZEN_STEPS, freeze_tables


def guard(apps: Any, schema_editor: Any) -> None:
    """Steps that were taken never change; see `quarterday.store.guards`."""
    freeze_tables(schema_editor, FROZEN_STEPS)


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0003_money_in"),
    ]

    operations = [
        migrations.DeleteModel(
            name="DunningStep",
        ),
        migrations.CreateModel(
            name="DunningStep",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dunning_steps",
                        to="store.invoice",
                    ),
                ),
                ("step", models.CharField(max_length=64)),
                ("action", models.CharField(max_length=24)),
                ("policy", models.CharField(max_length=64)),
                ("policy_version", models.PositiveIntegerField(default=0)),
                ("planned_on", models.DateField()),
                ("taken_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        default=quarterday.store.models.dunning.StepOutcome["DONE"], max_length=8
                    ),
                ),
                ("data", quarterday.store.fields.DataField(default=dict)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("invoice", "step"), name="dunning_step_once"),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["done", "passed", "failed"])),
                        name="dunning_step_outcome",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountGroup",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="grp")),
                ("code", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=200)),
                ("settings", quarterday.store.fields.DataField(default=dict)),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="account_groups",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "code"), name="account_group_code_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AccountNote",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="nte")),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                ("actor", models.CharField(max_length=100)),
                ("is_pinned", models.BooleanField(default=False)),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="store.account",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=160)),
                ("kind", models.CharField(max_length=32)),
                ("text", models.CharField(max_length=500)),
                ("raised_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
                ("resolved_at", models.DateTimeField(null=True)),
                ("resolved_told_at", models.DateTimeField(null=True)),
                ("data", quarterday.store.fields.DataField(default=dict)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("resolved_at__isnull", True)),
                        fields=("key",),
                        name="alert_open_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="key")),
                ("name", models.CharField(max_length=100)),
                ("start", models.CharField(max_length=12)),
                ("key_hash", models.CharField(max_length=64, unique=True)),
                ("scopes", quarterday.store.fields.DataField(default=list)),
                ("created_at", models.DateTimeField()),
                ("actor", models.CharField(default="system", max_length=100)),
                ("used_on", models.DateField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_keys",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="apr")),
                ("kind", models.CharField(max_length=16)),
                ("subject", models.CharField(max_length=40)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
                ("reason", models.CharField(blank=True, default="", max_length=500)),
                ("data", quarterday.store.fields.DataField(default=dict)),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.staff.ApprovalStatus["WAITING"],
                        max_length=12,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("result", models.CharField(blank=True, default="", max_length=40)),
                ("error", models.CharField(blank=True, default="", max_length=500)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approvals",
                        to="store.account",
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="approvals",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["waiting", "approved", "refused", "done", "failed", "withdrawn"],
                            )
                        ),
                        name="approval_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="approval_amount"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            ("status", "withdrawn"),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="approval_by_another",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ["waiting", "approved"])),
                        fields=["seller", "asked_at"],
                        name="approval_waiting",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BillingHold",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="billing_hold",
                        serialize=False,
                        to="store.account",
                    ),
                ),
                ("until", models.DateField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("held_at", models.DateTimeField()),
                ("actor", models.CharField(default="system", max_length=100)),
            ],
        ),
        migrations.CreateModel(
            name="Cycle",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("day", models.DateField(unique=True)),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.run.WorkStatus["WAITING"], max_length=8
                    ),
                ),
                ("started_at", models.DateTimeField(null=True)),
                ("heartbeat_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("worker", models.CharField(blank=True, default="", max_length=100)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["waiting", "running", "done", "failed", "stopped"])
                        ),
                        name="cycle_status",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CycleStep",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=32)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.run.WorkStatus["WAITING"], max_length=8
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("summary", quarterday.store.fields.DataField(default=dict)),
                ("error", models.CharField(blank=True, default="", max_length=500)),
                (
                    "cycle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="store.cycle",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["waiting", "running", "done", "failed", "stopped"])
                        ),
                        name="cycle_step_status",
                    ),
                    models.UniqueConstraint(fields=("cycle", "name"), name="cycle_step_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="DayFigure",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("name", models.CharField(max_length=32)),
                ("amount_minor", models.BigIntegerField(default=0)),
                ("count", models.BigIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
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
                    models.UniqueConstraint(
                        fields=("seller", "name", "day", "currency"), name="day_figure_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Dunning",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("policy", models.CharField(blank=True, default="", max_length=64)),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.dunning.DunningStatus["RUNNING"],
                        max_length=8,
                    ),
                ),
                ("next_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("version", models.PositiveIntegerField(default=0)),
                ("started_at", models.DateTimeField()),
                ("resumed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dunnings",
                        to="store.account",
                    ),
                ),
                (
                    "invoice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dunning",
                        to="store.invoice",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["running", "paused", "ended"])),
                        name="dunning_status",
                    )
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ["running", "paused"])),
                        fields=["next_at", "account"],
                        name="dunning_next",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DunningHold",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="hld")),
                ("cause", models.CharField(max_length=8)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("until", models.DateField(null=True)),
                ("created_at", models.DateTimeField()),
                ("actor", models.CharField(default="system", max_length=100)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dunning_holds",
                        to="store.account",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dunning_holds",
                        to="store.invoice",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("cause__in", ["promise", "transfer", "staff"])),
                        name="dunning_hold_cause",
                    )
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=["account"],
                        name="dunning_hold_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DunningPolicy",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="dpo")),
                ("code", models.CharField(max_length=64)),
                ("version", models.PositiveIntegerField(default=1)),
                ("name", models.CharField(max_length=200)),
                ("steps", quarterday.store.fields.DataField(default=list)),
                ("data", quarterday.store.fields.DataField(default=dict)),
                ("saved_at", models.DateTimeField()),
                ("actor", models.CharField(default="system", max_length=100)),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dunning_policies",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seller", "code", "version"), name="dunning_policy_version_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PromotionUse",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
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
                    "discount",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.discount",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="promotion_uses",
                        to="store.order",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("discount", "account", "number"), name="promotion_use_once"
                    ),
                    models.UniqueConstraint(
                        fields=("order", "discount"), name="promotion_use_of_order"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Provisioning",
            fields=[
                (
                    "product",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="provisioning",
                        serialize=False,
                        to="store.product",
                    ),
                ),
                ("place", models.CharField(blank=True, default="", max_length=64)),
                ("options", quarterday.store.fields.DataField(default=dict)),
                ("features", quarterday.store.fields.DataField(default=list)),
            ],
        ),
        migrations.CreateModel(
            name="ReportSchedule",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="rsc")),
                ("report", models.CharField(max_length=32)),
                ("options", quarterday.store.fields.DataField(default=dict)),
                ("cadence", models.CharField(max_length=8)),
                ("file_type", models.CharField(default="xlsx", max_length=4)),
                ("recipients", quarterday.store.fields.DataField(default=list)),
                ("next_on", models.DateField()),
                ("last_on", models.DateField(null=True)),
                ("is_enabled", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
                ("actor", models.CharField(default="system", max_length=100)),
                ("error", models.CharField(blank=True, default="", max_length=500)),
                (
                    "seller",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="report_schedules",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("cadence__in", ["daily", "weekly", "monthly"])),
                        name="report_cadence",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("file_type__in", ["csv", "xlsx"])),
                        name="report_file_type",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_enabled", True)),
                        fields=["next_on"],
                        name="report_due",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RunForecast",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("data", quarterday.store.fields.DataField(default=dict)),
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
                    models.UniqueConstraint(fields=("seller", "day"), name="run_forecast_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ScheduledRun",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="run")),
                (
                    "kind",
                    models.CharField(
                        default=quarterday.store.models.run.RunKind["BILLING"], max_length=8
                    ),
                ),
                ("start_at", models.DateTimeField()),
                ("scope", quarterday.store.fields.DataField(default=dict)),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.run.WorkStatus["WAITING"], max_length=8
                    ),
                ),
                ("total", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("summary", quarterday.store.fields.DataField(default=dict)),
                ("error", models.CharField(blank=True, default="", max_length=500)),
                ("asked_at", models.DateTimeField()),
                ("actor", models.CharField(default="system", max_length=100)),
                ("started_at", models.DateTimeField(null=True)),
                ("heartbeat_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("claim", models.PositiveIntegerField(default=0)),
                (
                    "seller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scheduled_runs",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["waiting", "running", "done", "failed", "stopped"])
                        ),
                        name="scheduled_run_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["billing", "charges", "preview", "prices"])
                        ),
                        name="scheduled_run_kind",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ["waiting", "running"])),
                        fields=["start_at"],
                        name="scheduled_run_due",
                    ),
                    models.Index(fields=["seller", "kind", "-id"], name="scheduled_run_of_seller"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceHold",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="sho")),
                ("cause", models.CharField(max_length=8)),
                (
                    "level",
                    models.CharField(
                        default=quarterday.core.service.ServiceCondition["SUSPENDED"], max_length=12
                    ),
                ),
                ("subject", models.CharField(blank=True, default="", max_length=40)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("started_at", models.DateTimeField()),
                ("actor", models.CharField(default="system", max_length=100)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, default="", max_length=100)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_holds",
                        to="store.account",
                    ),
                ),
                (
                    "subscription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_holds",
                        to="store.subscription",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("cause__in", ["unpaid", "staff", "abuse", "customer"])),
                        name="service_hold_cause",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["suspended", "restricted"])),
                        name="service_hold_level",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("subscription", "cause", "subject", "level"),
                        name="service_hold_open_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceState",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="svc")),
                (
                    "account_id",
                    models.BigIntegerField(
                        help_text="copied key of account; its parent row enforces it"
                    ),
                ),
                ("place", models.CharField(blank=True, default="", max_length=64)),
                (
                    "wanted",
                    models.CharField(
                        default=quarterday.core.service.ServiceCondition["NONE"], max_length=12
                    ),
                ),
                ("wanted_at", models.DateTimeField()),
                ("generation", models.PositiveIntegerField(default=0)),
                (
                    "condition",
                    models.CharField(
                        default=quarterday.core.service.ServiceCondition["NONE"], max_length=12
                    ),
                ),
                ("condition_at", models.DateTimeField(null=True)),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.service.ServiceStatus["SETTLED"],
                        max_length=8,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField(null=True)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, default="", max_length=500)),
                ("data", quarterday.store.fields.DataField(default=dict)),
                (
                    "plan",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.plan",
                    ),
                ),
                (
                    "subscription",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service",
                        to="store.subscription",
                    ),
                ),
                (
                    "wanted_plan",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.plan",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "wanted__in",
                                ["none", "active", "restricted", "suspended", "terminated"],
                            )
                        ),
                        name="service_wanted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "condition__in",
                                ["none", "active", "restricted", "suspended", "terminated"],
                            )
                        ),
                        name="service_condition",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["settled", "due", "manual", "failed"])),
                        name="service_status",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "due")),
                        fields=["next_at"],
                        name="service_due",
                    ),
                    models.Index(
                        condition=models.Q(("status__in", ["failed", "manual"])),
                        fields=["status"],
                        name="service_in_inbox",
                    ),
                    models.Index(fields=["account_id"], name="service_of_account"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StaffMember",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="stf")),
                ("role", models.CharField(max_length=12)),
                ("since", models.DateTimeField()),
                ("actor", models.CharField(default="system", max_length=100)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "seller",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staff",
                        to="store.seller",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staff_roles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role__in", ["owner", "finance", "support", "cashier", "auditor"])
                        ),
                        name="staff_role",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("user", "seller"),
                        name="staff_member_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True), ("seller__isnull", True)),
                        fields=("user",),
                        name="staff_member_of_all_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="tsk")),
                ("key", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=32)),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField(blank=True, default="")),
                ("subject", models.CharField(blank=True, default="", max_length=40)),
                ("due_on", models.DateField(null=True)),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.dunning.TaskStatus["OPEN"], max_length=12
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_by", models.CharField(blank=True, default="", max_length=100)),
                ("note", models.CharField(blank=True, default="", max_length=500)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="store.account",
                    ),
                ),
                (
                    "assigned_to",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "seller",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tasks",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("seller", "key"), name="task_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "done", "dismissed"])),
                        name="task_status",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "open")),
                        fields=["seller", "due_on"],
                        name="task_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="whe")),
                ("url", models.CharField(max_length=500)),
                ("kinds", quarterday.store.fields.DataField(default=list)),
                ("secret", models.CharField(max_length=500)),
                ("is_enabled", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
                ("actor", models.CharField(default="system", max_length=100)),
                ("failing_since", models.DateTimeField(null=True)),
                ("events_through", models.BigIntegerField(default=0)),
                (
                    "seller",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="webhook_endpoints",
                        to="store.seller",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Foreseen",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("currency", models.CharField(max_length=3)),
                ("documents", models.PositiveSmallIntegerField(default=1)),
                ("total_minor", models.BigIntegerField()),
                ("last_minor", models.BigIntegerField(null=True)),
                ("size_minor", models.BigIntegerField()),
                ("change", models.CharField(max_length=8)),
                ("reason", models.CharField(blank=True, default="", max_length=300)),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.account",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="foreseen",
                        to="store.scheduledrun",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("run", "account"), name="foreseen_once")
                ],
                "indexes": [
                    models.Index(fields=["run", "-size_minor", "id"], name="foreseen_by_size"),
                    models.Index(fields=["run", "-total_minor", "id"], name="foreseen_by_total"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceCall",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="scl")),
                (
                    "account_id",
                    models.BigIntegerField(
                        help_text="copied key of account; its parent row enforces it"
                    ),
                ),
                ("generation", models.PositiveIntegerField()),
                ("action", models.CharField(max_length=12)),
                (
                    "outcome",
                    models.CharField(
                        default=quarterday.store.models.service.CallOutcome["ASKED"], max_length=8
                    ),
                ),
                ("error", models.CharField(blank=True, default="", max_length=500)),
                ("actor", models.CharField(default="system", max_length=100)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("data", quarterday.store.fields.DataField(default=dict)),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="store.servicestate",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["asked", "done", "failed"])),
                        name="service_call_outcome",
                    )
                ],
                "indexes": [models.Index(fields=["account_id"], name="service_call_of_account")],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("public_id", quarterday.store.fields.PublicIdField(prefix="whd")),
                ("kind", models.CharField(max_length=48)),
                ("key", models.CharField(max_length=160)),
                ("payload", quarterday.store.fields.DataField(default=dict)),
                (
                    "status",
                    models.CharField(
                        default=quarterday.store.models.hook.HookStatus["QUEUED"], max_length=8
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("next_at", models.DateTimeField()),
                ("claimed_until", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("answer", models.PositiveSmallIntegerField(null=True)),
                ("error", models.CharField(blank=True, default="", max_length=500)),
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
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="store.webhookendpoint",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["queued", "sent", "failed"])),
                        name="webhook_delivery_status",
                    ),
                    models.UniqueConstraint(
                        fields=("endpoint", "key"), name="webhook_delivery_once"
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "queued")),
                        fields=["next_at"],
                        name="webhook_due",
                    ),
                    models.Index(
                        condition=models.Q(("status", "failed")),
                        fields=["endpoint"],
                        name="webhook_failed",
                    ),
                ],
            },
        ),
        migrations.RemoveIndex(
            model_name="invoice",
            name="invoice_open_due",
        ),
        migrations.AddField(
            model_name="discount",
            name="max_uses",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="discount",
            name="max_uses_per_account",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="discount",
            name="uses",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["email"], name="contact_by_address"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("sent_at__isnull", False)),
                fields=["sent_at"],
                name="delivery_by_day",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("status__in", ["bounced", "complained", "failed"])),
                fields=["next_at"],
                name="delivery_came_back",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("actor__in", ["system", "billing run"]), _negated=True),
                fields=["actor", "id"],
                name="event_of_person",
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(("status", "open")),
                fields=["due_on", "seller", "currency", "open_minor"],
                name="invoice_open_due",
            ),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["seller", "issued_on", "id"], name="invoice_by_day"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(fields=["seller", "total_minor", "id"], name="invoice_of_total"),
        ),
        migrations.AddIndex(
            model_name="invoice",
            index=models.Index(
                condition=models.Q(
                    ("status", "open"),
                    models.Q(("open_minor", models.F("total_minor")), _negated=True),
                ),
                fields=["seller", "open_minor", "id"],
                name="invoice_of_rest",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["received_on"], name="payment_by_day"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(fields=["amount_minor", "id"], name="payment_of_amount"),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("reference", ""), _negated=True),
                fields=["reference"],
                name="payment_reference",
                opclasses=["varchar_pattern_ops"],
            ),
        ),
        migrations.AddIndex(
            model_name="paymentattempt",
            index=models.Index(
                condition=models.Q(("status", "failed")),
                fields=["created_at"],
                name="payment_attempt_failed",
            ),
        ),
        migrations.AddConstraint(
            model_name="discount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("max_uses__isnull", True), ("uses__lte", models.F("max_uses")), _connector="OR"
                ),
                name="discount_max_uses",
            ),
        ),
        migrations.AddField(
            model_name="account",
            name="group",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accounts",
                to="store.accountgroup",
            ),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]
