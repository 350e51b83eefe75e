"""Words for scenarios of `reletan tag` by pull request: a release that is ready, what protects its branches, the graph at the end."""

from typing import Any

import msgspec

from reletan.sandbox.github.model import Protection
from reletan.sandbox.world import Run, World

BY_PULL = Protection(pull_request=True, admins=True)
BRANCH, TAG = "release/1.4.0", "v1.4.0"
MERGE = "/repos/*/pulls/*/merge"
PULLS = "/repos/*/pulls"


class Before(msgspec.Struct, frozen=True):
    """Where production, development and the release were."""

    production: str
    development: str
    head: str


def ready(world: World, branch: str = BRANCH) -> World:
    """A release is open, with a fix of its own; GitHub knows at once whether something can be merged."""
    world.unknown_reads = 0
    base = "refs/heads/develop" if branch.startswith("release/") else "refs/heads/main"
    world.branch(branch, base)
    world.commit(branch, f"Mend the last thing on {branch}")
    return world


def now(world: World, branch: str = BRANCH) -> Before:
    return Before(str(world.head("main")), str(world.head("develop")), str(world.head(branch)))


def protect(world: World, *branches: str, **more: Any) -> None:
    for branch in branches:
        world.protect_branch(branch, msgspec.structs.replace(BY_PULL, **more))


def tag(world: World, *args: str, **options: Any) -> Run:
    return world.reletan("tag", "--yes", "--no-notify", *args, **options)


def open_release_pull(world: World, **more: Any) -> int:
    return world.open_pull("Release 1.4.0", BRANCH, base="main", commits=0, **more)


def assert_git_flow(world: World, before: Before, version: str = "1.4.0") -> None:
    """The graph that git-flow makes, with nothing left over; GitHub makes some of its commits."""
    tagged = world.tags()[f"v{version}"]
    assert world.look("cat-file", "-t", f"v{version}", cwd=world.origin) == "tag"
    assert (world.head("main"), world.parents(tagged)) == (tagged, [before.production, before.head])
    assert world.parents("refs/heads/develop") == [before.development, tagged]
    assert world.branches() == ["develop", "main"]


def assert_untouched(world: World, before: Before) -> None:
    assert (now(world), list(world.tags())) == (before, ["v1.3.0"])


def merges(world: World) -> int:
    return world.github.requests("PUT", MERGE)
