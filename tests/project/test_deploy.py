"""What comes with the program to run it: units that systemd takes, a container file that fits."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest
import typer

from quarterday.cli.app import app

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
COMMANDS = typer.main.get_command(app)
CONTAINER = ROOT / "deploy" / "Containerfile"


def read_unit(path: Path) -> ConfigParser:
    found = ConfigParser(interpolation=None, strict=True)
    found.optionxform = str  # type: ignore[assignment, method-assign]
    found.read(path)
    return found


def parse(words: list[str]) -> None:
    """Refuse a command, or an option of it, that there is not."""
    command = COMMANDS.commands[words[0]]  # type: ignore[attr-defined]
    command.make_context(words[0], words[1:])


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_takes_each_unit(path: Path, tmp_path: Path) -> None:
    unit = read_unit(path)
    service = unit["Service"]
    for line in [service["ExecStart"], service.get("ExecStartPre", "quarterday init")]:
        program, *words = line.split()
        assert program.endswith("quarterday")
        parse(words)
    assert service["Restart"] == "always"
    assert service["NoNewPrivileges"] == "yes"
    assert service["User"] != "root"
    if shutil.which("systemd-analyze"):
        # The program is not installed here, and the user is not there: anything that is will do.
        text = re.sub(r"=/srv/\S+/quarterday ", "=/bin/true ", path.read_text())
        copy = tmp_path / path.name.replace("@", "@1")
        copy.write_text(text.replace("/srv/billing", "/srv").replace("=billing", "=daemon"))
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True
        )
        assert path.stem.partition("@")[0] not in done.stderr, done.stderr


def test_the_variables_are_those_that_are_read() -> None:
    text = (ROOT / "deploy" / "systemd" / "quarterday.env").read_text()
    known = "".join(path.read_text() for path in (ROOT / "quarterday" / "project").glob("*.py"))
    for name in re.findall(r"^#?(QUARTERDAY_\w+)=", text, re.MULTILINE):
        stem = name.removeprefix("QUARTERDAY_").removesuffix("_URL")
        assert name in known or stem in known, name


def test_the_container_is_made_of_what_there_is() -> None:
    text = CONTAINER.read_text()
    ignored = (CONTAINER.parent / "Containerfile.dockerignore").read_text().split()
    for line in re.findall(r"^COPY (?!--)(.*)$", text, re.MULTILINE):
        *sources, _ = line.split()
        for source in sources:
            assert (ROOT / source).exists(), source
            assert f"!{source}" in ignored, source
    assert text.index("USER billing") < text.index('CMD ["sh"')
    assert not re.search(r"^FROM \S+\.\S+/", text, re.MULTILINE), "no registry is named"
    for line in re.findall(r"quarterday (init|serve[^\"&]*)", text.partition('CMD ["sh"')[2]):
        parse(line.split())
