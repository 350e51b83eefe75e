"""`reletan start` opens the release pull request where it is configured, and `reletan abort` closes it."""

from typing import Any

import pytest
from ticking import BRANCH, boxes, configure, the_pull
from witness import journals, lasting
from wrapped import WrappedGit

from reletan.adapters.journal import JournalFolder
from reletan.sandbox.github.faults import Fault
from reletan.sandbox.world import Run, World

OPENING = ("POST", "/repos/*/pulls")


@pytest.fixture
def team(small_hub_world: World) -> World:
    configure(small_hub_world, "[checklist]\npull_request = true\n")
    return small_hub_world


def start(world: World, *args: str, **options: Any) -> Run:
    return world.reletan("start", "--yes", "--no-notify", *args, **options)


def test_it_is_opened_after_the_push(team: World) -> None:
    before = lasting(team)
    shown = team.reletan("start", "1.4.0", "--dry-run", "--json", check=True).json["steps"]
    kinds = [step["kind"] for step in shown if step["kind"] in ("push-refs", "write-pull")]
    assert kinds == ["push-refs", "write-pull"]
    assert lasting(team) == before
    start(team, "1.4.0", check=True)
    assert (the_pull(team).title, boxes(team)) == ("Release 1.4.0", {1: False, 2: False, 3: False})
    assert "Nothing to do: release/1.4.0 is on origin already." in start(team, "1.4.0", check=True).err


def test_it_is_opened_where_releases_go_by_pull_request(small_hub_world: World) -> None:
    configure(small_hub_world, '[flow]\nfinish = "pull-request"\n')
    start(small_hub_world, "1.4.0", check=True)
    assert the_pull(small_hub_world).base == "main"


def test_it_is_not_opened_where_nobody_wants_it(team: World) -> None:
    start(team, "1.4.0", "--no-pr", check=True)
    assert [one for one in team.pulls.values() if one.open] == []


def test_a_hotfix_without_a_commit_has_none_yet(team: World) -> None:
    start(team, "hotfix", check=True)
    assert [one for one in team.pulls.values() if one.open] == []


def test_github_fails_and_the_release_is_begun_all_the_same(team: World) -> None:
    team.github.fault(*OPENING, do=Fault.status(403, "Resource not accessible by integration"))
    run = start(team, "1.4.0", check=True)
    assert "NOT DONE: open the pull request Release 1.4.0" in run.err
    assert "To do it later: reletan pr 1.4.0" in run.err
    assert BRANCH in team.branches()
    start(team, "1.4.0", check=True)
    assert boxes(team) == {1: False, 2: False, 3: False}


def test_without_a_token_it_is_left_out_and_said(team: World) -> None:
    run = start(team, "1.4.0", env={"GH_TOKEN": ""}, check=True)
    assert (
        "The release pull request is left out: There is no token for GitHub; to open it later: reletan pr 1.4.0."
        in run.err
    )
    assert BRANCH in team.branches()


def test_what_was_interrupted_is_resumed_with_the_same_words(team: World) -> None:
    team.pulls[1].title = "Ein Körbchen \u2028 für <b>alle</b>"
    team.github.fault(*OPENING, do=Fault.cut_after())
    start(team, "1.4.0", check=True)
    assert boxes(team) == {1: False, 2: False, 3: False}
    assert journals(team) == []


def test_a_kill_before_the_pull_request_is_made_good_by_resume(team: World) -> None:
    team.pulls[1].title = "Ein K\u00f6rbchen \u202e <!-- f\u00fcr alle -->"
    git = WrappedGit(team, 'case "$*" in *" push "*) "$git" "$@"; kill -9 $PPID; exit 1;; esac')
    killed = start(team, "1.4.0", env=git.environment)
    assert (killed.code, journals(team), len(team.pulls)) == (-9, ["1.4.0"], 3)
    # the words that were planned are in the journal
    assert JournalFolder(f"{team.clone}/.git").read("1.4.0") is not None
    team.reletan("resume", "--yes", check=True)
    assert boxes(team) == {1: False, 2: False, 3: False}
    assert journals(team) == []


def test_abort_closes_it(team: World) -> None:
    start(team, "1.4.0", check=True)
    number = the_pull(team).number
    shown = team.reletan("abort", "--dry-run", check=True)
    assert f"  close pull request #{number}" in shown.err
    team.reletan("abort", "--yes", check=True)
    assert (team.pulls[number].open, team.pulls[number].merged) == (False, None)


def test_what_production_got_by_squash_is_not_aborted(team: World) -> None:
    start(team, "1.4.0", check=True)
    team.merge_pull(the_pull(team).number, "squash", keep_branch=True)
    run = team.reletan("abort", "--yes")
    assert (run.code, "next: go forward: reletan tag 1.4.0 --accept-squash" in run.err) == (3, True)
    assert BRANCH in team.branches()


def test_abort_goes_on_where_github_does_not_tell(team: World) -> None:
    start(team, "1.4.0", check=True)
    team.github.fault("rest", "/repos/*", times=None, do=Fault.status(503))
    run = team.reletan("abort", "--yes", check=True)
    assert "whether release/1.4.0 has a release pull request is not known" in run.err
    assert BRANCH not in team.branches()
