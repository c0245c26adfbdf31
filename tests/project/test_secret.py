"""The secret key: given, or made once and kept to its owner."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from quarterday.project.secret import read_secret_key


def test_a_given_key_makes_no_file(tmp_path: Path) -> None:
    assert read_secret_key(tmp_path / "key", "given") == "given"
    assert not list(tmp_path.iterdir())


def test_a_made_key_stays_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "business.secret-key"
    made = read_secret_key(path, None)
    assert len(made) >= 50
    assert read_secret_key(path, None) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from quarterday.project.secret import "
        "read_secret_key; print(read_secret_key(Path(sys.argv[1]), None))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "key")]
    racing = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = {process.communicate()[0].strip() for process in racing}
    assert len(said) == 1
    assert said == {read_secret_key(tmp_path / "key", None)}


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="QUARTERDAY_SECRET_KEY"):
        read_secret_key(tmp_path / "nowhere" / "key", None)


def test_an_empty_file_is_not_taken_for_a_key(tmp_path: Path) -> None:
    (tmp_path / "key").touch()
    with pytest.raises(ImproperlyConfigured, match="is empty"):
        read_secret_key(tmp_path / "key", None)
