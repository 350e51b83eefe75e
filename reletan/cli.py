"""The command line: parse, and one call for each command; nothing else. How a run ends stands in ``running``."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from reletan import completion

if TYPE_CHECKING:
    from reletan.commands.session import Session
    from reletan.terminal import Terminal

EPILOG = "Exit codes: 0 done, 1 failed or declined, 2 usage or configuration, 3 blocked, 4 authentication, 5 public but not complete."

app = typer.Typer(
    name="reletan",
    help="The release tool for git-flow teams: cut a release, tag it, merge it back. One atomic push, shown before it is done.",
    epilog=EPILOG,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Show the plan and stop.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do the plan without asking.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
NoFetch = Annotated[bool, typer.Option("--no-fetch", help="Do not fetch first; take what this clone knows.")]
Offline = Annotated[bool, typer.Option("--offline", help="No request to anything: no fetch, no GitHub, no Slack.")]
Version = Annotated[
    str | None,
    typer.Argument(
        help="The version, like 1.4.0; may be left out when only one is open.", autocompletion=completion.open_versions
    ),
]
Since = Annotated[
    str | None,
    typer.Option(metavar="REF", help="From this tag, branch or commit on.", autocompletion=completion.revisions),
]
Until = Annotated[
    str | None,
    typer.Option(metavar="REF", help="Up to this tag, branch or commit.", autocompletion=completion.revisions),
]
NoNotify = Annotated[bool, typer.Option("--no-notify", help="Tell nobody: no Slack message, no text to paste.")]
Duty = Annotated[
    str | None,
    typer.Option(metavar="WHO", help="Who is on duty: a login, an e-mail address or a Slack member ID; else you."),
]
FailIfEmpty = Annotated[bool, typer.Option("--fail-if-empty", help="Exit 3 when there is nothing to release.")]


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


def _terminal(*, json: bool = False) -> "Terminal":
    from reletan.terminal import Terminal

    Globals.json = json
    return Terminal(
        json=json, quiet=Globals.quiet, verbose=Globals.verbose, color=Globals.color, accessible=Globals.accessible
    )  # fmt: skip


def _open(*, json: bool, dry_run: bool = False, yes: bool = False, offline: bool = False) -> "Session":
    from reletan.commands.session import open_session

    terminal = _terminal(json=json)
    return open_session(Globals.directory, terminal, dry_run=dry_run, yes=yes, offline=offline)


@app.command(
    "init",
    epilog="Examples:  reletan init   |   reletan init --defaults --yes   |   reletan init --tag-prefix v --dry-run",
)
def init(
    defaults: Annotated[bool, typer.Option("--defaults", help="Ask nothing; take what was detected.")] = False,
    remote: Annotated[
        str | None, typer.Option(help="The remote that releases go to.", autocompletion=completion.remotes)
    ] = None,
    production: Annotated[
        str | None, typer.Option(help="The production branch, like main.", autocompletion=completion.branches)
    ] = None,
    development: Annotated[
        str | None, typer.Option(help="The development branch, like develop.", autocompletion=completion.branches)
    ] = None,
    release_prefix: Annotated[str | None, typer.Option(help="What release branches begin with.")] = None,
    hotfix_prefix: Annotated[str | None, typer.Option(help="What hotfix branches begin with.")] = None,
    tag_prefix: Annotated[str | None, typer.Option(help="What release tags begin with; may be empty.")] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Detect the flow of this repository and write .reletan.toml and git-flow's configuration."""
    session = _open(json=json, dry_run=dry_run, yes=yes)
    from reletan.commands import init as command

    answers = command.InitAnswers(remote=remote, production=production, development=development, release_prefix=release_prefix,
                                  hotfix_prefix=hotfix_prefix, tag_prefix=tag_prefix)  # fmt: skip
    command.run(session, answers, defaults)


@app.command(
    "list",
    epilog="Examples:  reletan list   |   reletan list --since v1.3.0 --until v1.4.0 --markdown   |   reletan list --offline --json",
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
    """The pull requests, and the commits without one, that are new since the last release."""
    session = _open(json=json, offline=offline)
    from reletan.commands import list as command

    command.run(session, command.ListOptions(since=since, until=until, markdown=markdown, group_by=group_by,
                                             fetch=not (no_fetch or offline), fail_if_empty=fail_if_empty))  # fmt: skip


@app.command("status", epilog="Examples:  reletan status   |   reletan status --json")
def status(json: Json = False, no_fetch: NoFetch = False, offline: Offline = False) -> None:
    """Where the release is, and what comes next."""
    session = _open(json=json, offline=offline)
    from reletan.commands import status as command

    command.run(session, fetch=not (no_fetch or offline))


@app.command(
    "start",
    epilog="Examples:  reletan start   |   reletan start 1.4.0 --yes   |   reletan start hotfix   |   reletan start minor --dry-run",
)
def start(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[release|hotfix] [VERSION|major|minor|patch]",
            help="What to begin, and its version; proposed when left out.",
            autocompletion=completion.start_words,
        ),
    ] = None,
    base: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="REF",
            help="Begin there instead of at the remote's development (hotfix: production).",
            autocompletion=completion.revisions,
        ),
    ] = None,
    switch: Annotated[bool, typer.Option("--switch", help="Check the new branch out.")] = False,
    no_pr: Annotated[bool, typer.Option("--no-pr", help="Open no release pull request.")] = False,
    no_notify: NoNotify = False,
    duty: Duty = None,
    fail_if_empty: FailIfEmpty = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Cut a release (or hotfix) branch from the remote's state and publish it; your work tree stays as it is."""
    kind, version = _kind_and_version(what or [])
    session = _open(json=json, dry_run=dry_run, yes=yes)
    from reletan.commands import start as command

    command.run(session, command.StartOptions(kind="hotfix" if kind == "hotfix" else "release", version=version, base=base,
                                              switch=switch, duty=duty, no_pr=no_pr, no_notify=no_notify,
                                              fail_if_empty=fail_if_empty))  # fmt: skip


def _kind_and_version(words: Sequence[str]) -> tuple[str, str | None]:
    from reletan.domain.errors import UsageError

    kind = words[0] if words and words[0] in ("release", "hotfix") else None
    rest = words[1:] if kind else words
    if len(rest) > 1:
        raise UsageError(
            f"Too many words: {' '.join(words)}.", next="reletan start [release|hotfix] [VERSION|major|minor|patch]"
        )
    return kind or "release", rest[0] if rest else None


@app.command(
    "tag", epilog="Examples:  reletan tag   |   reletan tag 1.4.0 --dry-run   |   reletan tag 1.4.0 --head $SHA --yes"
)
def tag(
    version: Version = None,
    head: Annotated[
        str | None, typer.Option(metavar="SHA", help="Refuse any other head of the release branch.")
    ] = None,
    backmerge: Annotated[
        str,
        typer.Option(
            metavar="auto|pull-request|none",
            help="How the tag gets back into development.",
            autocompletion=completion.one_of("auto|pull-request|none"),
        ),
    ] = "auto",
    keep_branch: Annotated[bool, typer.Option("--keep-branch", help="Do not delete the release branch.")] = False,
    sign: Annotated[bool, typer.Option("--sign", help="Sign the tag.")] = False,
    message: Annotated[str | None, typer.Option("--message", "-m", metavar="TEXT", help="The tag's message.")] = None,
    via: Annotated[
        str,
        typer.Option(
            metavar="auto|push|pull-request",
            help="How the release reaches production.",
            autocompletion=completion.one_of("auto|push|pull-request"),
        ),
    ] = "auto",
    accept_squash: Annotated[
        bool,
        typer.Option(
            "--accept-squash", help="Where production takes no merge commits, squash the release and tag that commit."
        ),
    ] = False,
    no_release: Annotated[bool, typer.Option("--no-release", help="Publish no GitHub Release.")] = False,
    no_notify: NoNotify = False,
    fail_if_empty: FailIfEmpty = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Merge the release into production, tag it and merge it back: one atomic push. Then the branch is cleaned up."""
    session = _open(json=json, dry_run=dry_run, yes=yes)
    from reletan.commands import tag as command

    command.run(session, command.TagOptions(version=version, head=head, backmerge=backmerge, keep_branch=keep_branch,  # type: ignore[arg-type]
                                            sign=sign, message=message, via=via, no_release=no_release, no_notify=no_notify,  # type: ignore[arg-type]
                                            fail_if_empty=fail_if_empty, accept_squash=accept_squash))  # fmt: skip


@app.command("resume", epilog="Examples:  reletan resume   |   reletan resume 1.4.0 --yes")
def resume(version: Version = None, dry_run: DryRun = False, yes: Yes = False, json: Json = False) -> None:
    """Finish what was interrupted, here or in another clone."""
    session = _open(json=json, dry_run=dry_run, yes=yes)
    from reletan.commands import resume as command

    command.run(session, version)


@app.command("abort", epilog="Examples:  reletan abort   |   reletan abort 1.4.0 --dry-run")
def abort(version: Version = None, dry_run: DryRun = False, yes: Yes = False, json: Json = False) -> None:
    """Undo start, as long as nothing is released; never deletes a commit that is nowhere else."""
    session = _open(json=json, dry_run=dry_run, yes=yes)
    from reletan.commands import abort as command

    command.run(session, version)


@app.command(
    "notes",
    epilog="Examples:  reletan notes   |   reletan notes 1.4.0   |   reletan notes --since v1.2.0 --until v1.4.0   |   "
    "reletan notes 1.4.0 --publish   |   reletan notes --format slack",
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
    """The release notes of a release, a range, or what is not released yet; --publish puts them on GitHub.

    Pull requests stand under headings by their labels, as [notes] in .reletan.toml or .github/release.yml says.
    """
    session = _open(json=json, dry_run=dry_run, yes=yes, offline=offline)
    from reletan.commands import notes as command

    given = Path(Globals.directory, template) if template else None
    command.run(session, command.NotesOptions(version=version, since=since, until=until, format=format,
                                              template=str(given) if given else None, language=language,  # type: ignore[arg-type]
                                              context=context, publish=publish, fetch=not (no_fetch or offline)))  # fmt: skip


@app.command(
    "notify",
    epilog="Examples:  reletan notify   |   reletan notify 1.4.0 --dry-run   |   reletan notify 1.4.0 --duty yuki --yes",
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
    """Post the Slack message of a release, or bring it up to date, from any machine.

    With SLACK_BOT_TOKEN (and slack.channel) there is one message a release, found again and edited in place. With
    SLACK_WEBHOOK_URL each call sends a message of its own. Without either, the text is printed, ready to paste.
    """
    session = _open(json=json, dry_run=dry_run, yes=yes)
    from reletan.commands import notify as command

    command.run(session, command.NotifyOptions(version=version, duty=duty))


@app.command(
    "pr",
    epilog="Examples:  reletan pr   |   reletan pr 1.4.0 --dry-run   |   reletan pr release/1.4.0 --yes   |   "
    "reletan pr --deploy production",
)
def pr(
    version: Annotated[
        str | None,
        typer.Argument(
            help="A release, like 1.4.0, or its branch; else the open one.",
            autocompletion=completion.versions_and_branches,
        ),
    ] = None,
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
    """Open the release pull request with its checklist, or bring it up to date.

    Each author is mentioned once. What people tick and write in its text stays; an item opens again where commits for it
    arrive later. Made to be run for every push to a release branch too.
    """
    session = _open(json=json, dry_run=dry_run, yes=yes)
    from reletan.commands import pr as command

    command.run(session, command.PrOptions(version=version, deploy=deploy))


@app.command(
    "checklist",
    epilog="Examples:  reletan checklist   |   reletan checklist 1.4.0 --json   |   reletan checklist --remind --yes",
)
def checklist(
    version: Annotated[
        str | None,
        typer.Argument(
            help="A release, like 1.4.0, or its branch; else the open one.",
            autocompletion=completion.versions_and_branches,
        ),
    ] = None,
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
    session = _open(json=json, dry_run=dry_run, yes=yes)
    from reletan.commands import checklist as command

    command.run(session, command.ChecklistOptions(version=version, remind=remind, fail_if_open=fail_if_open))


@app.command(
    "automerge",
    epilog="Examples:  reletan automerge   |   reletan automerge 12 --explain   |   reletan automerge --all --wait 300   |   "
    "reletan automerge 12 --method squash --fail-if-blocked",
)
def automerge(
    pulls: Annotated[
        list[str] | None, typer.Argument(metavar="[PR…]", help="Their numbers; in CI the job's own pull request.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Every open pull request, the oldest first.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Print every reason, and change nothing.")] = False,
    wait: Annotated[
        int, typer.Option(metavar="SECONDS", min=0, max=86_400, help="Wait so long for checks and people.")
    ] = 0,
    method: Annotated[
        str | None,
        typer.Option(
            metavar="merge|squash|rebase", help="How to merge.", autocompletion=completion.one_of("merge|squash|rebase")
        ),
    ] = None,
    fail_if_blocked: Annotated[bool, typer.Option("--fail-if-blocked", help="Exit 3 when one is not merged.")] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Merge the pull requests that are approved and green, and say why the others are not merged.

    Made for a CI step: what has to wait is left alone, with exit 0. The rules come from .reletan.toml on the base
    branch, whatever the pull request itself says. A pull request is merged only at the commit that was tested.
    """
    from reletan.domain.errors import UsageError

    numbers = _numbers(pulls or [])
    if numbers and all_:
        raise UsageError("Give numbers or --all, not both.", next="reletan automerge --help")
    if method not in (None, "merge", "squash", "rebase"):
        raise UsageError(f"--method takes merge, squash or rebase, not {method!r}.")
    session = _open(json=json, dry_run=dry_run, yes=yes)
    from reletan.commands import automerge as command

    command.run(session, command.AutomergeOptions(numbers=numbers, all=all_, explain=explain, wait=wait,
                                                  method=method, fail_if_blocked=fail_if_blocked))  # type: ignore[arg-type]  # fmt: skip


def _numbers(words: Sequence[str]) -> tuple[int, ...]:
    from reletan.domain.errors import UsageError
    from reletan.domain.subjects import pull_number

    # what CircleCI makes of a parameter that has no value
    given = [word.strip().removeprefix("#") for word in words if word.strip() not in ("", "<nil>")]
    numbers = [pull_number(word) for word in given]
    if None in numbers:
        raise UsageError(
            f"{given[numbers.index(None)]!r} is not the number of a pull request.", next="give one like 12"
        )
    return tuple(number for number in numbers if number)


@app.command("config", epilog="Examples:  reletan config   |   reletan config --json   |   reletan config --schema")
def config(
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of .reletan.toml.")] = False,
    json: Json = False,
) -> None:
    """The effective settings, and where each comes from."""
    session = _open(json=json)
    from reletan.commands import config as command

    command.run(session, schema)


@app.command("doctor", epilog="Examples:  reletan doctor   |   reletan doctor --json   |   reletan doctor --offline")
def doctor(json: Json = False, offline: Offline = False) -> None:
    """Check what a release needs: git, clone, remote, GitHub, Slack; each failure with what mends it.

    Only looks: nothing is changed, here or elsewhere, and no secret is shown. Exit 1 where something failed; a warning is none.
    """
    from reletan.commands import doctor as command

    terminal = _terminal(json=json)
    if not command.run(Globals.directory, terminal, offline=offline):
        raise typer.Exit(1)


@app.command("demo", epilog="Examples:  reletan demo   |   reletan demo --auto   |   reletan demo --keep ~/shop")
def demo(
    auto: Annotated[bool, typer.Option("--auto", help="Run it all without waiting and without a question.")] = False,
    keep: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Build it in DIR, new or empty; else in a new temporary folder.")
    ] = None,
) -> None:
    """A release and a hotfix in a sandbox: no account, no network, no token of yours.

    A shop's repository is made in a folder of its own, on a GitHub that runs inside of this command. Each step is
    explained and its command shown; Enter runs it, q stops. Exit 0 also after q, 1 after a no to a plan.
    """
    from reletan.commands import demo as command

    terminal = _terminal()
    code = command.run(terminal, auto=auto, keep=keep and Path(Globals.directory, keep))
    if code:
        raise typer.Exit(code)
