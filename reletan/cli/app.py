"""The program itself: the options before the command, and what each command begins with."""

from typing import TYPE_CHECKING, Annotated

import typer

from reletan import completion

if TYPE_CHECKING:
    from reletan.commands.session import Session
    from reletan.terminal import Terminal

EPILOG = "Exit codes: 0 done, 1 failed or declined, 2 usage or configuration, 3 blocked, 4 authentication, 5 public but not complete."


def examples(*lines: str) -> str:
    """What stands below a command's help: a line each, as typed (``\\b`` keeps them)."""
    return "\n".join(["\b", "Examples:", *(f"  {line}" for line in lines)])


app = typer.Typer(
    name="reletan",
    help="The release tool for git-flow teams: cut a release, tag it, merge it back. One atomic push, shown before it is done.",
    epilog=EPILOG,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


class Globals:
    """The options before the command."""

    directory = "."
    verbose = 0
    quiet = False
    color = "auto"
    accessible = False
    json = False


def _version(asked: bool) -> None:
    if asked:
        from reletan import __version__

        typer.echo(f"reletan {__version__}")
        raise typer.Exit


@app.callback()
def _globals(
    directory: Annotated[str, typer.Option("-C", metavar="DIR", help="Run as if in DIR.")] = ".",
    version: Annotated[  # noqa: ARG001 - its callback answers
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    verbose: Annotated[
        int, typer.Option("--verbose", "-v", count=True, help="Say more; -vv shows where an internal error is.")
    ] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say only warnings and errors.")] = False,
    color: Annotated[
        str,
        typer.Option(
            metavar="auto|always|never",
            help="Colours; NO_COLOR is obeyed too.",
            autocompletion=completion.one_of("auto|always|never"),
        ),
    ] = "auto",
    accessible: Annotated[
        bool,
        typer.Option(
            "--accessible", envvar="RELETAN_ACCESSIBLE", help="For screen readers: lines stay, answers are typed."
        ),
    ] = False,
) -> None:
    from reletan.domain.errors import UsageError

    Globals.directory, Globals.verbose, Globals.quiet, Globals.color = directory, verbose, quiet, color
    Globals.accessible = accessible
    if color not in ("auto", "always", "never"):
        raise UsageError(f"--color takes auto, always or never, not {color!r}.")


def terminal_for(*, json: bool = False) -> "Terminal":
    from reletan.terminal import Terminal

    Globals.json = json
    return Terminal(
        json=json, quiet=Globals.quiet, verbose=Globals.verbose, color=Globals.color, accessible=Globals.accessible
    )  # fmt: skip


def opened(*, json: bool, dry_run: bool = False, yes: bool = False, offline: bool = False) -> "Session":
    from reletan.commands.session import open_session

    terminal = terminal_for(json=json)
    return open_session(Globals.directory, terminal, dry_run=dry_run, yes=yes, offline=offline)
