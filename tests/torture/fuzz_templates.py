"""Templates that a team's repository holds, and so anybody's pull request: bounded in time, memory and output."""

from functools import cache
from typing import Any

import msgspec
from noting import EXAMPLE, filled, notes, pull

from reletan.adapters.teamtemplate import MAX_OUTPUT
from reletan.adapters.templates import MAX_BODY, MAX_NOTES, MAX_TITLE, commit_message, render_notes, render_text
from reletan.domain.merging import MergeFacts
from torture.fuzz_case import Family, require
from torture.fuzz_rules import obeyed
from torture.fuzz_source import Source

_NAMES = (
    "title", "sections", "sections[0]", "sections[0].pull_requests", "sections[0].pull_requests[0].title", "commits",
    "contributors", "version", "counts",
    "counts.commits", "loop", "loop.index", "loop.previtem", "loop.cycle", "loop.depth", "x", "y", "a", "nothing",
    "self", "range", "dict", "lipsum",
    "namespace", "cycler", "joiner", "caller", "varargs", "context", "request", "config", "none", "true", "_x",
    "__builtins__", "big", "many", "deep",
)  # fmt: skip
_WALKS = (
    "__class__", "__mro__", "__subclasses__()", "__init__", "__globals__", "__dict__", "_module", "__getitem__",
    "mro()", "format", "format_map", "encode()",
    "__format__('99999999d')", "join(many)", "items()", "pop()", "append(1)", "clear()", "ljust(10**9)",
    "center(99999999)", "zfill(99999999)", "title()",
    "replace('', big)", "expandtabs(9999999)", "gi_frame", "f_globals", "[0]", "['x']", "[::-1]", "[:7]", "[-1]",
    "[99]", "[::0]", "[big]", "count", "undefined",
)  # fmt: skip
_FILTERS = (
    "capitalize", "d", "default('x')", "first", "last", "length", "lower", "sort", "title", "trim", "truncate",
    "unique", "upper", "join", "join(big)",
    "join(', ')", "truncate(99999999)", "truncate(-5)", "truncate(5, true, big)", "truncate(length=big)",
    "sort(attribute='x')", "sort(reverse=true)", "unique(attribute='title')",
    "default(big, true)", "trim(big)", "trim('ab')", "center(99999999)", "indent(99999999)", "wordwrap(1)",
    "format(1)", "replace('a', big)", "map('upper')", "list",
    "tojson", "pprint", "safe", "xmlattr", "attr('__class__')", "batch(99999999)", "slice(99999999)", "round", "int",
    "string", "urlize", "wordcount", "random",
    "sum", "groupby('x')", "select", "forceescape", "dictsort", "filesizeformat", "striptags", "urlencode",
    "(loop)('a')", "join(attribute='x')",
)  # fmt: skip
_TESTS = (
    "defined",
    "integer",
    "none",
    "string",
    "mapping",
    "iterable",
    "sameas(1)",
    "in(many)",
    "divisibleby(0)",
    "undefined",
    "eq(big)",
    "filter('x')",
    "odd",
)
_STATEMENTS = (
    "set x = big * 99999", "set x = namespace()", "include 'x'", "import 'x' as y", "from 'x' import y", "extends 'x'",
    "macro m(x)", "endmacro", "call m()", "endcall",
    "block a", "endblock", "filter upper", "endfilter", "raw", "endraw", "autoescape true", "do x", "break",
    "continue", "trans", "debug", "with a=1", "endwith",
    "else", "endif", "endfor", "elif x", "print x", "for", "if", "", "-", "+ if 1", "for a in b recursive",
    "for a, b in many", "for a in many if a", "set x", "endset",
)  # fmt: skip
_DEEP = (
    ("(", ")"), ("[", "]"), ("not ", ""), ("-", ""), ("{% if 1 %}", "{% endif %}"), ("{% for a in many %}",
    "{% endfor %}"), ("a.", ""), ("{{", "}}"), ("x if ", " else y"),
    ("{'a':", "}"), ("a[", "]"), ("a|first|", ""), ("~", ""), ("1 and ", ""), ("1 == ", ""), ("{% if x %}{% elif y %}",
    ""), ("{#", "#}"), ("a is ", ""),
)  # fmt: skip
_CONTEXT_NAME = "docs/notes.j2"


@cache
def context() -> dict[str, Any]:
    """As release notes have it, and more than any release has."""
    many = notes(
        *(pull(number, f"Title {number} " + "x" * 200, author=f"p{number % 40}") for number in range(300, 0, -1))
    )
    big = {
        "big": "x" * 100_000,
        "many": [f"{at}" for at in range(20_000)],
        "deep": [[[["x"]]]],
        "title": "\x1b[31m{{ 7 * 7 }}\u202e@hana",
    }
    return {**filled(many), **big, "commits": filled(EXAMPLE)["commits"]}


def make_template(source: Source) -> str:
    match source.randrange(12):
        case 0:
            before, after = source.choice(_DEEP)
            depth = source.choice((3, 20, 99, 101, 300, 3_000, 20_000))
            return f"{{{{ {before * depth}x{after * depth} }}}}"[: source.choice((70_000, 70_000, 900))]
        case 1:
            return _loops(source, source.randint(1, 5))
        case 2:
            return (
                source.choice(
                    (
                        "{{ big }}",
                        "{{ title }}\n",
                        "{{ big ~ big }}",
                        "{% for a in many %}{{ a }}{% endfor %}",
                        "{{ many | join(big) }}",
                        "{{ 9",
                        "x",
                    )
                )
            ) * source.choice((1, 30, 3_000))
        case 3:
            return source.bent(source.choice(_examples()), 4)
    return "".join(_part(source, 2) for _ in range(source.randint(1, 4)))


@cache
def _examples() -> tuple[str, ...]:
    return (
        "{% for section in sections %}\n## {{ section.title or 'Other' }}\n{% for pull in section.pull_requests %}\n"
        "* {{ pull.title }} {{ pull.link }}\n{% endfor %}\n{% endfor %}",
        "{{ title }} (#{{ number }})\n\n{{ body }}\n\n{% for login in approvers %}Approved-by: {{ login }}\n{% endfor %}",
    )


def _part(source: Source, depth: int) -> str:
    body = "".join(_part(source, depth - 1) for _ in range(source.randint(0, 2))) if depth else source.text(1)
    match source.randrange(8):
        case 0:
            return f"{{% if {_expression(source, 2)} %}}{body}{{% endif %}}"
        case 1 | 2:
            return f"{{% for {source.choice(('a', 'x', 'a, b', 'loop', '_'))} in {_expression(source, 1)} %}}{body}{{% endfor %}}"
        case 3:
            return f"{{% {source.choice(_STATEMENTS)} %}}{body}"
        case 4:
            return source.text(3)
    return f"{{{{ {_expression(source, 3)} }}}}"


def _expression(source: Source, depth: int) -> str:
    if not depth:
        return source.choice(
            (
                *_NAMES,
                "1",
                "0",
                "-1",
                "10**9",
                "1e308",
                "99999999999999999999",
                "'x'",
                "''",
                "[]",
                "['a', 1]",
                "{}",
                "()",
                "(1, 2)",
                f"'{source.plain()}'",
            )
        )
    one, two = _expression(source, depth - 1), _expression(source, source.randrange(depth))
    match source.randrange(12):
        case 0 | 1 | 2:
            return f"{one}{source.choice(('.', '.', ''))}{source.choice(_WALKS)}"
        case 3 | 4 | 5:
            return f"{one} | {source.choice(_FILTERS)}"
        case 6:
            return f"{one} is {source.choice(_TESTS)}"
        case 7 | 8:
            return f"{one} {source.choice(('+', '-', '*', '**', '/', '//', '%', '~', '==', '<', 'in', 'not in', 'and', 'or'))} {two}"
        case 9:
            return f"({one} if {two} else {one})"
        case 10:
            return f"{one}[{two}:{two}]"
    return source.choice((f"not {one}", f"-{one}", f"[{one}]", f"({one}, {two})", f"{one}({two})", f"{{'a': {one}}}"))


def _loops(source: Source, depth: int) -> str:
    if not depth:
        return source.choice(
            (
                "{{ a }}",
                "x",
                "",
                "{{ big }}",
                "{{ a ~ a }}",
                "{% if a == big %}x{% endif %}",
                "{{ big | truncate(3) }}",
                "{{ big | upper | length }}",
            )
        )
    names = (
        "many",
        "sections[0].pull_requests",
        "big",
        "many | sort",
        "a",
        "many[:9]",
        "many | unique",
        "many | join | trim",
    )
    return f"{{% for a in {source.choice(names)} %}}{_loops(source, depth - 1)}{{% endfor %}}"


def check_notes_template(template: str) -> None:
    made = render_notes(template, _CONTEXT_NAME, context())
    require(len(made.encode()) <= MAX_NOTES + 1, "not too long", len(made))
    require(not obeyed(made, "\n\u200b"), "nothing that a terminal obeys", made[:200])
    _require_sealed(made)


def check_text_template(template: str) -> None:
    made = render_text(template, _CONTEXT_NAME, context())
    require(len(made.encode(errors="replace")) <= MAX_OUTPUT, "not too long", len(made))
    _require_sealed(made)


def _require_sealed(made: str) -> None:
    for word in ("<class ", "<function", "<built-in", "object at 0x", "<generator", "jinja2", "<module"):
        require(word not in made, "nothing of the program", made[:300])


def check_commit_message(given: list[str]) -> None:
    """The template is the team's; title, author and body are a stranger's."""
    template, text = given
    facts = MergeFacts(
        number=12, title=text, author=text[:40], base="develop", head="a" * 40, branch=text[:60], labels=(text[:20],)
    )
    title, body = commit_message(template, _CONTEXT_NAME, facts, (text[:30],), text)
    require(0 < len(title) <= MAX_TITLE and not obeyed(title), "a title on one line", title)
    require(
        not obeyed(body, "\n") and len(body.encode()) <= MAX_OUTPUT + MAX_BODY, "a body without controls", body[:200]
    )
    msgspec.json.encode([title, body])


FAMILIES = (
    Family(name="templates", weight=15, make=make_template, check=check_notes_template),
    Family(name="text-templates", weight=15, make=make_template, check=check_text_template),
    Family(
        name="commit-messages",
        weight=6,
        make=lambda s: [
            s.choice((_examples()[1], make_template(s))),
            s.huge(90_000) if s.chance(50) else s.lines(s.text),
        ],
        check=check_commit_message,
    ),
)
