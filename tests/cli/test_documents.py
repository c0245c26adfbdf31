"""Files from the command line: written, listed, verified, and laid out anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tests.documents.pdf import check_archive, read_text

if TYPE_CHECKING:
    from tests.cli.conftest import Shop


def test_files_are_written_and_verified(shop: Shop, tmp_path: Path) -> None:
    shop("run --on 2026-03-01", status=4)
    (first, *others) = shop.data("invoices list")
    folder = tmp_path / "files"
    (made,) = shop.data(f"documents render {first['label']} --output", str(folder))
    content = Path(made["path"]).read_bytes()
    check_archive(content)
    assert first["label"] in read_text(content)
    one = tmp_path / "one.pdf"
    shop(f"documents render {first['label']} -o", str(one))
    assert one.read_bytes() == content
    names = " ".join(other["label"] for other in others[:2])
    several = f"documents render {first['label']} {names} -o"
    shop(several, str(folder))
    assert len(list(folder.iterdir())) == 1 + len(others[:2])
    assert "name a folder" in shop.refuses(several, str(one), status=2)
    statement = shop.data(f"documents render {first['account']}:2026 -o", str(folder))
    assert statement[0]["kind"] == "statement"
    assert "all of them whole" in shop("documents verify")
    assert shop.data("documents verify")["bad"] == []
    listed = shop.data("documents list")
    assert {one["digest"] for one in listed} >= {made["digest"]}
    assert len(shop.data("documents list --kind statement")) == 1
    assert "there is no invoice" in shop.refuses("documents render NOTHING")


def test_templates_are_saved_once_they_work(shop: Shop, tmp_path: Path) -> None:
    source = shop("documents templates show invoice")
    assert '#import "kit.typ"' in source
    file = tmp_path / "invoice.typ"
    file.write_text(f"{source}\n#panic()\n")
    line = source.count("\n") + 2
    refused = shop.refuses("documents templates save invoice", str(file))
    assert f"line {line} of the template" in refused
    file.write_text(f"{source}\nSigned by hand.\n")
    assert "Version 1 of invoice" in shop("documents templates save invoice", str(file))
    assert "Signed by hand" in shop("documents templates show invoice")
    assert shop("documents templates show invoice --built-in") == source
    assert "cannot be read" in shop.refuses("documents templates save invoice", str(tmp_path))
