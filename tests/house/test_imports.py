"""The import contracts hold, and each one breaks when it is broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, ROOT

HOUSE = "arrows point down; siblings never meet"
WEB = "portal, console, order and links stand on kit"
PURE = "the core is pure"
PLUGINS = "plug-ins see ports and core only"

# What is planted where, and the contract that it must break.
VIOLATIONS = {
    "core/planted.py": ("import django", PURE),
    "core/planted_driver.py": ("import psycopg", PURE),
    "store/planted.py": ("import quarterday.services", HOUSE),
    "services/planted.py": ("import quarterday.cli", HOUSE),
    "jobs/__init__.py": ("import quarterday.cli", HOUSE),
    "cli/planted.py": ("import quarterday.project", HOUSE),
    "web/kit/planted.py": ("import quarterday.web.portal", WEB),
    "gateways/planted.py": ("import quarterday.store", PLUGINS),
    "importers/planted.py": ("import quarterday.services", PLUGINS),
    "statements/planted.py": ("import quarterday.store", PLUGINS),
    "provisioners/planted.py": ("import quarterday.store", PLUGINS),
}
# Packages that later issues bring; the contracts must already know them.
EXPECTED = ("cli", "gateways", "importers", "provisioners", "web", "web/kit", "web/portal")


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts on the package as it lies in a folder."""
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    return subprocess.run(
        [sys.executable, "-c", code, "--no-cache", "--config", str(ROOT / ".importlinter")],
        cwd=tree,
        env={"PYTHONPATH": str(tree), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the package, with empty packages where later ones will stand."""
    shutil.copytree(PACKAGE, tmp_path / "quarterday", ignore=shutil.ignore_patterns("__pycache__"))
    for name in EXPECTED:
        folder = tmp_path / "quarterday" / name
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").touch()
    return tmp_path


def test_the_contracts_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_contract_can_break(copied: Path) -> None:
    for name, (code, _) in VIOLATIONS.items():
        path = copied / "quarterday" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{code}\n")
    said = lint(copied).stdout
    assert all(f"{contract} BROKEN" in said for contract in (HOUSE, WEB, PURE, PLUGINS)), said
    unseen = [name for name in VIOLATIONS if _importer(name) not in said]
    assert not unseen, said


def _importer(name: str) -> str:
    module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return f"quarterday.{module} ->"
