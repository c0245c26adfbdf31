"""``quarterday documents``: the PDF files of invoices, receipts, statements and the rest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from quarterday.cli.command import command, make_group
from quarterday.cli.errors import ExitCode
from quarterday.cli.inputs import ACTOR
from quarterday.cli.options import AccountOption, Json, Limit, SellerCode, read_clock
from quarterday.cli.output import print_json, print_list, say
from quarterday.core.errors import BillingError

if TYPE_CHECKING:
    from quarterday.store.models import DocumentFile, DocumentKind

group = make_group("Make, keep and verify the PDF files of documents, and lay them out anew.")

templates = make_group("Lay documents out by templates of your own.")
group.add_typer(templates, name="templates")

Kind = Literal["invoice", "credit_note", "receipt", "quote", "pro_forma", "statement"]
_PREFIXES: dict[str, Kind] = {
    "pay_": "receipt",
    "quo_": "quote",
    "ord_": "pro_forma",
    "sub_": "pro_forma",
}
KindOption = Annotated[
    Kind | None, typer.Option("--kind", help="What to make; by default what the name stands for.")
]
KindArgument = Annotated[Kind, typer.Argument(help="The kind of document that it lays out.")]


@command(group, "render")
def render(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME...",
            help="Invoices or credit notes by number; payments, quotes, orders and subscriptions "
            "by id; a statement as ACCOUNT:YEAR.",
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="PATH", help="A .pdf file, or a folder for all."),
    ] = None,
    kind: KindOption = None,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Write the PDF files of documents; they are made once and then always the same."""
    from quarterday.services.documents.get_document import get_document

    if output and output.suffix == ".pdf" and len(names) > 1:
        raise typer.BadParameter("--output is one file, but there are several; name a folder")
    now, made = read_clock(), []
    for name in names:
        wanted, subject = _find_subject(name, kind, seller)
        row = get_document(kind=wanted, subject=subject, now=now)
        path = _place(output, row.name)
        path.write_bytes(bytes(row.content))
        made.append(_record(row) | {"path": str(path)})
    if as_json:
        print_json(made)
    else:
        for one in made:
            say(str(one["path"]))


@command(group, "list")
def list_files(
    account: AccountOption = None,
    kind: KindOption = None,
    seller: SellerCode = None,
    limit: Limit = 100,
    as_json: Json = False,
) -> None:
    """List the files that are kept, the newest first."""
    from quarterday.store.models import DocumentFile
    from quarterday.store.queries.references import find_account, find_seller

    rows = DocumentFile.objects.select_related("account").defer("content").order_by("-id")
    if account:
        rows = rows.filter(account=find_account(account, seller))
    elif seller:
        rows = rows.filter(account__seller=find_seller(seller))
    if kind:
        rows = rows.filter(kind=kind)
    records = [_record(row) for row in (rows[:limit] if limit else rows)]
    print_list(records, "name kind account language made_at digest", limit, as_json)


@command(group, "verify")
def verify(account: AccountOption = None, seller: SellerCode = None, as_json: Json = False) -> None:
    """Compute the hash of every kept file again, and see that each is a whole PDF/A-3 file."""
    from quarterday.services.documents.verify_documents import verify_documents
    from quarterday.store.queries.references import find_account, find_seller

    owner = find_account(account, seller) if account else None
    firm = find_seller(seller) if seller else None
    count, bad = 0, []
    for row, problem in verify_documents(seller=firm, account=owner):
        count += 1
        if problem:
            bad.append(_record(row) | {"problem": problem})
    if as_json:
        print_json({"files": count, "bad": bad})
    else:
        for one in bad:
            say(f"{one['id']} {one['name']} of {one['account']}: {one['problem']}")
        say(f"{count:,} files, {len(bad):,} of them damaged." if bad else _whole(count))
    if bad:
        raise typer.Exit(ExitCode.OFFENCES)


@command(templates, "show")
def show_template(
    kind: KindArgument,
    built_in: Annotated[
        bool, typer.Option("--built-in", help="The built-in one, whatever the seller has saved.")
    ] = False,
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Print the template of a kind: the seller's own, or else the built-in one to start from."""
    from quarterday.ports.document import find_renderer
    from quarterday.store.queries.printed import find_template
    from quarterday.store.queries.references import find_seller

    own = None if built_in else find_template(find_seller(seller), kind)
    source = own.source if own else find_renderer().read_source(kind)
    if as_json:
        print_json({"kind": kind, "version": own.version if own else 0, "source": source})
    else:
        typer.echo(source, nl=False)


@command(templates, "save")
def save_own(
    kind: KindArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The template, in typst.")],
    seller: SellerCode = None,
    as_json: Json = False,
) -> None:
    """Lay out a kind of document by a template of the seller's own, from now on.

    A template that does not work is refused, with the line. Files that are kept stay as they are.
    """
    from quarterday.services.documents.save_template import save_template
    from quarterday.store.models import DocumentKind
    from quarterday.store.queries.references import find_seller

    try:
        source = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BillingError(f"{file} cannot be read as text ({error}); check its name") from None
    owner = find_seller(seller)
    row = save_template(
        seller=owner, kind=DocumentKind(kind), source=source, now=read_clock(), actor=ACTOR
    )
    if as_json:
        print_json({"id": row.public_id, "kind": kind, "version": row.version})
    else:
        say(f"Version {row.version} of {kind} is saved for {owner.code}.")


def _whole(count: int) -> str:
    return f"{count:,} files, all of them whole."


def _find_subject(name: str, kind: Kind | None, seller: str | None) -> tuple[DocumentKind, str]:
    """The kind and subject that a name on the command line stands for."""
    from quarterday.store.models import CreditNote, DocumentKind
    from quarterday.store.queries.references import find_account, find_document, find_payment

    owner, _, year = name.rpartition(":")
    if kind is None:
        kind = "statement" if owner and year[:4].isdecimal() else _PREFIXES.get(name[:4])
    if kind == "statement":
        return DocumentKind.STATEMENT, f"{find_account(owner or name, seller).public_id}:{year}"
    if kind == "receipt":
        return DocumentKind.RECEIPT, find_payment(name).public_id
    if kind in ("quote", "pro_forma"):
        return DocumentKind(kind), name
    document = find_document(name, seller)
    is_note = isinstance(document, CreditNote)
    return DocumentKind.CREDIT_NOTE if is_note else DocumentKind.INVOICE, document.public_id


def _place(output: Path | None, name: str) -> Path:
    """Where a file goes; a folder is made."""
    if output and output.suffix == ".pdf":
        return output
    folder = output or Path()
    folder.mkdir(parents=True, exist_ok=True)
    return folder / name


def _record(row: DocumentFile) -> dict[str, str]:
    return {
        "id": row.public_id,
        "name": row.name,
        "kind": row.kind,
        "subject": row.subject,
        "account": str(row.account),
        "language": row.language,
        "made_at": row.made_at.isoformat(),
        "digest": row.digest,
    }
