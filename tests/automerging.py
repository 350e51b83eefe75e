"""Words for scenarios of `reletan automerge`: pull requests that are ready, CI jobs, and what a run said."""

import json
from pathlib import Path
from typing import Any

from reletan.sandbox.world import Run, World

MERGE = "/repos/*/pulls/*/merge"


def ready(world: World, title: str = "Add gift cards", **more: Any) -> int:
    """A pull request that is approved and green, and GitHub knows already that it can be merged; its number."""
    world.unknown_reads = 0
    number = world.open_pull(title, **more)
    world.approve(number)
    world.check("test", "success", number)
    return number


def left(world: World, *args: str, **env: str) -> dict[int, list[str]]:
    """Number -> codes of the reasons, of a run that merged nothing of what it names, with exit 0."""
    entries = world.reletan("automerge", *args, "--json", env=env, check=True).json["pull_requests"]
    assert [one["outcome"] for one in entries] == [None] * len(entries)
    return {one["number"]: [reason["code"] for reason in one["reasons"]] for one in entries}


def outcomes(run: Run) -> dict[int, str | None]:
    """Number -> what was done, of a run with --json."""
    return {one["number"]: one["outcome"] for one in run.json["pull_requests"]}


def merged(world: World) -> list[int]:
    """The pull requests that this test opened (4 and above) and that are merged."""
    return [number for number, pull in world.pulls.items() if pull.merged and number > 3]


def merges(world: World) -> int:
    """How often GitHub was asked to merge."""
    return world.github.requests("PUT", MERGE)


def policy(world: World, text: str, branch: str = "develop") -> None:
    """`[automerge]` in .reletan.toml of a branch."""
    world.commit(branch, "Say how we merge", {".reletan.toml": f"[automerge]\n{text}\n"})


def actions(world: World, number: int, *, run: int = 77, job: str = "automerge") -> dict[str, str]:
    """The environment of a job of GitHub Actions that a pull request started."""
    event = world.folder / "event.json"
    pull, slug = world.pulls[number], world.slug
    head = {"ref": pull.branch, "sha": world.head_of(number), "repo": {"full_name": f"{pull.owner}/{world.name}"}}
    told = {"repository": {"full_name": slug}, "pull_request": {"number": number, "head": head}}
    event.write_text(json.dumps(told))
    return {
        "CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REPOSITORY": slug, "GITHUB_RUN_ID": str(run), "GITHUB_JOB": job,
        "GITHUB_STEP_SUMMARY": str(summary_of(world)),
    }  # fmt: skip


def summary_of(world: World) -> Path:
    return world.folder / "summary.md"


def circleci(world: World, *numbers: int, build: str = "https://circleci.example/acme/shop/12") -> dict[str, str]:
    """The environment of a build of CircleCI for the branch of the pull requests ``numbers``."""
    pages = [f"https://127.0.0.1/{world.slug}/pull/{number}" for number in numbers]
    owner, name = world.slug.split("/")
    return {
        "CI": "true", "CIRCLECI": "true", "CIRCLE_PROJECT_USERNAME": owner, "CIRCLE_PROJECT_REPONAME": name,
        "CIRCLE_BRANCH": world.pulls[numbers[0]].branch, "CIRCLE_SHA1": world.head_of(numbers[0]),
        "CIRCLE_PULL_REQUESTS": ",".join(pages), "CIRCLE_PULL_REQUEST": pages[-1], "CIRCLE_BUILD_URL": build,
        "CIRCLE_JOB": "automerge",
    }  # fmt: skip
