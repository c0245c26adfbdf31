"""The host's bank: what came in on a day, as a statement in a file."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from tests.stories.year.town import IBAN, SELLER


class Transfer(NamedTuple):
    """Money that somebody sends, in cents, and what they write."""

    amount_minor: int
    text: str
    name: str


@dataclass(slots=True)
class Bank:
    """Writes a statement for each day on which something came in."""

    folder: Path
    balance_minor: int = 100_000
    number: int = 0
    waiting: list[Transfer] = field(default_factory=list)
    sent_minor: int = 0

    def send(self, amount_minor: int, text: str, name: str) -> None:
        """A customer sends money."""
        self.waiting.append(Transfer(amount_minor, text, name))
        self.sent_minor += amount_minor

    def write_statement(self, day: date) -> None:
        """The day's statement in MT940, old enough to be complete."""
        if not self.waiting:
            return
        self.number += 1
        place = self.folder / SELLER
        place.mkdir(exist_ok=True)
        closing = self.balance_minor + sum(one.amount_minor for one in self.waiting)
        blocks = [
            f":20:STORY{self.number}",
            f":25:{IBAN}",
            f":28C:{self.number}/1",
            f":60F:{_balance(day, self.balance_minor)}",
        ]
        for number, one in enumerate(self.waiting, 1):
            blocks.append(
                f":61:{day:%y%m%d}{day:%m%d}C{_write(one.amount_minor)}NTRFNONREF"
                f"//S{self.number}-{number}"
            )
            blocks.append(f":86:166?00TRANSFER?20SVWZ+{one.text}?32{one.name[:27]}")
        blocks.append(f":62F:{_balance(day, closing)}")
        path = place / f"{day}.sta"
        path.write_text("\n".join([*blocks, "-", ""]))
        then = path.stat().st_mtime - 3600
        os.utime(path, (then, then))
        self.balance_minor = closing
        self.waiting = []


def _balance(day: date, minor: int) -> str:
    return f"C{day:%y%m%d}EUR{_write(minor)}"


def _write(minor: int) -> str:
    return f"{minor // 100},{minor % 100:02d}"
