"""``quarterday dunning`` and ``quarterday tasks`` on a real database."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Shop


def test_policies_are_listed_shown_saved_and_chosen(shop: Shop, tmp_path: Path) -> None:
    listed = {one["policy"]: one for one in shop.data("dunning policies")}
    assert set(listed) == {"standard", "gentle", "card_first", "isp"}
    own = shop.data("dunning show gentle") | {"code": "mine"}
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(own))
    assert shop.data("dunning save", str(file))["version"] == 1
    assert shop.data("dunning save", str(file))["version"] == 1
    assert "mine" in shop("dunning set mine")
    chosen = [one["policy"] for one in shop.data("dunning policies") if one["chosen"]]
    assert chosen == ["mine"]
    file.write_text('{"code": "mine", "steps": [{"key": "a", "offset": 1, "action": "shout"}]}')
    assert "step 1 'a': action must be one of" in shop.refuses("dunning save", str(file))
    assert "has no policy 'nope'" in shop.refuses("dunning set nope")
    assert "suspend" in shop("dunning show standard")


def test_what_comes_is_shown_paused_and_done(shop: Shop) -> None:
    shop("run --on 2026-01-15", status=4)
    assert "has chosen no policy" in shop._run(shop.url, "dunning", "preview").stderr
    shop("dunning set standard")
    row = next(one for one in shop.data("dunning preview") if one["coming"])
    invoice = row["invoice"]
    found = shop.data(f"dunning timeline {invoice}")
    assert (found["policy"], found["status"]) == ("standard", "running")
    assert shop("dunning timeline", invoice)
    held = shop.data(f"dunning hold --invoice {invoice} --reason talks")
    assert shop.data(f"dunning timeline {invoice}")["status"] == "paused"
    assert [one["hold"] for one in shop.data("dunning holds")] == [held["hold"]]
    assert shop.data(f"dunning release {held['hold']}")["ended"] is True
    assert "a promise is for a day" in shop.refuses(
        f"dunning promise --invoice {invoice} --until 2001-01-01"
    )
    assert isinstance(shop.data("dunning run --any-hour"), dict)
    shop(f"dunning set none --invoice {invoice}")
    assert shop.data(f"dunning timeline {invoice}")["status"] == "none"
    assert shop.data("dunning handed-over") == []


def test_tasks_are_listed_and_closed(shop: Shop) -> None:
    assert shop.data("tasks list") == []
    assert "there is no task" in shop.refuses("tasks done tsk_1")
