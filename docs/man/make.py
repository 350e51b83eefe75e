"""Make dist/reletan.1, the man page, from the help of every command (``make man``)."""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from reletan import __version__
from reletan.cli import EPILOG, app

PAGE = Path(__file__).parents[2] / "dist" / "reletan.1"
ENVIRONMENT = {
    "GH_TOKEN, GITHUB_TOKEN": "The token for GitHub; else what gh has, where gh is installed.",
    "SLACK_BOT_TOKEN, SLACK_WEBHOOK_URL": "The way to Slack; without both the text is printed, ready to paste.",
    "RELETAN_SECTION_KEY": "A setting, such as RELETAN_FLOW_TAG_PREFIX; it beats those of files.",
    "NO_COLOR": "No colours.",
    "CI": "Nothing is asked.",
}
FILES = {
    ".reletan.toml": "The settings of a repository; [tool.reletan] in pyproject.toml does as well.",
    ".gitflow": "git-flow's settings, where a team has committed them.",
}


def page() -> str:
    """The whole man page in roff. It depends on the help alone: no date, no width of a terminal."""
    group: Any = typer.main.get_command(app)
    context = typer.Context(group, info_name="reletan")
    parts = [
        f'.TH RELETAN 1 "" "reletan {__version__}" "User Commands"',
        *section("NAME", f"reletan - {text(group.help).partition(':')[0].lower()}"),
        *section("SYNOPSIS", ".B reletan", text(" ".join(group.collect_usage_pieces(context)))),
        *section("DESCRIPTION", *prose(group.help)),
        *section("OPTIONS", *options(group, context)),
        ".SH COMMANDS",
        *(line for name in group.list_commands(context) for line in command(group.get_command(context, name), context)),
        *section("EXIT STATUS", text(EPILOG.removeprefix("Exit codes: ")), "130 interrupted, 143 terminated."),
        *section("ENVIRONMENT", *entries(ENVIRONMENT)),
        *section("FILES", *entries(FILES)),
        *section("SEE ALSO", r"\fBgit\fP(1), \fBgh\fP(1)"),
    ]
    return "\n".join(parts) + "\n"


def section(title: str, *lines: str) -> list[str]:
    return [f".SH {title}", *lines]


def command(one: Any, parent: Any) -> Iterator[str]:
    context = typer.Context(one, info_name=one.name, parent=parent)
    yield f".SS reletan {text(one.name)} {text(' '.join(one.collect_usage_pieces(context)))}"
    yield from prose(one.help)
    yield from options(one, context)
    if one.epilog:
        heading, *lines = one.epilog.removeprefix("\b\n").splitlines()
        yield "\n".join([".PP", text(heading), ".nf", *(text(line) for line in lines), ".fi"])


def options(one: Any, context: Any) -> Iterator[str]:
    """What stands before the command, or after it, with its help."""
    for parameter in one.get_params(context):
        if record := parameter.get_help_record(context):
            yield f".TP\n.B {text(record[0])}\n{text(record[1]) or '.br'}"


def entries(known: dict[str, str]) -> Iterator[str]:
    for name, what in known.items():
        yield f".TP\n.B {text(name)}\n{text(what)}"


def prose(help: str) -> Iterator[str]:
    for number, paragraph in enumerate(inspect.cleandoc(help).split("\n\n")):
        yield from [".PP"] if number else []
        yield text(" ".join(paragraph.split()))


def text(words: str) -> str:
    """``words`` as roff shows them: its own signs are neutral, and a dash can be copied into a shell."""
    escaped = words.replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq").replace("`", r"\(ga")
    escaped = escaped.replace("…", r"\[u2026]").replace("^", r"\(ha").replace("~", r"\(ti")
    return rf"\&{escaped}" if escaped.startswith(".") else escaped


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"man -l {PAGE}\n")
