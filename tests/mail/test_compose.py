"""What the house says: complete in every language, plain in every mail program, and unbreakable."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from quarterday.core.errors import BillingError
from quarterday.core.message import KINDS, empty_fields, example_fields, list_fields
from quarterday.mail.composer import read_words
from quarterday.ports.composer import Composed, Occasion, Wording, find_composer

COMPOSER = find_composer()
LANGUAGES = ("de", "en", "es", "fr", "pt")
LINK = "https://billing.nordlicht.example/l/" + "Ab3x" * 28
LOOK = {"accent": "#ffd23f", "footer": ["Managing director: Grace Example"]}
CASES = [(kind, language) for kind in KINDS for language in LANGUAGES]
VOID = {"meta", "br", "img", "hr"}


def compose(kind: str, language: str = "en", fields: Any = None, **more: Any) -> Composed:
    leave = LINK if KINDS[kind].is_marketing else ""
    given = fields or example_fields(kind)
    return COMPOSER.compose(Occasion(kind, language, given, LINK, leave, LOOK), **more)


class Page(HTMLParser):
    """What is wrong with a page for mail programs: checked tag by tag."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.wrong: list[str] = []
        self.open: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()
        self.wrong += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in given}
        if tag in {"script", "link", "iframe", "form", "object", "embed", "video", "base"}:
            self.wrong.append(f"<{tag}>")
        self.wrong += [name for name in attributes if name.startswith("on") or name == "srcset"]
        if tag == "img" and "alt" not in attributes:
            self.wrong.append("an image without alt")
        if tag == "a":
            self.links.append(attributes.get("href", ""))
        style = attributes.get("style", "")
        if re.search(r"flex|grid|float|position|calc\(|var\(|url\(|rgba?\(|gap\b", style):
            self.wrong.append(f"<{tag} style={style}>")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self.open):
            self.text.append(data)


def test_every_language_says_everything() -> None:
    assert COMPOSER.list_languages() == LANGUAGES
    english = read_words("en")
    for language in LANGUAGES:
        words = read_words(language)
        assert set(words["kinds"]) == set(KINDS), language
        assert set(words["words"]) == set(english["words"]), language
        for name, text in english["words"].items():
            holes = re.findall(r"{\w+}", text)
            assert sorted(re.findall(r"{\w+}", words["words"][name])) == sorted(holes), name


@pytest.mark.parametrize(("kind", "language"), CASES)
def test_the_words_of_the_house_keep_the_rules_for_sellers(kind: str, language: str) -> None:
    COMPOSER.check_wording(kind, COMPOSER.built_in(kind, language))


@pytest.mark.parametrize(("kind", "language"), CASES)
def test_pages_are_what_mail_programs_show(kind: str, language: str) -> None:
    composed = compose(kind, language)
    page = Page(composed.html)
    assert not page.wrong
    assert all(link.startswith(("https://", "mailto:")) for link in page.links), page.links
    assert LINK in page.links
    assert 'name="color-scheme" content="light dark"' in composed.html
    assert "prefers-color-scheme: dark" in composed.html
    assert f'lang="{"en-GB" if language == "en" else language}"' in composed.html
    assert len(composed.html) < 100_000, "Gmail cuts off what is longer"
    assert "<img" not in composed.html, "nothing is loaded, so nothing can be tracked"


@pytest.mark.parametrize(("kind", "language"), CASES)
def test_the_text_says_what_the_page_says(kind: str, language: str) -> None:
    composed = compose(kind, language)
    said = re.sub(r"\s+", "", composed.text)
    # Whoever reads the text needs no word about where the plain link stands.
    or_open = read_words(language)["words"]["or_open"]
    for part in Page(composed.html).text:
        if part.strip() == or_open:
            continue
        shown = re.sub(r"\s+", "", part).strip("•:")
        assert shown in said, part
    assert LINK in composed.text.splitlines(), "the link stands on a line of its own"
    assert all(len(line) <= 76 or "://" in line for line in composed.text.splitlines())


@pytest.mark.parametrize(("kind", "language"), CASES)
def test_nothing_shows_where_nothing_is_known(kind: str, language: str) -> None:
    composed = compose(kind, language, empty_fields(kind))
    for text in (composed.title, composed.text):
        assert "None" not in text
        assert "{" not in text
        assert not re.search(r"\(\)| ,| \.(?!\.)|\bTrue\b|\bFalse\b", text), text
        assert not re.search(r"[^ ] {2,}[^ ]", text.split("\n\n")[0])


@pytest.mark.parametrize("kind", KINDS)
def test_every_language_speaks_for_itself(kind: str) -> None:
    titles = {compose(kind, language).text for language in LANGUAGES}
    assert len(titles) == len(LANGUAGES)


def test_money_and_days_are_the_readers() -> None:
    german = compose("invoice_issued", "de")
    assert german.title.endswith("100,00 € fällig am 3. Dezember 2026")
    assert "Donnerstag, 3. Dezember 2026" in german.text
    assert "100.00 € due on 3 December 2026" in compose("invoice_issued", "en").title
    assert "3 décembre 2026" in compose("invoice_issued", "fr").title


def test_an_unknown_language_is_answered_in_english() -> None:
    assert "Hello Ada" in compose("welcome", "xx").text
    assert "Guten Tag" in compose("welcome", "de-AT").text
    assert "Hello Ada" in compose("welcome", "../../etc").text


def test_the_button_is_readable_on_any_accent() -> None:
    button = re.search(r'<td class="button"[^>]*>.*?</a>', compose("welcome").html, re.DOTALL)
    assert button is not None
    assert "#ffd23f" in button[0]
    assert "color: #111111" in button[0]


def test_names_cannot_become_markup_headers_or_pieces() -> None:
    evil = '<b>x</b>\r\nBcc: eve@example.com\n\n\x020\x03 {{ link }} " onclick='
    fields = example_fields("invoice_issued")
    fields["recipient"]["name"] = fields["account"]["name"] = evil
    fields["invoice"]["number"] = fields["seller"]["name"] = evil
    fields["invoice"]["lines"] = [{"text": evil, "note": evil, "amount": evil}]
    composed = compose("invoice_issued", "en", fields)
    assert "<b>" not in composed.html
    assert "\n" not in composed.title
    assert "\r" not in composed.title
    assert composed.html.count(f'href="{LINK}"') == 2
    assert not Page(composed.html).wrong
    assert "{{ link }}" in composed.text


def test_marketing_shows_the_way_out_and_the_address() -> None:
    composed = compose("newsletter")
    assert "Beispielweg 1, 00000 Musterstadt" in composed.html
    assert f'<a href="{LINK}"' in composed.html
    assert "Stop getting news:" in composed.text
    assert "Stop getting news" not in compose("receipt").text


BAD = [
    ("{{ invoice.numbr }}", "line 1: invoice.numbr is no merge field"),
    ("x\n\n{{ payment.amount }}", "line 3: there is no payment"),
    ("{{ invoice }}", "invoice has fields"),
    ("a\n{% if x", "line 2"),
    ("{% endif %}", "line 1"),
    ("{{ ''.__class__ }}", "a field has no __class__"),
    ("{{ invoice.__class__ }}", "is no merge field"),
    ("{{ seller.name.__class__.__mro__ }}", "a field has no"),
    ("{{ invoice['number'] }}", "is not possible here"),
    ("{{ seller.name.format(1) }}", "nothing can be called here"),
    ("{{ range(10**9) }}", "nothing can be called"),
    ("{{ lipsum() }}", "nothing can be called"),
    ("{% set x = 1 %}", "is not possible here"),
    ("{% macro m() %}{{ m() }}{% endmacro %}", "is not possible here"),
    ("{% include 'layout.html' %}", "is not possible here"),
    ("{% import 'os' as os %}", "is not possible here"),
    ("{{ 'x' * 1000000000 }}", "is not possible here"),
    ("{{ 10 ** 10 ** 10 }}", "is not possible here"),
    ("{{ seller.name|attr('__class__') }}", "there is no filter attr"),
    ("{{ seller.name|center(999999999) }}", "there is no filter center"),
    ("{% for c in seller.name %}{{ c }}{% endfor %}", "goes over a field that is a list"),
    ("{% for l in invoice.lines recursive %}{% endfor %}", "deep"),
    ("{% for l in invoice.lines %}{{ l.price }}{% endfor %}", "l.price is no merge field"),
    ("{{ lines(invoice.lines, vat=1) }}", "lines knows no vat"),
    ("{{ button() }}", "it fails with an example"),
    ("{{ amount }}", "is called with what it shows"),
    ("x" * 50_000, "shorten it"),
    ("  \n ", "it is empty"),
]


@pytest.mark.parametrize(("text", "said"), BAD, ids=[text[:30] for text, _ in BAD])
def test_a_body_that_could_fail_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(BillingError, match=r"line \d|shorten|fails") as caught:
        COMPOSER.check_wording("invoice_issued", Wording("A title", text))
    assert said in str(caught.value)


def test_nested_loops_are_bounded() -> None:
    loop = "{% for a in invoice.lines %}"
    body = loop + loop.replace("a in", "b in") + "{{ b.text }}" + "{% endfor %}" * 2
    COMPOSER.check_wording("invoice_issued", Wording("t", body))
    deeper = loop + body + "{% endfor %}"
    with pytest.raises(BillingError, match="deep"):
        COMPOSER.check_wording("invoice_issued", Wording("t", deeper))


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<p>Hi</p>", "never shows"),
        ("{{ content }}\n<script>1</script>", "line 2"),
        ("{{ content }}<a onclick='x'>", "line 1"),
        ("{{ content }}{{ unsubscribe }}", "there is no unsubscribe"),
    ],
)
def test_a_page_of_the_sellers_own_is_checked(html: str, said: str) -> None:
    with pytest.raises(BillingError, match=said):
        COMPOSER.check_wording("invoice_issued", Wording("t", "x", html))


def test_marketing_keeps_its_way_out_in_a_page_of_the_sellers_own() -> None:
    with pytest.raises(BillingError, match="unsubscribe_link"):
        COMPOSER.check_wording("newsletter", Wording("t", "x", "<table>{{ content }}</table>"))
    COMPOSER.check_wording("newsletter", Wording("t", "x", "{{ content }} {{ unsubscribe_link }}"))


def test_a_sellers_words_and_page_are_used() -> None:
    words = Wording(
        "Bill {{ invoice.number }}",
        "A <b> & {{ account.name }}.\n\n- one\n- two\n\n{{ button('Pay') }}",
        "<html><head><style>p { color: red }</style></head><body><p>{{ seller.name }}</p>"
        "<table>{{ content }}</table></body></html>",
    )
    COMPOSER.check_wording("invoice_issued", words)
    composed = compose("invoice_issued", wording=words)
    assert composed.title == "Bill INV-000123"
    assert "A <b> & Ada Example." in composed.text
    assert "A &lt;b&gt; &amp; Ada Example." in composed.html
    assert '<p style="color: red' in composed.html
    assert "- one\n- two" in composed.text


@pytest.mark.parametrize("kind", KINDS)
def test_every_merge_field_can_be_shown(kind: str) -> None:
    shown = [
        f"{{{{ {group}.{name} }}}}"
        if not isinstance(field.example, tuple) or hasattr(field.example, "_fields")
        else f"{{% for row in {group}.{name} %}}{{{{ row.text }}}}{{% endfor %}}"
        for group, fields in list_fields(kind).items()
        for name, field in fields.items()
    ]
    COMPOSER.check_wording(kind, Wording("t", "x " + " ".join(shown)))


def test_a_name_leads_nowhere() -> None:
    fields = example_fields("invitation")
    fields["recipient"]["name"] = "blocked, see https://evil.example/login"
    fields["account"]["name"] = "http://evil.example/"
    fields["access"]["inviter"] = "https://evil.example/"
    made = compose("invitation", fields=fields)
    assert "evil.example" in made.html
    for part in (made.title, made.text, made.html, made.short):
        assert "//evil" not in part


@pytest.mark.parametrize("language", LANGUAGES)
def test_credit_that_could_not_be_bought_is_no_invoice(language: str) -> None:
    fields = example_fields("payment_failed")
    fields["invoice"] = dict.fromkeys(fields["invoice"], "")
    text = compose("payment_failed", language, fields).text
    words = {"en": "invoice", "de": "Rechnung", "es": "factura", "fr": "facture", "pt": "fatura"}
    # What the first sentence says; only the way out names invoices in general.
    assert words[language] not in text.split("\n\n")[1]
