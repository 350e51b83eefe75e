"""Templates: jinja2's immutable sandbox, strict about what is undefined, plain data only."""

import os
from typing import Any

import reletan
from reletan.domain.errors import UsageError


def template_folder() -> str:
    """``reletan/templates`` of an installed wheel; the repository's ``templates`` in a checkout."""
    here = os.path.dirname(os.path.abspath(reletan.__file__))
    inside = os.path.join(here, "templates")
    return inside if os.path.isdir(inside) else os.path.join(os.path.dirname(here), "templates")


def render_template(name: str, language: str, context: dict[str, Any]) -> str:
    """Render ``templates/<language>/<name>``. Raises UsageError naming file and line."""
    from jinja2 import FileSystemLoader, StrictUndefined, TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(os.path.join(template_folder(), language)),
        undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
    )  # fmt: skip
    try:
        return environment.get_template(name).render(context)
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        raise UsageError(f"The template {language}/{name}{f', line {line}' if line else ''}: {error}.") from error
