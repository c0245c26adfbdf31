"""What a template may do: show fields, choose, and go over lists. Nothing else can be written.

Every template is checked as a tree before it is kept, so that it cannot fail or run away later:
names must be merge fields, calls must be pieces of the house, and nothing that could grow (loops
deeper than two, assignments, macros, ranges) exists. Jinja's sandbox stands behind that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from quarterday.core.errors import BillingError

LIMIT = 40_000
_FILTERS = frozenset("capitalize default e escape first last length lower title trim upper".split())
_TESTS = frozenset("defined undefined eq ne lt le gt ge equalto true false".split())
_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Const,
    nodes.Name,
    nodes.Getattr,
    nodes.Filter,
    nodes.Test,
    nodes.If,
    nodes.For,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Concat,
    nodes.CondExpr,
    nodes.Call,
    nodes.Keyword,
)
_DEPTH = 2
_LOOP = frozenset("first last index length".split())
_ROW = frozenset("text note amount".split())

# What may stand alone, by name; groups and their fields, where a list is True.
Names = Mapping[str, Mapping[str, bool] | None]


def _make_environment(autoescape: bool) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=autoescape,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.clear()
    return environment


_PLAIN, _PAGE = _make_environment(False), _make_environment(True)


@lru_cache(maxsize=1024)
def read_template(source: str, *, is_page: bool = False) -> Template:
    """A template that was checked, ready to render."""
    return (_PAGE if is_page else _PLAIN).from_string(source)


def check_template(
    source: str, part: str, names: Names, calls: Mapping[str, Callable[[str], bool]]
) -> None:
    """Raise `BillingError` with part and line for a template that may not be kept.

    ``calls`` are the pieces that may be called, each with what tells its keywords from others.
    """
    if len(source) > LIMIT:
        raise BillingError(f"{part} has {len(source)} characters; shorten it to {LIMIT}")
    try:
        tree = _PLAIN.parse(source)
    except TemplateSyntaxError as error:
        raise BillingError(f"{part}, line {error.lineno}: {error.message}") from None
    _Checker(part, names, calls).check(tree, {}, 0)


class _Checker:
    def __init__(self, part: str, names: Names, calls: Mapping[str, Callable[[str], bool]]) -> None:
        self.part, self.names, self.calls = part, names, calls

    def refuse(self, node: nodes.Node, text: str) -> BillingError:
        return BillingError(f"{self.part}, line {node.lineno}: {text}")

    def check(self, node: nodes.Node, rows: Mapping[str, frozenset[str]], depth: int) -> None:
        """A node and all within it; ``rows`` are the names that loops around it have made."""
        if not isinstance(node, _ALLOWED):
            name = type(node).__name__.lower()
            raise self.refuse(
                node, f"{name} is not possible here; show fields, and use if and for only"
            )
        match node:
            case nodes.Name():
                self._check_name(node, rows)
                return
            case nodes.Getattr():
                self._check_field(node, rows)
                return
            case nodes.Filter() if node.name not in _FILTERS:
                raise self.refuse(node, f"there is no filter {node.name}; {_list(_FILTERS)}")
            case nodes.Test() if node.name not in _TESTS:
                raise self.refuse(node, f"there is no test {node.name}; {_list(_TESTS)}")
            case nodes.Call():
                self._check_call(node, rows, depth)
                return
            case nodes.For():
                self._check_loop(node, rows, depth)
                return
        for child in node.iter_child_nodes():
            self.check(child, rows, depth)

    def _check_name(self, node: nodes.Name, rows: Mapping[str, frozenset[str]]) -> None:
        if node.name in rows or (node.name in self.names and self.names[node.name] is None):
            return
        if node.name in self.names:
            raise self.refuse(
                node, f"{node.name} has fields; name one: {_list(self.names[node.name] or ())}"
            )
        if node.name in self.calls:
            raise self.refuse(node, f"{node.name} is called with what it shows: {node.name}(…)")
        raise self.refuse(node, f"there is no {node.name}; {_list([*self.names, *self.calls])}")

    def _check_field(self, node: nodes.Getattr, rows: Mapping[str, frozenset[str]]) -> None:
        if not isinstance(node.node, nodes.Name):
            raise self.refuse(node, f"a field has no {node.attr}")
        group = node.node.name
        known = rows[group] if group in rows else self.names.get(group)
        if known is None:
            raise self.refuse(node, f"there is no {group}; {_list(self.names)}")
        if node.attr not in known:
            raise self.refuse(node, f"{group}.{node.attr} is no merge field; {_list(known)}")

    def _check_call(self, node: nodes.Call, rows: Mapping[str, frozenset[str]], depth: int) -> None:
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        if name not in self.calls or node.dyn_args or node.dyn_kwargs:
            raise self.refuse(node, f"nothing can be called here but {_list(self.calls)}")
        for keyword in node.kwargs:
            if not self.calls[name](keyword.key):
                raise self.refuse(keyword, f"{name} knows no {keyword.key}")
        for argument in [*node.args, *(keyword.value for keyword in node.kwargs)]:
            self.check(argument, rows, depth)

    def _check_loop(self, node: nodes.For, rows: Mapping[str, frozenset[str]], depth: int) -> None:
        if depth >= _DEPTH or node.recursive:
            raise self.refuse(node, f"loops may be {_DEPTH} deep, no more")
        over = node.iter
        fields = None
        if isinstance(over, nodes.Getattr) and isinstance(over.node, nodes.Name):
            fields = self.names.get(over.node.name)
        if not isinstance(over, nodes.Getattr) or not fields or not fields.get(over.attr):
            raise self.refuse(
                node, "a loop goes over a field that is a list, such as invoice.lines"
            )
        if not isinstance(node.target, nodes.Name):
            raise self.refuse(node, "a loop names one thing: for line in invoice.lines")
        inner = {**rows, node.target.name: _ROW, "loop": _LOOP}
        for child in [*node.body, *([node.test] if node.test else [])]:
            self.check(child, inner, depth + 1)
        for child in node.else_:
            self.check(child, rows, depth)


def _list(names: Any) -> str:
    return f"there are {', '.join(sorted(names))}"
