"""What every command does before and after its body.

Django is set up here and not at the start of the program, so that ``--help`` and completion do
not wait for it. For the same reason the modules of this package import services, queries and
models within the bodies of their commands; nowhere else in the house is that done.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from quarterday.cli.errors import plain_errors

Body = TypeVar("Body", bound=Callable[..., Any])


class Command(TyperCommand):
    """A command that works on a database, which must be there and up to date."""

    needs_database: ClassVar[bool] = True

    def invoke(self, ctx: Any) -> Any:
        """Run the body; what goes wrong is said in plain words, with an exit code of its own."""
        with plain_errors():
            prepare(self.needs_database)
            return super().invoke(ctx)


class FreeCommand(Command):
    """A command that sees to the database itself."""

    needs_database = False


class DoingGroup(TyperGroup):
    """A group that does something itself when it is called without one of its commands."""

    def invoke(self, ctx: Any) -> Any:
        """As `Command` does, but for `prepare`: its callback calls it when it does the work."""
        with plain_errors():
            return super().invoke(ctx)


def prepare(needs_database: bool) -> None:
    """Set up Django, and see that the database is there and up to date."""
    import django

    django.setup()
    if needs_database:
        from quarterday.store.queries.readiness import check_readiness

        check_readiness()


def make_group(text: str, **options: Any) -> typer.Typer:
    """A group of commands; called without one, it shows its help, framed only on a terminal."""
    return typer.Typer(
        help=text,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown" if sys.stdout.isatty() else None,
        **options,
    )


def make_doing_group(text: str) -> typer.Typer:
    """A group whose callback is what it does when no command of it is named."""
    return typer.Typer(
        help=text,
        cls=DoingGroup,
        invoke_without_command=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="markdown" if sys.stdout.isatty() else None,
    )


def command(
    group: typer.Typer, name: str, *, database: bool = True, panel: str | None = None
) -> Callable[[Body], Body]:
    """Put a function into a group as a command; its docstring is the help."""
    kind = Command if database else FreeCommand
    return group.command(name, cls=kind, rich_help_panel=panel)
