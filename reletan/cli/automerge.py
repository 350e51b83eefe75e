"""What CI merges in between: automerge."""

from collections.abc import Sequence
from typing import Annotated

import typer

from reletan import completion
from reletan.cli.app import app, examples, opened
from reletan.cli.options import DryRun, Json, Yes


@app.command(
    "automerge",
    epilog=examples(
        "reletan automerge",
        "reletan automerge 12 --explain",
        "reletan automerge --all --wait 300",
        "reletan automerge 12 --method squash --fail-if-blocked",
    ),
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
    """Merge what is approved and green, and say why the rest is not.

    Made for a CI step: what has to wait is left alone, with exit 0. The rules come from .reletan.toml on the base
    branch, whatever the pull request itself says. A pull request is merged only at the commit that was tested.
    """
    from reletan.domain.errors import UsageError

    numbers = _numbers(pulls or [])
    if numbers and all_:
        raise UsageError("Give numbers or --all, not both.", next="reletan automerge --help")
    if method not in (None, "merge", "squash", "rebase"):
        raise UsageError(f"--method takes merge, squash or rebase, not {method!r}.")
    session = opened(json=json, dry_run=dry_run, yes=yes)
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
