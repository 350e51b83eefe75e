"""Killed, interrupted or failing anywhere: the next run leads to the very state of a run that nobody disturbed.

A quick cut of ``make torture``: one blow at each effect of each command that writes to a repository, to GitHub or to Slack;
and every bug that the whole matrix has found.
"""

import re
import sys

import pytest
from github_world import need_libraries
from torture import journals
from torture.attempts import attempt, survey
from torture.cases import CASES
from torture.points import WAYS, Kind, Point, kinds, parse, writes
from wrapped import WrappedGit

from reletan.sandbox.world import World

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="runs are watched on Linux only")

# Of these only every so many, since others show the same and a run by pull request takes long
EVERY = {
    "start-hotfix": 5, "start-switch": 5, "start-told": 3, "tag": 3, "tag-hotfix": 5, "tag-told": 8, "tag-webhook": 5, "automerge": 3,
    "tag-pull": 11, "tag-back-pull": 17, "tag-pulls": 17, "tag-hotfix-pulls": 19,
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_run_after_a_blow_ends_as_if_nothing_had_happened(name: str) -> None:
    need_libraries()
    case = CASES[name]
    effects = [one for one in enumerate(survey(case)[0], 1) if writes(one[1]) and not one[1].startswith("file ")]
    for turn, (number, effect) in enumerate(effects[:: EVERY.get(name, 1)]):
        blows = kinds(effect)
        way = case.ways[(turn + turn // len(blows)) % len(case.ways)]
        assert_not_lost(Point(case=name, number=number, kind=blows[turn % len(blows)], way=way))


# what was found, each time by these blows
FOUND: list[tuple[str, str, str, Kind]] = [
    ("the beginning of a journal was left over", "start", "file rename", "kill"),
    ("git does not even tell its version", "start", "git git version", "error"),
    ("a failing git passed for no repository", "tag", "git .* --is-shallow-repository", "error"),
    ("no temporary file", "tag", "temporary mkdir", "error"),
    ("a failing git passed for a no", "tag", "git .* merge-base --is-ancestor", "error"),
    ("a failing git passed for there being no such section", "tag", "git .*--remove-section", "error"),
    ("the journal could not be written once all was public", "tag", "file fsync .*json", "error"),
    ("the journal could not be removed", "tag", "file remove .*/1.4.0.json", "error"),
    ("a failing git passed for a commit that is not here", "tag-pulls", "git .* rev-parse --verify --quiet", "error"),
    ("a failing git passed for a failing Slack", "start-told", "git .* -1 --format=%ct", "error"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "where", "kind"), [one[1:] for one in FOUND], ids=[one[0] for one in FOUND])
def test_what_the_matrix_has_found(name: str, where: str, kind: Kind) -> None:
    need_libraries()
    effects = survey(CASES[name])[0]
    numbers = [number for number, effect in enumerate(effects, 1) if re.match(where, effect)]
    assert numbers
    few = len(numbers) < 9 and not CASES[name].runs > 1
    for number in numbers if few else {numbers[1], numbers[len(numbers) // 2]}:
        assert_not_lost(Point(case=name, number=number, kind=kind, way="again"))


@pytest.mark.parametrize("kind", ["kill", "kill-after"])
def test_a_second_kill_at_the_next_run(kind: Kind) -> None:
    effects = survey(CASES["tag"])[0]
    number = next(n for n, effect in enumerate(effects, 1) if " push " in effect)
    for second in (number - 4, number + 4):
        assert_not_lost(Point(case="tag", number=number, kind=kind, way="resume", second=(second, "kill")))


def assert_not_lost(point: Point) -> None:
    lost = attempt(point)
    assert lost is None, f'{lost}\nagain: cd tests; python -m torture crashes --only "{point.name}"'


@pytest.mark.parametrize("sort", ["prefixes", "torn-7", "deep", "finished", "stale", "folder", "link-to-itself"])
def test_a_journal_that_is_none_blocks_nothing(sort: str) -> None:
    lost = journals.attempt(f"journal:tag:{sort}:resume")
    assert lost is None, lost


def test_a_point_has_a_name_and_the_name_leads_to_it() -> None:
    point = Point(case="tag", number=17, kind="kill-after", way="again", second=(3, "kill"))
    assert parse(point.name) == [point]
    assert [one.way for one in parse("tag:17:kill")] == list(WAYS)


@pytest.mark.parametrize("kind", ["release", "hotfix"])
def test_a_start_without_a_version_goes_on_with_the_one_it_had_proposed(world: World, kind: str) -> None:
    git = WrappedGit(world, 'case "$*" in *" push "*) "$git" "$@"; kill -9 $PPID; exit 1;; esac')
    assert world.reletan("start", kind, "--yes", env=git.environment).code == -9
    branches = world.branches()
    run = world.reletan("start", kind, "--yes")
    assert run.code == 0, run.err
    assert world.branches() == branches
    assert "journal 1" not in world.dump()


def test_a_release_that_somebody_else_made_meanwhile_is_told_once(webhook_team: World) -> None:
    webhook_team.reletan("start", "1.4.0", "--yes", check=True)
    git = WrappedGit(webhook_team, 'case "$*" in *" push "*) kill -9 $PPID; exit 1;; esac')
    assert webhook_team.reletan("tag", "1.4.0", "--yes", env=git.environment).code == -9
    webhook_team.reletan("tag", "1.4.0", "--yes", cwd=webhook_team.another_clone("yuki"), check=True)
    told = len(webhook_team.slack.posts("#release"))
    webhook_team.reletan("resume", "--yes", check=True)
    assert len(webhook_team.slack.posts("#release")) == told == 2
