"""Suspended for an unpaid invoice, paid, restored: how soon, with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from tests.browser.place import free_port
from tests.services.conftest import open_shop
from tests.services.dunning.debtor import DUE, Debtor, at
from tests.services.provisioning.world import ENV, serve, stands
from tests.services.till import NOW, Shop

Quarterday = Callable[..., subprocess.CompletedProcess[str]]
PATIENCE = 60


@contextmanager
def run_beside(*words: str) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "quarterday", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until(seen: Callable[[], object]) -> float:
    """How many seconds it took."""
    begun = time.monotonic()
    while not seen():
        assert time.monotonic() < begun + PATIENCE
        time.sleep(0.01)
    return time.monotonic() - begun


@pytest.mark.slow
def test_who_pays_is_served_again_within_a_minute(
    open_shop: Shop,
    fresh_database_url: str,
    database_kind: str,
    run_command: Quarterday,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from quarterday.services.sellers.change_brand import change_brand
    from quarterday.store.models import Brand, JobRun

    for name, value in ENV.items():
        monkeypatch.setenv(name, value)
    with serve(open_shop) as served:
        data = dict(Brand.objects.get(seller=open_shop.seller).data)
        debtor = Debtor(open_shop)
        data |= {"dunning": {"policy": "standard"}}
        change_brand(seller=debtor.seller, data=data, now=NOW)
        contract = served.start()
        served.drive()
        invoice = open_shop.bill()
        debtor.look(*range(-7, 9))
        served.now = at(DUE + timedelta(days=8), 12)
        served.drive()
        assert served.asked() == ["create", "suspend"], "it was suspended for what is unpaid"
        monkeypatch.setenv("QUARTERDAY_NOW", (served.now + timedelta(minutes=5)).isoformat())
        monkeypatch.setenv("QUARTERDAY_DATABASE_URL", fresh_database_url)
        embedded = ("serve", "--port", str(free_port()))
        with run_beside(*(embedded if database_kind == "sqlite" else ("work",))):
            wait_until(JobRun.objects.filter(job="beat").exists)
            paid = f"{invoice.open_minor // 100}.{invoice.open_minor % 100:02}"
            account = str(open_shop.account.external_id)
            run_command(fresh_database_url, "payments", "record", account, paid, "--method", "bank")
            seconds = wait_until(lambda: served.asked()[2:])
            wait_until(lambda: stands(contract) == ("active", "active", "settled"))
    print(f"restored {seconds:.1f} s after the payment")
    assert served.asked() == ["create", "suspend", "restore"]


__all__ = ["open_shop"]
