"""Nothing that is committed names the machine it was written on, or where packages came from."""

from __future__ import annotations

import re
import tomllib

from tests.house.source import ROOT, name_of, tracked_files

# Put together here, so that this file does not name them either.
HOSTS = ("py" + "pi.org", "pythonhosted" + ".org", "npmjs" + ".", "deb.debian" + ".org")
FOLDERS = "|".join(("wo" + "rk", "ro" + "ot", "tm" + "p", "fa" + "rm", "ho" + "me"))
FORBIDDEN = re.compile(
    "|".join(re.escape(host) for host in HOSTS) + rf"|(?<![\w./-])/(?:{FOLDERS})/[a-zA-Z0-9.]"
)


def test_no_registry_host_or_machine_path_is_committed() -> None:
    found = []
    for path in tracked_files():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{name_of(path)}: {match.group()}" for match in FORBIDDEN.finditer(text)]
    assert not found


def test_both_kinds_are_seen() -> None:
    machine_path = "/".join(("", "ro" + "ot", "project"))
    assert FORBIDDEN.search(f"see {machine_path}")
    assert FORBIDDEN.search(f"https://{HOSTS[0]}/simple")
    assert not FORBIDDEN.search("sqlite:////srv/bills.sqlite3, ../shared/cases and a/home/page")


def test_locked_requirements_carry_hashes() -> None:
    for path in tracked_files():
        if path.parent.name == "requirements" and path.suffix == ".txt":
            pins = re.findall(r"^[a-z0-9][^\n]*", path.read_text(), re.MULTILINE)
            assert pins
            assert all("==" in pin and pin.endswith("\\") for pin in pins)


def test_what_is_locked_is_what_the_package_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = (ROOT / "requirements" / "base.in").read_text().splitlines()
    assert [line for line in asked if not line.startswith("#")] == project["dependencies"]
