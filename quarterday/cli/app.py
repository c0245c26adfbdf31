"""The ``quarterday`` command: every command and where it stands.

``--help`` answers in a fraction of a second because modules of this package import services,
queries and models only within the bodies of their commands, and Django is set up when a command
runs (see `quarterday.cli.command`). Nowhere else in the house are imports late.
"""

from __future__ import annotations

from typing import Annotated

import typer

from quarterday import __version__
from quarterday.cli import (
    accounts,
    alerts,
    attempts,
    bank,
    bank_csv,
    bench,
    bench_console,
    bench_reports,
    cash,
    collect,
    credit,
    credit_moves,
    cycle,
    debits,
    disputes,
    documents,
    dunning,
    dunning_holds,
    export,
    figures,
    gateway_refunds,
    hooks,
    inbox,
    instalments,
    invoices,
    jobs,
    keys,
    links,
    mandates,
    matches,
    messages,
    offers,
    orders,
    payments,
    payouts,
    quotes,
    refunds,
    reports,
    run_accounts,
    runs,
    sandbox,
    sellers,
    services,
    staff,
    subscription_changes,
    subscription_states,
    subscriptions,
    tasks,
    usage,
    users,
)
from quarterday.cli.backup import backup_command, restore_command
from quarterday.cli.check import check_command
from quarterday.cli.command import command, make_group
from quarterday.cli.demo import demo_command
from quarterday.cli.doctor import doctor_command
from quarterday.cli.errors import EXIT_CODES
from quarterday.cli.explain import explain_command
from quarterday.cli.forecast import forecast_command
from quarterday.cli.init import init_command
from quarterday.cli.load import load_command
from quarterday.cli.reconcile import reconcile_command
from quarterday.cli.run import run_command
from quarterday.cli.serve import serve_command
from quarterday.cli.work import work_command

_START, _BILL, _CUSTOMERS, _BOOKS = "Begin", "Bill", "Customers and money", "Books"
_RUN = "Keep it going"
_EPILOG = "Exit codes: " + "; ".join(f"{int(code)} {text}" for code, text in EXIT_CODES.items())

app = make_group(
    "Quarterday bills by itself: from your customers and prices to correct invoices, on books "
    "that always balance.",
    epilog=f"{_EPILOG}. The data lies where QUARTERDAY_DATABASE_URL says.",
    add_completion=True,
)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"quarterday {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say which version."),
    ] = False,
) -> None:
    """Only the options of the command itself; the help stands with `app`."""


command(app, "init", database=False, panel=_START)(init_command)
command(app, "load", panel=_START)(load_command)
command(app, "demo", database=False, panel=_START)(demo_command)
command(app, "serve", panel=_START)(serve_command)
command(app, "work", panel=_RUN)(work_command)
command(app, "run", panel=_BILL)(run_command)
command(app, "forecast", panel=_BILL)(forecast_command)
command(app, "explain", panel=_BILL)(explain_command)
command(app, "check", panel=_BOOKS)(check_command)
command(app, "reconcile", panel=_BOOKS)(reconcile_command)
command(app, "doctor", database=False, panel=_RUN)(doctor_command)
command(app, "backup", panel=_RUN)(backup_command)
command(app, "restore", database=False, panel=_RUN)(restore_command)

payments.group.add_typer(refunds.group)
payments.group.add_typer(attempts.group)
subscriptions.group.add_typer(subscription_changes.group)
subscriptions.group.add_typer(subscription_states.group)
runs.group.add_typer(run_accounts.group)
app.add_typer(runs.group, name="runs", rich_help_panel=_BILL)
app.add_typer(invoices.group, name="invoices", rich_help_panel=_BILL)
app.add_typer(documents.group, name="documents", rich_help_panel=_BILL)
app.add_typer(usage.group, name="usage", rich_help_panel=_BILL)
app.add_typer(cycle.group, name="cycle", rich_help_panel=_RUN)
app.add_typer(jobs.group, name="jobs", rich_help_panel=_RUN)
app.add_typer(figures.group, name="figures", rich_help_panel=_RUN)
app.add_typer(alerts.group, name="alerts", rich_help_panel=_RUN)
app.add_typer(hooks.group, name="hooks", rich_help_panel=_RUN)
app.add_typer(keys.group, name="keys", rich_help_panel=_RUN)
app.add_typer(accounts.group, name="accounts", rich_help_panel=_CUSTOMERS)
app.add_typer(subscriptions.group, name="subscriptions", rich_help_panel=_CUSTOMERS)
app.add_typer(services.group, name="services", rich_help_panel=_CUSTOMERS)
app.add_typer(offers.group, name="offers", rich_help_panel=_CUSTOMERS)
app.add_typer(orders.group, name="orders", rich_help_panel=_CUSTOMERS)
app.add_typer(quotes.group, name="quotes", rich_help_panel=_CUSTOMERS)
app.add_typer(payments.group, name="payments", rich_help_panel=_CUSTOMERS)
app.add_typer(gateway_refunds.group, name="refunds", rich_help_panel=_CUSTOMERS)
app.add_typer(disputes.group, name="disputes", rich_help_panel=_CUSTOMERS)
app.add_typer(payouts.group, name="payouts", rich_help_panel=_CUSTOMERS)
app.add_typer(inbox.group, name="inbox", rich_help_panel=_CUSTOMERS)
app.add_typer(mandates.group, name="mandates", rich_help_panel=_CUSTOMERS)
app.add_typer(debits.group, name="debits", rich_help_panel=_CUSTOMERS)
app.add_typer(cash.group, name="cash", rich_help_panel=_CUSTOMERS)
app.add_typer(collect.group, name="collect", rich_help_panel=_CUSTOMERS)
app.add_typer(instalments.group, name="instalments", rich_help_panel=_CUSTOMERS)
dunning_holds.add_to(dunning.group)
app.add_typer(dunning.group, name="dunning", rich_help_panel=_CUSTOMERS)
app.add_typer(tasks.group, name="tasks", rich_help_panel=_CUSTOMERS)
app.add_typer(sellers.group, name="sellers", rich_help_panel=_CUSTOMERS)
app.add_typer(sandbox.group, name="sandbox", rich_help_panel=_CUSTOMERS)
credit.group.add_typer(credit_moves.group)
app.add_typer(credit.group, name="credit", rich_help_panel=_CUSTOMERS)
app.add_typer(messages.group, name="messages", rich_help_panel=_CUSTOMERS)
app.add_typer(links.group, name="links", rich_help_panel=_CUSTOMERS)
app.add_typer(users.group, name="users", rich_help_panel=_CUSTOMERS)
app.add_typer(staff.group, name="staff", rich_help_panel=_CUSTOMERS)
command(bank.group, "csv")(bank_csv.csv_columns)
app.add_typer(bank.group, name="bank", rich_help_panel=_CUSTOMERS)
app.add_typer(matches.group, name="matches", rich_help_panel=_CUSTOMERS)
app.add_typer(export.group, name="export", rich_help_panel=_BOOKS)
app.add_typer(reports.group, name="reports", rich_help_panel=_BOOKS)

_bench = make_group("Measure how fast Quarterday is on this machine.")
command(_bench, "run", database=False)(bench.bench_run)
command(_bench, "documents", database=False)(bench.bench_documents)
command(_bench, "matching", database=False)(bench.bench_matching)
command(_bench, "reports", database=False)(bench_reports.bench_reports)
command(_bench, "console", database=False)(bench_console.bench_console)
app.add_typer(_bench, name="bench", rich_help_panel=_BOOKS)
