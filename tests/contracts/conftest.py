from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.rig import Rig, find_rigs


@pytest.fixture
def rig(code: str) -> Iterator[Rig]:
    """The gateway of a test, with whatever it talks to."""
    rigs = find_rigs()
    assert code in rigs, f"write tests/contracts/rigs/{code}.py"
    with rigs[code]() as one:
        yield one
