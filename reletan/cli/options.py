"""What several commands take."""

from typing import Annotated

import typer

from reletan import completion

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
VersionOrBranch = Annotated[
    str | None,
    typer.Argument(
        help="A release, like 1.4.0, or its branch; else the open one.", autocompletion=completion.versions_and_branches
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
