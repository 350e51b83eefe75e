"""Templates that a team wrote: a small part of jinja2, in which nothing runs for long or grows large.

jinja2's own sandbox keeps a template from the program, but not from its time and memory: ranges nest, texts multiply.
So only what takes values apart is understood (output, if, for, comparisons, ``~`` and a few filters), nothing that
calls, calculates or assigns, and each loop, filter and ``~`` is paid for out of one allowance before it is carried out.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from functools import wraps
from traceback import walk_tb
from typing import Any
from warnings import catch_warnings

from jinja2 import StrictUndefined, TemplateRuntimeError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from reletan.domain.errors import UsageError

MAX_SOURCE = 64 * 1024
MAX_OUTPUT = 64 * 1024
ALLOWANCE = 1_000_000
_SHOWN = 200
# What one part of a loop's body costs each time, in characters: it may compare, or cut, a text that long
_PART = 10

_UNDERSTOOD = (
    nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.For, nodes.Filter, nodes.Test, nodes.Not,
    nodes.And, nodes.Or, nodes.Compare, nodes.Operand, nodes.CondExpr, nodes.Concat, nodes.Getattr, nodes.Getitem,
    nodes.Slice, nodes.Neg, nodes.List, nodes.Tuple, nodes.Keyword,
)  # fmt: skip
_FILTERS = (
    "capitalize", "d", "default", "first", "last", "length", "lower", "sort", "title", "trim", "truncate", "unique", "upper",
)  # fmt: skip
# Names that no template can write
_LOOP, _JOINED = "(loop)", "(joined)"


def render(
    source: str, name: str, context: dict[str, Any], *, most: int = MAX_OUTPUT, allowance: int = ALLOWANCE
) -> str:
    """``source`` filled with plain data: texts, numbers, lists and dicts of these.

    At most 64 KiB go in, and ``most`` bytes come out. Raises UsageError naming the file ``name`` and the line.
    """
    if len(source.encode(errors="surrogatepass")) > MAX_SOURCE:
        raise UsageError(f"The template {name} is longer than {MAX_SOURCE // 1024} KiB.", next=f"shorten {name}")
    environment = _environment(allowance)
    try:
        tree = _Bounds().visit(environment.parse(source, name, name))
        with catch_warnings(action="ignore"):
            # else Python shows the line that it does not like, whatever stands in it
            code = environment.compile(tree, name, name)
        template = environment.template_class.from_code(environment, code, {})
        return "".join(_bounded(template.generate(context), most))
    # jinja2 lets through whatever the compiler or an operator raises, such as RecursionError or TypeError
    except Exception as error:
        line = error.lineno if isinstance(error, TemplateSyntaxError) else _line_in(error, name)
        words = (getattr(error, "message", None) or str(error) or type(error).__name__)[:_SHOWN].rstrip(".")
        raise UsageError(f"The template {name}{f', line {line}' if line else ''}: {words}.",
                         next=f"mend {name}; docs/templates.md says what a template may use") from error  # fmt: skip


def _bounded(pieces: Iterator[str], most: int) -> Iterator[str]:
    assert isinstance(pieces, Generator)  # noqa: S101 - jinja2 declares less than it gives
    room = most
    for piece in pieces:
        room -= len(piece.encode(errors="replace"))
        if room < 0:
            # inside of the template, so that the traceback has its line
            pieces.throw(TemplateRuntimeError(f"it makes more than {most // 1024} KiB"))
        yield piece


def _line_in(error: Exception, name: str) -> int | None:
    """The line of the template that was at work; jinja2 puts it into the traceback."""
    lines = [line for frame, line in walk_tb(error.__traceback__) if frame.f_code.co_filename == name]
    return lines[-1] if lines else None


def _environment(left: int) -> ImmutableSandboxedEnvironment:
    allowance = _Allowance(left)
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
        optimized=False, finalize=_plain, cache_size=0,
    )  # fmt: skip
    builtin = environment.filters
    environment.filters = {name: allowance.paid(builtin[name]) for name in _FILTERS}
    environment.filters |= {"join": allowance.join, _JOINED: allowance.join, _LOOP: allowance.loop}
    return environment


class _Bounds(NodeTransformer):
    """Refuses what is not understood, and sends loops and ``~`` through the allowance."""

    def generic_visit(self, node: nodes.Node, *args: Any, **kwargs: Any) -> nodes.Node:
        if not isinstance(node, (nodes.Template, *_UNDERSTOOD)):
            raise TemplateSyntaxError(f"{type(node).__name__} is not understood in a template of yours", node.lineno)
        return super().generic_visit(node, *args, **kwargs)

    def visit_For(self, node: nodes.For) -> nodes.Node:
        if node.recursive:
            raise TemplateSyntaxError("a recursive loop is not understood in a template of yours", node.lineno)
        cost = sum(_PART for _ in node.find_all(nodes.Node))
        self.generic_visit(node)
        node.iter = _through(_LOOP, node.iter, [nodes.Const(cost)])
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        return _through(_JOINED, nodes.List(node.nodes, lineno=node.lineno), [])

    def visit_List(self, node: nodes.List) -> nodes.Node:
        if not all(isinstance(item, nodes.Const) for item in node.items):
            raise TemplateSyntaxError("a list may hold texts and numbers only, no names", node.lineno)
        return node

    visit_Tuple = visit_List


def _through(name: str, node: nodes.Node, args: list[nodes.Expr]) -> nodes.Filter:
    return nodes.Filter(node, name, args, [], None, None, lineno=node.lineno)


class _Allowance:
    """What one rendering may use up, counted in characters and steps."""

    def __init__(self, left: int) -> None:
        self.left = left

    def _pay(self, cost: int) -> None:
        self.left -= cost
        if self.left < 0:
            raise TemplateRuntimeError("there is too much to do, such as loops in loops over long lists")

    def loop(self, values: Iterable[Any], cost: int) -> list[Any]:
        items = list(values)
        self._pay(len(items) * cost + 1)
        return items

    def join(self, values: Iterable[Any], between: str = "") -> str:
        parts = [_plain(value) for value in values]
        between = _plain(between)
        self._pay(sum(map(len, parts)) + len(parts) * len(between) + 1)
        return between.join(parts)

    def paid(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A filter of jinja2 that works in proportion to what it is given."""

        @wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            self._pay(1 + sum(len(value) for value in (*args, *kwargs.values()) if isinstance(value, (str, list))))
            return function(*args, **kwargs)

        return run


def _plain(value: Any) -> str:
    """A value as it is written out. Raises TemplateRuntimeError for a list, and jinja2's error for what is undefined."""
    if isinstance(value, StrictUndefined):
        str(value)  # says what is undefined
    if not isinstance(value, (str, int)):
        raise TemplateRuntimeError(f"a {type(value).__name__} cannot be written out; a list can be joined")
    return str(value)
