"""The secret that links and sessions are signed with: given, or made once for each installation.

No secret stands in the code, and none has to be thought up before the first start.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def read_secret_key(path: Path, given: str | None) -> str:
    """The given secret, or the one in a file that only its owner may read, made if missing.

    Raises `ImproperlyConfigured` when the file can be neither read nor made. Processes that
    start at once agree: the file appears whole, and the first one to put it there wins.
    """
    if given:
        return given
    try:
        if not path.exists():
            _make_secret_file(path)
        secret = path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"the secret key in {path} cannot be read or made ({error.strerror}); make its folder "
            "writable, or set QUARTERDAY_SECRET_KEY"
        ) from None
    if not secret:
        raise ImproperlyConfigured(f"{path} is empty; delete it, or set QUARTERDAY_SECRET_KEY")
    return secret


def _make_secret_file(path: Path) -> None:
    # mkstemp makes the file with mode 0600; link refuses to replace one that is there already.
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".secret-")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
