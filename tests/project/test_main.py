"""The command as an installation starts it."""

import os
import subprocess
import sys


def test_a_wrong_environment_is_said_without_a_traceback() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "quarterday", "check"],
        env=os.environ | {"QUARTERDAY_DATABASE_URL": "mysql://db.example/bills"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("quarterday: QUARTERDAY_DATABASE_URL starts with 'mysql'")
    assert "Traceback" not in done.stderr
