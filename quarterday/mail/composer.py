"""Composes messages from the house's own words or the seller's."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import TemplateError

from quarterday.core.errors import BillingError
from quarterday.core.message import (
    KINDS,
    MessageKind,
    empty_fields,
    example_fields,
    find_kind,
    list_fields,
)
from quarterday.mail.body import Block, Paragraph, Pieces, is_sum
from quarterday.mail.html_form import choose_look, inline_css, to_content, to_page
from quarterday.mail.present import clean_text, find_locale, present_fields
from quarterday.mail.sandbox import check_template, read_template
from quarterday.mail.text_form import to_text
from quarterday.ports.composer import Composed, Occasion, Wording

_WORDS = Path(__file__).parent / "words"
_ENGLISH = "en"
_LONGEST = 300_000
_CALLS = {"amount": {"value", "note"}, "button": {"label"}, "lines": set[str]()}


@cache
def read_words(language: str) -> dict[str, Any]:
    """All that the house says in a language; English where it does not speak it."""
    for name in (language, language.partition("-")[0], _ENGLISH):
        path = _WORDS / f"{name}.toml"
        if re.fullmatch(r"[A-Za-z]{2,3}(-\w+)?", name) and path.is_file():
            return tomllib.loads(path.read_text(encoding="utf-8"))
    raise BillingError("the words of the house are missing; install quarterday as a whole")


class HouseComposer:
    """Subject, text and page from one body of words."""

    def compose(self, occasion: Occasion, wording: Wording | None = None) -> Composed:
        """Put an occasion into words, those of the house unless given."""
        own = wording or self.built_in(occasion.kind, occasion.language)
        words = read_words(occasion.language)["words"]
        locale = find_locale(occasion.language)
        fields = present_fields(occasion.fields, occasion.language)
        pieces = Pieces(words, occasion.link)
        context = {**fields, "link": occasion.link}
        title = clean_text(read_template(own.title).render(context))
        rendered = read_template(own.text).render(context | pieces.callables())
        blocks: list[Block] = [_greet(fields, words), *pieces.blocks(rendered)]
        reach, foot = _reach(fields, words), _foot(occasion, fields, words)
        leave = f"{words['unsubscribe']}:\n{occasion.unsubscribe}" if occasion.unsubscribe else ""
        text = to_text([*blocks, *map(Paragraph, reach)], [*foot, *leave.split("\n")])
        look = choose_look(occasion.look)
        content = to_content(blocks, words, look, locale)
        parts = {
            "title": title,
            "seller": fields["seller"]["name"],
            "look": look,
            "words": words,
            "reach": reach,
            "foot": foot,
            "unsubscribe": occasion.unsubscribe,
        }
        if own.html:
            shown = {**context, "content": content, "title": title}
            shown["unsubscribe_link"] = occasion.unsubscribe
            page = inline_css(read_template(own.html, is_page=True).render(shown))
        else:
            page = to_page(content, locale, **parts)
        short = f"{title} {occasion.link}".strip()
        return Composed(title, text, page, short)

    def check_wording(self, kind: str, wording: Wording) -> None:
        """Raise `BillingError` with the line for words that would fail when they are needed."""
        names: dict[str, Mapping[str, bool] | None] = {
            group: {name: isinstance(field.example, list | tuple) for name, field in fields.items()}
            for group, fields in list_fields(kind).items()
        }
        names["link"] = None
        _check_filled(wording)
        calls = {
            name: (is_sum if name == "lines" else known.__contains__)
            for name, known in _CALLS.items()
        }
        check_template(wording.title, "title", names, {})
        check_template(wording.text, "text", names, calls)
        page_names = {**names, "content": None, "title": None, "unsubscribe_link": None}
        check_template(wording.html, "html", page_names, {})
        _check_page(kind, wording.html)
        self._try(kind, wording)

    def _try(self, kind: str, wording: Wording) -> None:
        """Compose it with every field filled, and with all that may be empty left so."""
        for fields in (example_fields(kind), empty_fields(kind)):
            leave = "https://example.com/l/sample" if find_kind(kind).is_marketing else ""
            occasion = Occasion(kind, _ENGLISH, fields, "https://example.com/l/sample", leave)
            try:
                composed = self.compose(occasion, wording)
            except (TemplateError, TypeError, ValueError, KeyError) as error:
                raise BillingError(f"it fails with an example: {error}") from None
            if len(composed.html) > _LONGEST or not composed.title:
                raise BillingError("with an example, the title is empty or the page is too long")

    def built_in(self, kind: str, language: str) -> Wording:
        """The house's own words for a kind, in the language or else in English."""
        find_kind(kind)
        known = read_words(language)["kinds"].get(kind) or read_words(_ENGLISH)["kinds"][kind]
        return Wording(known["title"], known["body"])

    def list_languages(self) -> tuple[str, ...]:
        """The languages that the house speaks."""
        return tuple(sorted(path.stem for path in _WORDS.glob("*.toml")))


def _check_filled(wording: Wording) -> None:
    for part, value in (("title", wording.title), ("text", wording.text)):
        if not value.strip():
            raise BillingError(f"{part}, line 1: it is empty; write what the message says")


def _check_page(kind: str, source: str) -> None:
    """A page of the seller's own runs nothing, and keeps the way out of marketing."""
    for number, line in enumerate(source.splitlines(), 1):
        if re.search(
            r"<\s*(script|iframe|object|embed|form|link|meta\s+http)|\son\w+\s*=", line, re.I
        ):
            raise BillingError(f"html, line {number}: mail programs refuse what runs or loads")
    if source and "content" not in source:
        raise BillingError(
            "html, line 1: it never shows {{ content }}, which is what the text says"
        )
    if source and find_kind(kind).is_marketing and "unsubscribe_link" not in source:
        raise BillingError("html, line 1: marketing must show {{ unsubscribe_link }}")


def _greet(fields: Mapping[str, Mapping[str, Any]], words: Mapping[str, str]) -> Paragraph:
    name = fields["recipient"]["name"]
    return Paragraph(words["hello"].format(name=name) if name else words["hello_nobody"])


def _reach(fields: Mapping[str, Mapping[str, Any]], words: Mapping[str, str]) -> list[str]:
    """How to reach a person."""
    seller = fields["seller"]
    if seller["email"] and seller["phone"]:
        return [words["reach_both"].format(email=seller["email"], phone=seller["phone"])]
    if seller["email"]:
        return [words["reach_mail"].format(email=seller["email"])]
    return [words["reach_reply"]]


def _choose_why(kind: MessageKind) -> str:
    """Which sentence says why somebody gets a kind."""
    if kind.name == "security_notice":
        return "why_sign_in"
    return "why_direct" if kind.is_direct else "why_news" if kind.is_marketing else "why"


def _foot(
    occasion: Occasion, fields: Mapping[str, Mapping[str, Any]], words: Mapping[str, str]
) -> list[str]:
    """Who sends it and why, and what the law wants there."""
    seller, account = fields["seller"], fields["account"]
    kind = KINDS[occasion.kind]
    why = words[_choose_why(kind)]
    who = [seller["legal_name"], seller["address"]]
    tax = words["tax_id"].format(number=seller["tax_id"]) if seller["tax_id"] else ""
    lines = [" · ".join(filter(None, who)), tax, *occasion.look.get("footer", ())]
    reason = why.format(account=account["number"], name=account["name"], seller=seller["name"])
    return [*(clean_text(str(line)) for line in lines if line), reason]
