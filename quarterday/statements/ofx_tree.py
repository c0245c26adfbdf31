"""The elements of OFX, of which the first version closes only those that hold others."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from quarterday.core.errors import BillingError

_TOKEN = re.compile(r"<(/?)([A-Za-z0-9_.]+)\s*(/?)>([^<]*)")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.S)
_DEEPEST = 50


@dataclass(slots=True)
class Node:
    """An element: its name, what it holds, and the elements in it."""

    name: str
    value: str = ""
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)

    def child(self, name: str) -> Node | None:
        """The first element of a name right in this one."""
        return next((node for node in self.children if node.name == name), None)

    def text(self, name: str, *, deep: bool = False) -> str:
        """What an element in this one holds; with ``deep``, however far within."""
        node = next(self.walk(name), None) if deep else self.child(name)
        return node.value if node is not None else ""

    def walk(self, name: str) -> Iterator[Node]:
        """Every element of a name within this one, in the order of the file."""
        for node in self.children:
            if node.name == name:
                yield node
            yield from node.walk(name)


def parse_tree(text: str, name: str) -> Node:
    """The elements of a file. Raises `BillingError` when it ends before its last element does."""
    begin = text.upper().find("<OFX>")
    text = _CDATA.sub(lambda match: html.escape(match[1], quote=False), text[max(begin, 0) :])
    closed = {match[2].upper() for match in _TOKEN.finditer(text) if match[1]}
    if "OFX" not in closed:
        raise BillingError(
            f"{name} ends before its last element </OFX>; get it from the bank again"
        )
    root = current = Node("")
    depth = 0
    for match in _TOKEN.finditer(text):
        slash, tag, empty, value = match.groups()
        tag, value = tag.upper(), html.unescape(value).strip()
        if slash:
            node: Node | None = current
            steps = 0
            while node is not None and node.name != tag:
                node, steps = node.parent, steps + 1
            # What closes a simple element that was over already closes nothing.
            if node is not None and node.parent is not None:
                current, depth = node.parent, depth - steps - 1
            continue
        child = Node(tag, value, current)
        current.children.append(child)
        if not value and not empty and tag in closed:
            current, depth = child, depth + 1
            if depth > _DEEPEST:
                raise BillingError(f"{name}: its elements stand in each other {depth} deep")
    return root
