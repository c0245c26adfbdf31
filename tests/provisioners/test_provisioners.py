"""Every kind of place, held to one contract: what is asked twice, breaks or gets lost."""

from __future__ import annotations

import json
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from quarterday.core.errors import BillingError
from quarterday.core.service import ServiceAction, ServiceCondition
from quarterday.ports.guarded_http import VARIABLE, CannotReach, call, check_web_address
from quarterday.ports.provisioner import (
    Begun,
    Customer,
    Done,
    Failed,
    Found,
    LooksUp,
    Manual,
    Provisioner,
    Unknown,
    Wish,
    ask,
    list_provisioners,
    open_provisioner,
)
from tests.fakes.base import Reply
from tests.fakes.recorder import SECRET, FakeRecorder
from tests.fakes.whm import TOKEN, USER, FakeWhm

A, C = ServiceAction, ServiceCondition
WISH = Wish(
    key="svc_1.1.create",
    action=A.CREATE,
    service="svc_1",
    generation=1,
    now=datetime(2026, 3, 1, 12, tzinfo=UTC),
    subscription="sub_1",
    product="web",
    plan="basic",
    customer=Customer("acc_1", "Example Bakery", "post@bakery.example", "C-1"),
    contract={"domain": "bakery.example"},
)
PROGRAM = """#!/usr/bin/env -S python3 -S -E
import json, pathlib, sys
wish = json.load(sys.stdin)
here = pathlib.Path(__file__).parent
trouble = here / "trouble"
if trouble.exists():
    code = int(trouble.read_text())
    trouble.unlink()
    print("it is not to be", file=sys.stderr)
    sys.exit(code)
state = here / "state.json"
known = json.loads(state.read_text()) if state.exists() else {"keys": []}
if wish["key"] not in known["keys"]:
    known["keys"].append(wish["key"])
data = wish["data"]
known["condition"] = {"create": "active", "restore": "active", "suspend": "suspended",
    "restrict": "restricted", "terminate": "terminated"}.get(data["action"], known.get("condition"))
known["plan"] = data["plan"]
state.write_text(json.dumps(known))
print(json.dumps({"data": {"host": "node-1"}}))
"""


class Scene(NamedTuple):
    """A place, how the service is there, and how to make the next request fail."""

    place: Provisioner
    see: Callable[[], tuple[str, str]]
    break_down: Callable[[str], None]


@pytest.fixture(params=["webhook", "whm", "command"])
def scene(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    monkeypatch.setenv(VARIABLE, "127.0.0.1")
    with ExitStack() as stack:
        if request.param == "webhook":
            yield make_webhook(stack.enter_context(FakeRecorder()))
        elif request.param == "whm":
            yield make_whm(stack.enter_context(FakeWhm()))
        else:
            monkeypatch.setenv("QUARTERDAY_COMMANDS_DIR", str(tmp_path))
            yield make_command(tmp_path)


def make_webhook(fake: FakeRecorder) -> Scene:
    config = {"kind": "webhook", "url": f"{fake.url}/services", "secret": SECRET}

    def see() -> tuple[str, str]:
        one = fake.services.get("svc_1")
        return (one.condition, one.plan) if one else ("none", "")

    return Scene(open_provisioner(config), see, fake.fail)


def make_whm(fake: FakeWhm) -> Scene:
    config = {"kind": "whm", "url": fake.url, "user": USER, "token": TOKEN}

    def see() -> tuple[str, str]:
        rows = list(fake.accounts.values())
        assert len(rows) <= 1, "it was made twice"
        if not rows:
            return ("none", "")
        return ("suspended" if rows[0]["suspended"] else "active", rows[0]["plan"])

    return Scene(open_provisioner(config), see, fake.fail)


def make_command(folder: Path) -> Scene:
    program = folder / "drive"
    program.write_text(PROGRAM)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def see() -> tuple[str, str]:
        path = folder / "state.json"
        known = json.loads(path.read_text()) if path.exists() else {}
        return (known.get("condition", "none"), known.get("plan", ""))

    config = {"kind": "command", "program": "drive"}
    return Scene(
        open_provisioner(config),
        see,
        lambda trouble: (folder / "trouble").write_text("75") and None,
    )


def test_a_life_each_step_twice(scene: Scene) -> None:
    steps = [
        (A.CREATE, "basic", "active"),
        (A.SUSPEND, "basic", "suspended"),
        (A.RESTORE, "basic", "active"),
        (A.CHANGE_PLAN, "pro", "active"),
        (A.RESTRICT, "pro", "restricted"),
        (A.TERMINATE, "pro", "terminated"),
    ]
    data = {}
    for number, (action, plan, condition) in enumerate(steps, 1):
        if action not in scene.place.actions:
            continue
        wish = replace(
            WISH, key=f"svc_1.{number}.{action}", action=action, generation=number, plan=plan
        )
        for _ in range(2):
            answer = ask(scene.place, replace(wish, known_as=data))
            assert isinstance(answer, Done), answer
            data |= answer.data
        found, kept = scene.see()
        assert found in (condition, "none" if action is A.TERMINATE else condition)
        assert kept in (plan, "") and "password" not in str(data).lower()


@pytest.mark.parametrize(
    "trouble", ["error_before", "error_after", "drop_before", "drop_after", "busy"]
)
@pytest.mark.parametrize("action", [A.CREATE, A.SUSPEND])
def test_what_breaks_is_asked_again(scene: Scene, trouble: str, action: A) -> None:
    """Whether it was done or not when it broke, asked again it is done once, and never refused."""
    if action is A.SUSPEND:
        assert isinstance(ask(scene.place, WISH), Done)
    wish = replace(WISH, key=f"svc_1.2.{action}", action=action, generation=2)
    scene.break_down(trouble)
    answer = ask(scene.place, wish)
    assert isinstance(answer, Unknown | Failed), answer
    assert isinstance(answer, Unknown) or answer.is_retryable
    assert isinstance(ask(scene.place, wish), Done)
    assert scene.see()[0] == ("active" if action is A.CREATE else "suspended")


def test_every_kind_is_found_and_says_what_it_needs() -> None:
    kinds = list_provisioners()
    assert {"webhook", "whm", "command", "manual"} <= set(kinds)
    for code, kind in kinds.items():
        assert (kind.code, bool(kind.name)) == (code, True)
        assert kind.actions >= set(A) - {A.RESTRICT} and 0 < kind.patience <= 600
    with pytest.raises(BillingError, match="no kind of place 'ftp'"):
        open_provisioner({"kind": "ftp"})
    with pytest.raises(BillingError, match="holds no NOWHERE"):
        open_provisioner({"kind": "webhook", "url": "https://x.example/", "secret": "env:NOWHERE"})


def test_people_are_told_what_to_do() -> None:
    place = open_provisioner({"kind": "manual", "instructions": "See the wiki."})
    answer = ask(place, replace(WISH, action=A.SUSPEND, reason="unpaid"))
    assert isinstance(answer, Manual)
    assert answer.text.startswith("Suspend web basic for Example Bakery\nWhy: unpaid")
    assert "bakery.example" in answer.text and answer.text.endswith("See the wiki.")


@pytest.fixture
def whm(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[FakeWhm, Provisioner]]:
    monkeypatch.setenv(VARIABLE, "127.0.0.1")
    with FakeWhm() as fake:
        config = {"kind": "whm", "url": fake.url, "user": USER, "token": TOKEN}
        yield fake, open_provisioner(config)


def test_what_others_suspended_is_theirs(whm: tuple[FakeWhm, Provisioner]) -> None:
    fake, place = whm
    assert isinstance(place, LooksUp)
    assert place.look_up(WISH) == Found(C.NONE)
    done = ask(place, WISH)
    assert isinstance(done, Done)
    wish = replace(WISH, known_as=done.data)
    assert place.look_up(wish) == Found(C.ACTIVE)
    fake.suspend(done.data["user"], "Phishing, ticket 77")
    assert place.look_up(wish) == Found(C.SUSPENDED, is_foreign=True)
    answer = ask(place, replace(wish, action=A.RESTORE))
    assert isinstance(answer, Failed) and not answer.is_retryable
    assert "ticket 77" in answer.reason and fake.accounts[done.data["user"]]["suspended"]


def test_whm_says_why_not(whm: tuple[FakeWhm, Provisioner]) -> None:
    fake, place = whm
    missing = ask(place, replace(WISH, options={"package": "gold"}))
    assert isinstance(missing, Failed) and "package" in missing.reason
    nobody = ask(place, replace(WISH, action=A.SUSPEND))
    assert isinstance(nobody, Failed) and "no account" in nobody.reason
    unnamed = ask(place, replace(WISH, contract={}))
    assert isinstance(unnamed, Failed) and "domain" in unnamed.reason
    fake.do_createacct("bakery", "other.example", "basic", "", "x" * 24)
    taken = ask(place, replace(WISH, contract={"domain": "bakery.example", "user": "bakery"}))
    assert isinstance(taken, Failed) and "other.example" in taken.reason
    wrong = open_provisioner({"kind": "whm", "url": fake.url, "user": USER, "token": "guessed"})
    answer = ask(wrong, WISH)
    assert isinstance(answer, Failed) and "token" in answer.reason
    assert not any(word in "".join(fake.requests) for word in (TOKEN, "password"))
    assert len(fake.passwords) == 1, "only what the test made itself"


def test_a_webhook_that_says_no_or_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "127.0.0.1")
    with FakeRecorder() as fake:
        config = {"kind": "webhook", "url": f"{fake.url}/services", "secret": SECRET}
        place = open_provisioner(config)
        assert ask(place, WISH) == Done({"host": "node-1"})
        newer = replace(WISH, key="svc_1.5.suspend", action=A.SUSPEND, generation=5)
        assert isinstance(ask(place, newer), Done)
        late = ask(place, replace(WISH, key="svc_1.4.restore", action=A.RESTORE, generation=4))
        assert isinstance(late, Failed) and not late.is_retryable and "409" in late.reason
        stranger = open_provisioner({**config, "secret": "whsec_" + "A" * 32})
        answer = ask(stranger, newer)
        assert isinstance(answer, Failed) and "401" in answer.reason and fake.forged == 1


@pytest.mark.parametrize("names_job", [True, False])
def test_a_webhook_that_has_begun_is_asked_and_not_told_again(
    names_job: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "127.0.0.1")
    with FakeRecorder() as fake:
        config = {"kind": "webhook", "url": f"{fake.url}/services", "secret": SECRET}
        config["status_url"] = fake.url + "/services/{service}"
        place = open_provisioner(config)
        assert isinstance(place, LooksUp) and place.look_up(WISH) == Found(C.NONE)
        fake.looks, fake.names_job = 2, names_job
        data, changed = {}, replace(WISH, plan="pro")
        for number, action in enumerate((A.CREATE, A.CHANGE_PLAN, A.SUSPEND, A.TERMINATE), 1):
            wish = WISH if action is A.CREATE else changed
            key = f"svc_1.{number}.{action}"
            wish = replace(wish, key=key, action=action, generation=number)
            begun = ask(place, wish)
            assert isinstance(begun, Begun)
            asked = replace(wish, ask_at=begun.ask_at)
            fake.fail("busy")
            for _ in range(2):
                # Busy, and then at it still: it is asked at the same place.
                assert ask(place, asked).ask_at == begun.ask_at  # type: ignore[union-attr]
            answer = ask(place, asked)
            assert isinstance(answer, Done), answer
            data |= answer.data
        assert [one.action for one in fake.calls] == [
            "create",
            "change_plan",
            "suspend",
            "terminate",
        ]
        assert fake.requests.count("POST /services") == 4 and not fake.forged
        assert data == ({"host": "node-1"} if names_job else {})
        assert place.look_up(WISH) == Found(C.NONE)


def test_a_webhook_that_forgot_is_told_again_and_never_leads_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(VARIABLE, "127.0.0.1")
    with FakeRecorder() as fake:
        fake.looks = 1
        config = {"kind": "webhook", "url": f"{fake.url}/services", "secret": SECRET}
        place = open_provisioner(config)
        assert not isinstance(place, LooksUp)
        lost = ask(place, replace(WISH, ask_at=f"{fake.url}/jobs/none"))
        assert isinstance(lost, Unknown) and not isinstance(lost, Begun) and not lost.ask_at
        monkeypatch.setattr(
            fake, "answer", lambda _: Reply(None, 202, {"Location": "https://example.com/jobs/1"})
        )
        assert ask(place, WISH) == Begun("it has begun, and is not done yet")
        assert [one.split()[0] for one in fake.requests] == ["GET", "POST"]
    with pytest.raises(BillingError, match="status_url must have"):
        open_provisioner({**config, "status_url": f"{fake.url}/status"})


def _lives(status: Path) -> bool:
    try:
        return "zombie" not in status.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_program_that_hangs_is_ended_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTERDAY_COMMANDS_DIR", str(tmp_path))
    monkeypatch.setenv("QUARTERDAY_SECRET_KEY", "must not be seen")
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nenv > seen\nsleep 60 & echo $! > child\nwait\n")
    slow.chmod(0o700)
    place = open_provisioner({"kind": "command", "program": "slow", "timeout": "1"})
    assert isinstance(ask(place, WISH), Unknown)
    child = int((tmp_path / "child").read_text())
    status, until = Path(f"/proc/{child}/status"), time.monotonic() + 5
    # What was killed is gone when it is next looked after, which a busy machine does a bit later.
    while _lives(status) and time.monotonic() < until:
        time.sleep(0.01)
    assert not _lives(status)
    assert "must not be seen" not in (tmp_path / "seen").read_text()
    for name in ("../slow", "/bin/sh", "sub/slow", ""):
        with pytest.raises(BillingError, match="name of a file"):
            open_provisioner({"kind": "command", "program": name})
    gone = ask(open_provisioner({"kind": "command", "program": "none"}), WISH)
    assert isinstance(gone, Failed) and "no program" in gone.reason


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "https://user:password@example.com/",
        "https://",
        "ftp://example.com/",
        "https://exa mple.com/",
        "https://example.com/#top",
        "https://example.com:0/",
    ],
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(BillingError):
        check_web_address(url, "url")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "169.254.169.254", "10.0.0.1", "[::1]", "[fd00::1]", "0.0.0.0"],
)
def test_nothing_is_sent_into_a_private_network(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    with pytest.raises(CannotReach, match="private network"):
        call(f"https://{host}/latest/meta-data")
