"""What docs/reminding.md shows is read as it says."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from quarterday.core.dunning import POLICIES, Action, DunningSetup, read_policy, read_setup
from quarterday.services.sellers.check_brand_data import check_brand_data

PAGE = (Path(__file__).parents[2] / "docs" / "reminding.md").read_text()
(SETUP,) = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
(OWN,) = [tomllib.loads(text) for text in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)]


def test_the_setup_is_taken_and_is_the_usual_one() -> None:
    assert check_brand_data(SETUP) == SETUP
    usual = DunningSetup()
    found = read_setup(SETUP["dunning"])
    assert (found.hours, found.fee_product, found.transfer_days) == (
        usual.hours,
        usual.fee_product,
        usual.transfer_days,
    )


def test_the_policy_is_taken() -> None:
    policy = read_policy(OWN)
    assert [step.action for step in policy.steps][-2:] == [Action.SUSPEND, Action.TASK]


def test_the_table_names_every_policy_and_every_step_of_it() -> None:
    table = PAGE[PAGE.index("| day |") : PAGE.index("The invoice itself")]
    head, _, *rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()
    ]
    for place, code in enumerate(head[1:], 1):
        policy = POLICIES[code.strip("`")]
        days = {row[0] for row in rows if row[place]}
        said = {str(step.offset) for step in policy.steps if step.offset > 0}
        # A task right after the end of a service stands in its row.
        assert days - {"14 before", "before"} == said - {"62"}
        suspends = [row[0] for row in rows if "**suspends**" in row[place]]
        assert suspends == [
            str(step.offset) for step in policy.steps if step.action is Action.SUSPEND
        ]


def test_the_table_names_every_action() -> None:
    assert all(f"`{action}`" in PAGE for action in Action)
