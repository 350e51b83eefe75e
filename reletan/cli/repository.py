"""How a repository works, and what is in it: init, list, status."""

from typing import Annotated

import typer

from reletan import completion
from reletan.cli.app import app, examples, opened
from reletan.cli.options import DryRun, FailIfEmpty, Json, NoFetch, Offline, Since, Until, Yes


@app.command(
    "init",
    epilog=examples("reletan init", "reletan init --defaults --yes", "reletan init --tag-prefix v --dry-run"),
)
def init(
    defaults: Annotated[bool, typer.Option("--defaults", help="Ask nothing; take what was detected.")] = False,
    remote: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The remote that releases go to.", autocompletion=completion.remotes),
    ] = None,
    production: Annotated[
        str | None,
        typer.Option(metavar="BRANCH", help="The production branch, like main.", autocompletion=completion.branches),
    ] = None,
    development: Annotated[
        str | None,
        typer.Option(
            metavar="BRANCH", help="The development branch, like develop.", autocompletion=completion.branches
        ),
    ] = None,
    release_prefix: Annotated[
        str | None, typer.Option(metavar="PREFIX", help="What release branches begin with.")
    ] = None,
    hotfix_prefix: Annotated[
        str | None, typer.Option(metavar="PREFIX", help="What hotfix branches begin with.")
    ] = None,
    tag_prefix: Annotated[
        str | None, typer.Option(metavar="PREFIX", help="What release tags begin with; may be empty.")
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Detect how this repository works, and write .reletan.toml.

    git-flow's configuration in this clone is written, too; both are shown before.
    """
    session = opened(json=json, dry_run=dry_run, yes=yes)
    from reletan.commands import init as command

    answers = command.InitAnswers(remote=remote, production=production, development=development, release_prefix=release_prefix,
                                  hotfix_prefix=hotfix_prefix, tag_prefix=tag_prefix)  # fmt: skip
    command.run(session, answers, defaults)


@app.command(
    "list",
    epilog=examples(
        "reletan list", "reletan list --since v1.3.0 --until v1.4.0 --markdown", "reletan list --offline --json"
    ),
)
def list_(
    since: Since = None,
    until: Until = None,
    json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    group_by: Annotated[
        str,
        typer.Option(
            metavar="label|author|none",
            help="Put the pull requests under headings: their first label, or who made them.",
            autocompletion=completion.one_of("label|author|none"),
        ),
    ] = "none",
    no_fetch: NoFetch = False,
    offline: Offline = False,
    fail_if_empty: FailIfEmpty = False,
) -> None:
    """The pull requests and other commits since the last release."""
    session = opened(json=json, offline=offline)
    from reletan.commands import list as command

    command.run(session, command.ListOptions(since=since, until=until, markdown=markdown, group_by=group_by,
                                             fetch=not (no_fetch or offline), fail_if_empty=fail_if_empty))  # fmt: skip


@app.command("status", epilog=examples("reletan status", "reletan status --json"))
def status(json: Json = False, no_fetch: NoFetch = False, offline: Offline = False) -> None:
    """Where the release is, and what comes next."""
    session = opened(json=json, offline=offline)
    from reletan.commands import status as command

    command.run(session, fetch=not (no_fetch or offline))
