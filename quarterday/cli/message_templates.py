"""``quarterday messages templates``: a seller's own words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import Json, SellerCode, read_clock
from quarterday.cli.output import print_json, print_list, say, tell

group = make_group("A seller's own words for its messages, in place of the built-in ones.")

Kind = Annotated[str, typer.Argument(metavar="KIND", help="The kind, such as invoice_issued.")]
Language = Annotated[str, typer.Argument(metavar="LANGUAGE", help="Such as en or de.")]


@command(group, "list")
def list_all(seller: SellerCode = None, as_json: Json = False) -> None:
    """List the words that sellers use of their own."""
    from quarterday.store.queries.messages import list_templates
    from quarterday.store.queries.references import find_seller

    rows = list_templates(find_seller(seller) if seller else None)
    records = [
        {
            "seller": row.seller.code,
            "kind": row.kind,
            "language": row.language,
            "version": row.version,
            "saved_at": row.saved_at,
            "title": row.title,
        }
        for row in rows
    ]
    print_list(records, "seller kind language version saved_at title", as_json=as_json)


@command(group, "show")
def show(kind: Kind, language: Language, seller: SellerCode = None, as_json: Json = False) -> None:
    """Print the words that are used for a kind, as a file to change and save."""
    from quarterday.services.messages.find_wording import find_wording
    from quarterday.store.queries.references import find_seller

    owner = find_seller(seller)
    found = find_wording(seller_id=owner.id, kind=kind, language=language)
    if as_json:
        print_json({**found.wording._asdict(), "version": found.version})
    else:
        say(f"{found.wording.title}\n\n{found.wording.text.strip()}")


@command(group, "save")
def save_words(
    kind: Kind,
    language: Language,
    file: Annotated[
        Path,
        typer.Argument(
            help="A text file: the subject in its first line, an empty line, then the body.",
        ),
    ],
    html: Annotated[
        Path | None,
        typer.Option("--html", help="A page of your own around it."),
    ] = None,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Use your own words for a kind from now on; they are refused if they could ever fail."""
    from quarterday.ports.composer import Wording
    from quarterday.services.messages.save_template import save_template
    from quarterday.store.queries.references import find_seller

    # The body keeps its place, so that the lines of errors are those of the file.
    title, line_end, rest = file.read_text(encoding="utf-8").partition("\n")
    page = html.read_text(encoding="utf-8") if html else ""
    row = save_template(
        seller=find_seller(seller),
        kind=kind,
        language=language,
        wording=Wording(title, line_end + rest, page),
        now=read_clock(),
        actor=ACTOR,
    )
    said = f"Saved as version {row.version}; quarterday messages preview {kind} shows it."
    tell({"kind": kind, "language": language, "version": row.version}, said, as_json)


@command(group, "drop")
def drop(kind: Kind, language: Language, seller: SellerCode = None, as_json: Json = False) -> None:
    """Use the built-in words for a kind again."""
    from quarterday.services.messages.save_template import drop_template
    from quarterday.store.queries.references import find_seller

    drop_template(
        seller=find_seller(seller), kind=kind, language=language, now=read_clock(), actor=ACTOR
    )
    record = {"kind": kind, "language": language, "version": None}
    tell(record, f"{kind} uses the built-in words again.", as_json)
