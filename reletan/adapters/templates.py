"""Templates: jinja2's immutable sandbox, strict about what is undefined, plain data only."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

import reletan
from reletan.domain.errors import UsageError
from reletan.domain.merging import MergeFacts
from reletan.domain.text import one_line, without_controls

if TYPE_CHECKING:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

MAX_TITLE = 256
# Bytes of a pull request's own text: nobody must be able to write a body that no commit can be made of
MAX_BODY = 32 * 1024
# Release notes may hold hundreds of pull requests
MAX_NOTES = 1024 * 1024
_NOTES_ALLOWANCE = 5_000_000


def template_folder() -> str:
    """``reletan/templates`` of an installed wheel; the repository's ``templates`` in a checkout."""
    here = os.path.dirname(os.path.abspath(reletan.__file__))
    inside = os.path.join(here, "templates")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(here), "templates")


def render_template(name: str, language: str, context: dict[str, Any]) -> str:
    """Render ``templates/<language>/<name>``, without empty lines at both ends. Raises UsageError naming file and line."""
    from jinja2 import TemplateError

    try:
        return environment(language).get_template(name).render(context).strip("\n") + "\n"
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        raise UsageError(f"The template {language}/{name}{f', line {line}' if line else ''}: {error}.",
                         next="install reletan again: it is one of its own") from error  # fmt: skip


@cache
def environment(language: str) -> "ImmutableSandboxedEnvironment":
    """Where the templates of a language are found; it keeps those that it has read, which takes longer than to fill them."""
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(os.path.join(template_folder(), language)),
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip


def render_text(source: str, name: str, context: dict[str, Any]) -> str:
    """Fill a team's own template, the text of the file ``name``, with plain data. Raises UsageError naming file and line."""
    from reletan.adapters.teamtemplate import render

    return render(source, name, context)


def render_notes(source: str, name: str, context: dict[str, Any]) -> str:
    """Release notes by a team's own template; the context is that of ``domain.notes``. At most 1 MiB come out.

    Raises UsageError naming file and line.
    """
    from reletan.adapters.teamtemplate import render

    made = render(source, name, context, most=MAX_NOTES, allowance=_NOTES_ALLOWANCE)
    return without_controls(made).strip("\n") + "\n"


def commit_message(
    template: str, name: str, facts: MergeFacts, approvers: tuple[str, ...], body: str
) -> tuple[str, str]:
    """(title, body) of a merge's commit by a team's own template: its first line that is not empty, and the rest.

    ``body`` is the pull request's. The title has at most 256 characters. Raises UsageError naming file and line.
    """
    context = {
        "number": facts.number, "title": one_line(facts.title), "author": one_line(facts.author or ""),
        "branch": one_line(facts.branch), "base": one_line(facts.base), "head": facts.head,
        "labels": [one_line(label) for label in facts.labels], "approvers": [one_line(login) for login in approvers],
        "body": _tidy(_cut(body)),
    }  # fmt: skip
    title, _, rest = _tidy(render_text(template, name, context)).partition("\n")
    title = title.strip()
    if not title:
        raise UsageError(
            f"The template {name} makes no title: the commit needs one.",
            next=f"let its first line be the title: mend {name}",
        )
    return title if len(title) <= MAX_TITLE else f"{title[: MAX_TITLE - 1].rstrip()}…", rest.strip("\n")


def _tidy(text: str) -> str:
    """``text`` without control characters, its lines kept, without empty ones at both ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(_indent(line) + one_line(line.strip()) for line in lines).strip("\n")


def _indent(line: str) -> str:
    return " " * (len(line) - len(line.lstrip())) if line.strip() else ""


def _cut(text: str) -> str:
    whole = text.encode(errors="replace")
    return text if len(whole) <= MAX_BODY else f"{whole[:MAX_BODY].decode(errors='ignore')}…"
