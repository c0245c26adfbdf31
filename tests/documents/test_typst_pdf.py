"""Pages become PDF/A-3b files that archives, screen readers and cameras can read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from stdnum import iso11649

from quarterday.core.errors import BillingError
from quarterday.ports.document import find_renderer
from quarterday.store.models import DocumentKind
from tests.documents.pdf import check_archive, list_tags, read_codes, read_pages, read_text
from tests.documents.sheets import make_page, make_seller

RENDERER = find_renderer()
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><path d="M0 0h4v1h-4z"/></svg>'


@pytest.mark.parametrize("kind", list(DocumentKind))
@pytest.mark.parametrize("lines", [1, 60])
def test_every_kind_is_archivable_and_tagged(kind: str, lines: int) -> None:
    content = RENDERER.render(make_page(kind, lines), logo=LOGO)
    tags = list_tags(check_archive(content))
    assert {"/H1", "/Table", "/TH", "/TD", "/TR"} <= tags
    text = read_text(content)
    assert "Example Hosting GmbH" in text and "Example Customer Ltd" in text
    assert f"Page 1 of {len(read_pages(content))}" in text


def test_same_page_gives_same_bytes_in_another_process() -> None:
    script = (
        "import sys, django; django.setup()\n"
        "from quarterday.ports.document import find_renderer\n"
        "from tests.documents.sheets import make_page\n"
        "sys.stdout.buffer.write(find_renderer().render(make_page(lines=60)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, cwd=Path.cwd()
    )
    assert done.stdout == RENDERER.render(make_page(lines=60))


def test_codes_are_read_by_a_camera() -> None:
    transfer, pay = sorted(read_codes(RENDERER.render(make_page())))
    assert pay == "https://billing.example.com/l/abcdefghijklmnopqrstuvwxyz"
    lines = transfer.splitlines()
    assert lines[:4] == ["BCD", "002", "1", "SCT"]
    assert lines[4:8] == [
        "COBADEFFXXX",
        "Example Hosting GmbH",
        "DE89370400440532013000",
        "EUR15.35",
    ]
    assert iso11649.is_valid(lines[9])


def test_sums_are_carried_over_pages() -> None:
    content = RENDERER.render(make_page(lines=200))
    pages = read_pages(content)
    assert len(pages) > 4
    seen = 0
    for number, text in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in text
        if number > 1:
            assert f"Brought forward {_show(seen)}" in text
        # A line is never split, so each stands on one page.
        seen += text.count("Sample service 1-")
        if seen < 200:
            assert f"Carried forward {_show(seen)}" in text
    assert seen == 200
    assert "Brought forward" not in pages[0] and "Carried forward" not in pages[-1]
    assert "Total 3,070.00 €" in pages[-1]


def _show(lines: int) -> str:
    return f"{lines * 1290 / 100:,.2f}"


def test_names_of_all_scripts_have_their_letters() -> None:
    names = [
        "Søren Łukasz Þór & Çağrı",
        "Παπαδοπούλου Καλλιόπη",
        "Общество «Пример» Їжак",
        "شركة المثال للتجارة",
        "北京示例科技有限公司 國際",
        "株式会社サンプル",
        "דוגמה בעמ ตัวอย่าง ნიმუში उदाहरण",
    ]
    content = RENDERER.render(make_page(recipient=names))
    pdf = check_archive(content)
    text = read_text(content)
    for letters in (
        "Łukasz",
        "Παπαδοπούλου",
        "Общество",
        "北京示例科技有限公司",
        "株式会社サンプル",
    ):
        assert letters in text
    # Those written from right to left may be extracted in either order.
    assert set("شركةالمثال") <= set(text) and set("דוגמה") <= set(text)
    assert "□" not in text
    assert any("NotoSansSC" in str(font.BaseFont) for font in _fonts(pdf))


def _fonts(pdf: object) -> list[object]:
    from tests.documents.pdf import list_fonts

    return [*list_fonts(pdf)]  # type: ignore[arg-type]


def test_what_no_font_has_is_a_box_and_signs_are_left_out() -> None:
    text = read_text(RENDERER.render(make_page(recipient=["𓀀 Rocket 🚀 Ltd"])))
    assert "□ Rocket Ltd" in text


@pytest.mark.parametrize(
    "name",
    [
        '#read("/etc/passwd") *bold* _x_ `raw` $x$ @ref <label> //',
        "#{panic()} \\ [ ] { } = heading",
        "\u202egnihtyna\u2066\u200b\x00\x07\r\n\t\ud7ff",
        "W" * 500,
        "a\u0301" * 300,
        "%PDF-1.4 endstream endobj ) ( >> <<",
        "",
        " ",
    ],
)
def test_hostile_names_are_only_text(name: str) -> None:
    page = make_page(lines=2, recipient=[name, "Sampleton"], intro=name, notes=[name])
    page["lines"][0]["title"] = page["facts"][0][1] = page["title"] = page["name"] = name
    page["footer"] = [[name], [name]]
    content = RENDERER.render(page)
    check_archive(content)
    text = read_text(content)
    assert "root:" not in text
    if name.startswith("#read"):
        assert '#read("/etc/passwd") *bold* _x_' in text
    assert not set(text) & set("\u202e\u2066\x00\x07")


def test_very_long_words_stay_in_their_column() -> None:
    page = make_page(lines=1)
    page["lines"][0]["title"] = "W" * 400
    text = read_text(RENDERER.render(page))
    # Cut into pieces over several lines; the amount beside it is still there.
    assert text.count("W") == 400 and "12.90" in text


@pytest.mark.parametrize("seller", ["DE", "US"])
def test_paper_and_address_fit_the_envelopes_of_the_country(seller: str) -> None:
    from quarterday.services.documents.sample_page import make_sample_page

    page = make_sample_page(make_seller(country=seller), DocumentKind.INVOICE, 1)
    pdf = check_archive(RENDERER.render(page))
    width, height = (round(float(one)) for one in pdf.pages[0].MediaBox[2:])
    assert (width, height) == ((595, 842) if seller == "DE" else (612, 792))
    left, top = _place_of(RENDERER.render(page), "Example Customer")
    # Windows: DIN 5008 form B 45-90 mm from the top; US #10 about 2.1 to 3.2 inches.
    low, high = (45, 90) if seller == "DE" else (53, 82)
    assert 20 <= left <= 30 and low <= top <= high


def _place_of(content: bytes, words: str) -> tuple[float, float]:
    """Millimetres from the left and the top of the first page."""
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    page = document[0]
    text = page.get_textpage()
    searcher = text.search(words)
    start, _ = searcher.get_next()
    left, _, _, upper = text.get_charbox(start)
    height = page.get_height()
    searcher.close()
    text.close()
    page.close()
    document.close()
    return left * 25.4 / 72, (height - upper) * 25.4 / 72


@pytest.mark.parametrize("logo", [b"", b"no picture", b"\x89PNG broken", b"<svg", LOGO])
def test_a_logo_that_cannot_be_drawn_is_told_from_one_that_can(logo: bytes) -> None:
    try:
        content = RENDERER.render(make_page(), logo=logo)
    except BillingError:
        assert logo[:4] in (b"\x89PNG", b"<svg") and logo != LOGO
    else:
        check_archive(content)


def test_one_template_is_enough_to_lay_out_anew() -> None:
    source = '#let doc = json("page.json")\n#set page(width: 8cm)\n= #doc.title\n#doc.seller'
    text = read_text(RENDERER.render(make_page(title="Mine"), template=source))
    assert text.strip() == "Mine Example Hosting GmbH"
    for kind in DocumentKind:
        assert RENDERER.read_source(kind) in RENDERER.read_source(kind)
        own = RENDERER.read_source(kind) + "\nThank you."
        assert "Thank you." in read_text(RENDERER.render(make_page(kind), template=own))


HOSTILE = {
    "= ok\n#let x = 1 + \n": "line 2",
    '= ok\n\n#panic("no")': "line 3",
    '#import "@preview/cetz:0.2.0"': "line 1 of the template: import is not allowed",
    '= a\n#include "kit.typ"': "line 2 of the template: include is not allowed",
    '#let x = "impo"\n#eval("#" + x + "rt \\"@preview/a:1.0.0\\"")': "line 2 of the template: eval",
    '#dictionary(std).at("ev" + "al")("1")': "line 1 of the template: std",
    '#read("/etc/passwd")': "line 1 of the template: file not found",
    '#read("../../etc/passwd")': "line 1 of the template",
    '#image("/etc/hostname")': "line 1 of the template",
    '#import "kit.typ": *\n#letter(1, 2)': "line 2 of the template",
    '#json("other.json")': "among the files of the document",
    "#let f(n) = f(n + 1)\n#f(0)": "maximum function call depth",
    "x" * 100_001: "at most 100,000",
}


@pytest.mark.parametrize("source", HOSTILE)
def test_broken_and_hostile_templates_are_refused_with_the_line(source: str) -> None:
    with pytest.raises(BillingError) as refused:
        RENDERER.check(make_page(), template=source)
    assert HOSTILE[source] in str(refused.value)
    assert "quarterday-documents" not in str(refused.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    "source",
    [
        "#for a in range(100000) { for b in range(100000) { for c in range(100000) { } } }",
        '#let x = "a" * 1000000\n#let y = range(4000).map(i => x + str(i))\n#y.len()',
    ],
)
def test_endless_and_greedy_templates_are_stopped(source: str) -> None:
    with pytest.raises(BillingError, match="10 seconds or 2 GB"):
        RENDERER.check(make_page(), template=source)
