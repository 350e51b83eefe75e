"""What the team gets to see: notes, notify, pr, checklist."""

from pathlib import Path
from typing import Annotated

import typer

from reletan import completion
from reletan.cli.app import Globals, app, examples, opened
from reletan.cli.options import DryRun, Duty, Json, NoFetch, Offline, Since, Until, VersionOrBranch, Yes


@app.command(
    "notes",
    epilog=examples(
        "reletan notes",
        "reletan notes 1.4.0",
        "reletan notes --since v1.2.0 --until v1.4.0",
        "reletan notes 1.4.0 --publish",
        "reletan notes --format slack",
    ),
)
def notes(
    version: Annotated[
        str | None,
        typer.Argument(
            help="A release, like 1.4.0; else the open one, else what is not released yet.",
            autocompletion=completion.versions,
        ),
    ] = None,
    since: Since = None,
    until: Until = None,
    format: Annotated[
        str,
        typer.Option(
            metavar="markdown|slack|json",
            help="slack is a text ready to paste.",
            autocompletion=completion.one_of("markdown|slack|json"),
        ),
    ] = "markdown",
    template: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A template of your own; see --context.")
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(
            metavar="en|ja", help="The language of reletan's own template.", autocompletion=completion.one_of("en|ja")
        ),
    ] = None,
    context: Annotated[bool, typer.Option("--context", help="Print what a template is given, as JSON.")] = False,
    publish: Annotated[
        bool, typer.Option("--publish", help="Create the GitHub Release of VERSION, or bring its notes up to date.")
    ] = False,
    no_fetch: NoFetch = False,
    offline: Offline = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """The release notes; --publish puts them on GitHub.

    Of a release, a range, or what is not released yet. Pull requests stand under headings by their labels, as [notes]
    in .reletan.toml or .github/release.yml says.
    """
    session = opened(json=json, dry_run=dry_run, yes=yes, offline=offline)
    from reletan.commands import notes as command

    given = Path(Globals.directory, template) if template else None
    command.run(session, command.NotesOptions(version=version, since=since, until=until, format=format,
                                              template=str(given) if given else None, language=language,  # type: ignore[arg-type]
                                              context=context, publish=publish, fetch=not (no_fetch or offline)))  # fmt: skip


@app.command(
    "notify",
    epilog=examples("reletan notify", "reletan notify 1.4.0 --dry-run", "reletan notify 1.4.0 --duty yuki --yes"),
)
def notify(
    version: Annotated[
        str | None,
        typer.Argument(
            help="A release, like 1.4.0; else the open one, else the last one.", autocompletion=completion.versions
        ),
    ] = None,
    duty: Duty = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Post the Slack message of a release, or bring it up to date.

    From any machine. With SLACK_BOT_TOKEN (and slack.channel) there is one message a release, found again and edited
    in place. With SLACK_WEBHOOK_URL each call sends a message of its own. Without either, the text is printed, ready
    to paste.
    """
    session = opened(json=json, dry_run=dry_run, yes=yes)
    from reletan.commands import notify as command

    command.run(session, command.NotifyOptions(version=version, duty=duty))


@app.command(
    "pr",
    epilog=examples(
        "reletan pr", "reletan pr 1.4.0 --dry-run", "reletan pr release/1.4.0 --yes", "reletan pr --deploy production"
    ),
)
def pr(
    version: VersionOrBranch = None,
    deploy: Annotated[
        str | None,
        typer.Option(
            metavar="ENVIRONMENT",
            help="The pull request from production to the branch of an environment.",
            autocompletion=completion.environments,
        ),
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Open or update the release pull request and its checklist.

    Each author is mentioned once. What people tick and write in its text stays; an item opens again where commits for it
    arrive later. Made to be run for every push to a release branch too.
    """
    session = opened(json=json, dry_run=dry_run, yes=yes)
    from reletan.commands import pr as command

    command.run(session, command.PrOptions(version=version, deploy=deploy))


@app.command(
    "checklist",
    epilog=examples("reletan checklist", "reletan checklist 1.4.0 --json", "reletan checklist --remind --yes"),
)
def checklist(
    version: VersionOrBranch = None,
    remind: Annotated[
        bool, typer.Option("--remind", help="Mention on Slack who has something left, within working hours.")
    ] = False,
    fail_if_open: Annotated[bool, typer.Option("--fail-if-open", help="Exit 3 where something is not ticked.")] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Who has not ticked what in the release pull request.

    --remind puts one reminder into the release's thread on Slack and keeps that one up to date; outside of the working
    days and hours under [checklist] it says so. Where checklist.status is on, it brings the commit status up to date too.
    """
    session = opened(json=json, dry_run=dry_run, yes=yes)
    from reletan.commands import checklist as command

    command.run(session, command.ChecklistOptions(version=version, remind=remind, fail_if_open=fail_if_open))
