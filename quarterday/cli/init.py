"""``quarterday init``: make the database, or bring it up to date."""

from __future__ import annotations

from quarterday.cli.options import Json
from quarterday.cli.output import print_json, say


def init_command(as_json: Json = False) -> None:
    """Make the database, or bring it up to date.

    Doing it again changes nothing. The database is what QUARTERDAY_DATABASE_URL names, by
    default the file quarterday.sqlite3 in the working directory.
    """
    from quarterday.services.database.migrate_database import migrate_database
    from quarterday.store.queries.readiness import describe_database

    done = migrate_database()
    place = describe_database()
    if as_json:
        print_json({"database": place, "migrations": done})
        return
    if not done:
        say(f"The database {place} is up to date; nothing was changed.")
    elif "store.0001_initial" in done:
        say(f"Made the database {place}.")
    else:
        ours = [name for name in done if name.startswith("store.")]
        others = len(done) - len(ours)
        steps = [*ours, *([f"{others} of libraries"] if others else [])]
        say(f"Brought the database {place} up to date: {', '.join(steps)}.")
    say("Next: quarterday load FILE --mapping MAPPING   bring in your customers")
    say("  or: quarterday demo                          see an invented business billed")
