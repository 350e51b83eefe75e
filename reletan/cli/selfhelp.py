"""What is set, what is missing, and how it looks: config, doctor, demo."""

from pathlib import Path
from typing import Annotated

import typer

from reletan.cli.app import Globals, app, examples, opened, terminal_for
from reletan.cli.options import Json, Offline


@app.command("config", epilog=examples("reletan config", "reletan config --json", "reletan config --schema"))
def config(
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of .reletan.toml.")] = False,
    json: Json = False,
) -> None:
    """The effective settings, and where each comes from."""
    session = opened(json=json)
    from reletan.commands import config as command

    command.run(session, schema)


@app.command("doctor", epilog=examples("reletan doctor", "reletan doctor --json", "reletan doctor --offline"))
def doctor(json: Json = False, offline: Offline = False) -> None:
    """Check what a release needs; each failure with what mends it.

    It looks at git, clone, remote, GitHub and Slack; nothing is changed, here or elsewhere, and no secret is shown. Exit 1
    where something failed; a warning is none.
    """
    from reletan.commands import doctor as command

    terminal = terminal_for(json=json)
    if not command.run(Globals.directory, terminal, offline=offline):
        raise typer.Exit(1)


@app.command("demo", epilog=examples("reletan demo", "reletan demo --auto", "reletan demo --keep ~/shop"))
def demo(
    auto: Annotated[bool, typer.Option("--auto", help="Run it all without waiting and without a question.")] = False,
    keep: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Build it in DIR, new or empty; else in a new temporary folder.")
    ] = None,
) -> None:
    """A release and a hotfix in a sandbox, without any account.

    No network, no token of yours. A shop's repository is made in a folder of its own, on a GitHub that runs inside of
    this command. Each step is explained and its command shown; Enter runs it, y answers reletan's own question, q
    stops.
    """
    from reletan.commands import demo as command

    terminal = terminal_for()
    command.run(terminal, auto=auto, keep=keep and Path(Globals.directory, keep))
