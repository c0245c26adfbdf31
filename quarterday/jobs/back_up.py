"""Make a backup each day, where a folder for it is named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings

from quarterday.ports.clock import read_now
from quarterday.services.backup.make_backup import make_backup


class BackUp:
    """The backup of the day, into ``QUARTERDAY_BACKUP_DIR``; one that fails is tried again."""

    name: ClassVar[str] = "back_up"
    every: ClassVar[timedelta] = timedelta(days=1)
    is_recorded: ClassVar[bool] = True

    def run(self) -> dict[str, Any]:
        """What was written, and how many old ones went."""
        if settings.BACKUP_DIR is None:
            return {}
        done = make_backup(folder=settings.BACKUP_DIR, now=read_now(), keep=settings.BACKUP_KEEP)
        return {"file": done.path.name, "bytes": done.size, "removed": len(done.removed)}
