"""From its beginning to its tag: start, tag, resume, abort."""

from collections.abc import Sequence
from typing import Annotated

import typer

from reletan import completion
from reletan.cli.app import app, examples, opened
from reletan.cli.options import DryRun, Duty, FailIfEmpty, Json, NoNotify, Version, Yes


@app.command(
    "start",
    epilog=examples(
        "reletan start", "reletan start 1.4.0 --yes", "reletan start hotfix", "reletan start minor --dry-run"
    ),
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
    """Cut a release (or hotfix) branch and publish it.

    It begins at the remote's state. Your changes are never touched; a clean checkout of main or develop is brought forward.
    """
    kind, version = _kind_and_version(what or [])
    session = opened(json=json, dry_run=dry_run, yes=yes)
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
    "tag", epilog=examples("reletan tag", "reletan tag 1.4.0 --dry-run", "reletan tag 1.4.0 --head $SHA --yes")
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
    """Merge the release into production, tag it, merge it back.

    All of that in one atomic push. Then the branch is cleaned up.
    """
    session = opened(json=json, dry_run=dry_run, yes=yes)
    from reletan.commands import tag as command

    command.run(session, command.TagOptions(version=version, head=head, backmerge=backmerge, keep_branch=keep_branch,  # type: ignore[arg-type]
                                            sign=sign, message=message, via=via, no_release=no_release, no_notify=no_notify,  # type: ignore[arg-type]
                                            fail_if_empty=fail_if_empty, accept_squash=accept_squash))  # fmt: skip


@app.command("resume", epilog=examples("reletan resume", "reletan resume 1.4.0 --yes"))
def resume(version: Version = None, dry_run: DryRun = False, yes: Yes = False, json: Json = False) -> None:
    """Finish what was interrupted, here or in another clone."""
    session = opened(json=json, dry_run=dry_run, yes=yes)
    from reletan.commands import resume as command

    command.run(session, version)


@app.command("abort", epilog=examples("reletan abort", "reletan abort 1.4.0 --dry-run"))
def abort(version: Version = None, dry_run: DryRun = False, yes: Yes = False, json: Json = False) -> None:
    """Undo start, as long as nothing is released.

    It never deletes work that is nowhere else.
    """
    session = opened(json=json, dry_run=dry_run, yes=yes)
    from reletan.commands import abort as command

    command.run(session, version)
