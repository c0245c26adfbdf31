"""The command as an installation starts it."""

import os
import signal
import subprocess
import sys

START = "from quarterday.project.main import main; print(1, flush=True); main()"


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


def test_ctrl_c_while_it_starts_needs_no_traceback() -> None:
    """At whatever instant: while modules are imported, commands are made, or one begins."""
    for tenths in range(1, 8):
        process = subprocess.Popen(
            [sys.executable, "-c", START, "--help"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        process.stdout.readline()
        try:
            process.wait(tenths / 20)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
        _, said = process.communicate()
        assert "Traceback" not in said
        # After its last line Python itself is stopped by the signal, without a word.
        assert process.returncode in (0, 130, -signal.SIGINT)
