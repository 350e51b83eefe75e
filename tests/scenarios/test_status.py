"""`reletan status`: where the release is, and what comes next."""

from typing import Any

import pytest

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.world import World

STATUS = [
    "schema", "production", "development", "last_release", "last_release_at", "open", "unfinished",
    "waiting_pull_requests", "waiting_commits", "suggested_version", "next", "warnings",
]  # fmt: skip
ENTRY = [
    "kind",
    "version",
    "branch",
    "head",
    "state",
    "since",
    "by",
    "pull_requests",
    "next",
    "pull_request",
    "back_merges",
]


def status(world: World, *args: str, **options: Any) -> Any:
    return world.reletan("status", "--json", *args, check=True, **options).json


def only(found: Any) -> Any:
    (entry,) = found["open"]
    return entry


def told(entry: Any) -> tuple[str, str, str]:
    return entry["kind"], entry["state"], entry["next"]


def lines(world: World) -> list[str]:
    return world.reletan("status", check=True).out.splitlines()


def cut(world: World, version: str = "1.4.0") -> str:
    """A release branch on the remote, at development."""
    world.branch(f"release/{version}", "refs/heads/develop")
    return f"release/{version}"


def merge_by_pull_request(world: World, branch: str, keep_branch: bool) -> None:
    number = world.open_pull(f"Release {branch}", branch, base="main", commits=0)
    world.merge_pull(number, keep_branch=keep_branch)


def test_nothing_is_open(world: World) -> None:
    assert lines(world) == [
        "last release   v1.3.0  (2026-01-05)",
        "open           nothing",
        "waiting        3 pull requests on develop for 1.4.0",
        "next           reletan start",
    ]


def test_the_json(world: World) -> None:
    cut(world)
    found = status(world)
    assert list(found) == STATUS
    assert list(only(found)) == ENTRY
    assert found | {"open": []} == {
        "schema": 1, "production": "main", "development": "develop", "last_release": "v1.3.0",
        "last_release_at": "2026-01-05T09:02:00Z", "open": [], "unfinished": [], "waiting_pull_requests": 0,
        "waiting_commits": 0, "suggested_version": None, "next": "reletan tag 1.4.0", "warnings": [],
    }  # fmt: skip


def test_loose_commits_are_waiting_too(world: World) -> None:
    world.commit("develop", "Loose")
    assert "waiting        3 pull requests and 1 commit without one on develop for 1.4.0" in lines(world)


def test_everything_is_released(world: World) -> None:
    world.release("1.4.0")
    assert lines(world) == [
        "last release   v1.4.0  (2026-01-05)",
        "open           nothing",
        "waiting        nothing on develop",
        "next           nothing: everything is released",
    ]


def test_before_the_first_release(empty_world: World) -> None:
    empty_world.found()
    empty_world.pull("The first")
    found = status(empty_world)
    assert (found["last_release"], found["last_release_at"], found["next"]) == (None, None, "reletan start")
    assert lines(empty_world)[0] == "last release   none yet"


def test_a_first_release_that_lacks_its_tag(world: World) -> None:
    world.git("update-ref", "-d", "refs/tags/v1.3.0", cwd=world.origin)
    assert told(only(status(world))) == ("release", "merged, not tagged", "reletan tag 1.3.0")


def test_an_open_release(world: World) -> None:
    branch = cut(world)
    world.commit(branch, "Fix", author="Yuki")
    entry = only(status(world))
    assert told(entry) == ("release", "open", "reletan tag 1.4.0")
    assert (entry["branch"], entry["head"], entry["version"]) == (branch, world.head(branch), "1.4.0")
    assert (entry["by"], entry["pull_requests"]) == ("Yuki", 3)
    assert "release        release/1.4.0: open since 2026-01-05 by Yuki, 3 pull requests" in lines(world)


def test_what_the_open_release_has_is_not_waiting(world: World) -> None:
    world.commit("develop", "In the release, without a pull request")
    cut(world)
    assert status(world)["waiting_commits"] == 0
    world.commit("develop", "Later")
    world.pull("Later, too")
    found = status(world)
    assert (found["waiting_pull_requests"], found["waiting_commits"], found["suggested_version"]) == (1, 1, "1.5.0")


def test_a_hotfix_takes_nothing_from_what_waits(world: World) -> None:
    world.branch("hotfix/1.3.1", "refs/heads/main")
    world.commit("hotfix/1.3.1", "Stop the bleeding", author="Marta")
    found = status(world)
    assert told(only(found)) == ("hotfix", "open", "reletan tag 1.3.1")
    assert (only(found)["by"], found["waiting_pull_requests"]) == ("Marta", 3)


def test_a_hotfix_comes_before_a_release(world: World) -> None:
    cut(world)
    world.branch("hotfix/1.3.1", "refs/heads/main")
    world.commit("hotfix/1.3.1", "Stop the bleeding")
    found = status(world)
    assert [entry["version"] for entry in found["open"]] == ["1.3.1", "1.4.0"]
    assert found["next"] == "reletan tag 1.3.1"


@pytest.mark.parametrize("fixed", [True, False], ids=["with a fix", "as it was cut"])
@pytest.mark.parametrize("kept", [True, False], ids=["branch kept", "branch gone"])
def test_merged_but_not_tagged(world: World, kept: bool, fixed: bool) -> None:
    branch = cut(world)
    if fixed:
        world.commit(branch, "Fix")
    merge_by_pull_request(world, branch, keep_branch=kept)
    found = status(world)
    assert told(only(found)) == ("release", "merged, not tagged", "reletan tag 1.4.0")
    assert only(found)["pull_requests"] == 3
    assert (found["waiting_pull_requests"], found["waiting_commits"]) == (0, 0)


def test_a_hotfix_merged_but_not_tagged(world: World) -> None:
    world.branch("hotfix/1.3.1", "refs/heads/main")
    world.commit("hotfix/1.3.1", "Stop the bleeding")
    merge_by_pull_request(world, "hotfix/1.3.1", keep_branch=False)
    assert told(only(status(world))) == ("hotfix", "merged, not tagged", "reletan tag 1.3.1")


@pytest.mark.parametrize(("prefix", "kind"), [("release/", "release"), ("hotfix/", "hotfix")])
def test_tagged_but_not_merged_back(world: World, prefix: str, kind: str) -> None:
    before = world.head("develop") or ""
    world.branch(f"{prefix}1.4.0", "refs/heads/main")
    world.commit(f"{prefix}1.4.0", "Only on production")
    world.release("1.4.0", prefix=prefix)
    world.branch("develop", before)
    assert told(only(status(world))) == (kind, "released, not merged back into develop", "reletan resume 1.4.0")


def test_a_left_over_branch(world: World) -> None:
    head = world.head(cut(world)) or ""
    world.release("1.4.0")
    world.branch("release/1.4.0", head)
    assert told(only(status(world))) == ("release", "released, the branch is left over", "reletan resume 1.4.0")
    world.commit("release/1.4.0", "Too late")
    assert only(status(world))["state"] == "released, with commits beyond the tag"


def test_what_was_interrupted_comes_next(small_hub_world: World) -> None:
    world = small_hub_world
    world.reletan("start", "--yes", check=True)
    world.github.fault("POST", "/repos/*/releases", do=Fault.status(502, "Server Error"))
    assert world.reletan("tag", "--yes").code == 5
    found = status(world)
    assert (found["open"], found["unfinished"], found["next"]) == ([], ["1.4.0"], "reletan resume 1.4.0")
    world.reletan("resume", "--yes", check=True)
    assert status(world)["next"] == "nothing: everything is released"


def test_a_branch_that_only_this_clone_has(world: World) -> None:
    """As git-flow leaves it."""
    world.git("branch", "release/1.4.0", "origin/develop")
    assert told(only(status(world))) == ("release", "only in this clone", "reletan start release 1.4.0")
    world.git("branch", "release/1.3.0", "v1.3.0")
    assert only(status(world))["version"] == "1.4.0"


def test_the_next_command_works(world: World) -> None:
    """From nothing to everything is released, by doing what status says."""
    said = []
    for _ in range(3):
        said.append(status(world)["next"])
        if not said[-1].startswith("reletan "):
            break
        world.reletan(*said[-1].split()[1:], "--yes", check=True)
    assert said == ["reletan start", "reletan tag 1.4.0", "nothing: everything is released"]


def test_started_by_whom(world: World) -> None:
    other = world.another_clone("yuki")
    world.reletan("start", "--yes", cwd=other, check=True)
    unknown = {"by": None, "since": None}
    assert only(status(world, cwd=other)) | unknown == only(status(world))


@pytest.mark.parametrize("option", ["--offline", "--no-fetch"])
def test_without_a_fetch(world: World, option: str) -> None:
    cut(world)
    assert status(world, option)["open"] == []
    assert status(world)["open"] != []


def test_it_looks_and_touches_nothing(world: World) -> None:
    cut(world)
    world.reletan("list", check=True)
    before = world.dump()
    world.reletan("status", check=True)
    assert world.dump() == before


def test_mixed_prefixes_need_a_decision(world: World) -> None:
    world.tag("1.2.0", "refs/heads/main^")
    assert world.reletan("status").code == 2


def test_names_from_outside_are_neutral(world: World) -> None:
    world.commit(cut(world), "Fix", author="M\x1b[31mallory\u202e")
    out = world.reletan("status", check=True).out
    assert "M[31mallory" in out
    assert "\x1b" not in out
    assert "\u202e" not in out
