"""Whether a pull request can be merged, in GitHub's words; and merging it for good."""

from collections.abc import Callable
from typing import Any

import pytest

from reletan.sandbox.github import merging
from reletan.sandbox.github.model import Protection
from reletan.sandbox.github.wire import Refused
from reletan.sandbox.world import World

Prepare = Callable[[World, int], Any]

REVIEWED = Protection(approvals=1)
TWICE = Protection(approvals=2)
FRESH = Protection(approvals=1, dismiss_stale=True)
BUILT = Protection(checks=("build",))
BUILT_AND_LINTED = Protection(checks=("build", "lint", "docs"))
STRICT = Protection(strict=True)
NOT_MERGEABLE = "Pull Request is not mergeable"
NOT_REVIEWED = "At least 1 approving review is required by reviewers with write access."


def rules(protection: Protection, *then: Prepare) -> Prepare:
    """Rules for develop, and what happens after."""

    def prepare(world: World, number: int) -> None:
        world.protect_branch("develop", protection)
        for step in then:
            step(world, number)

    return prepare


def steps(*then: Prepare) -> Prepare:
    return rules(Protection(), *then)


def check(name: str, conclusion: str | None) -> Prepare:
    return lambda world, number: world.check(name, conclusion, number)


def status(name: str, state: str) -> Prepare:
    return lambda world, number: world.status(name, state, number)


def review(state: Any, by: str = "Yuki") -> Prepare:
    return lambda world, number: world.review(number, state, by)


def push(world: World, number: int) -> None:
    world.push_to_pull(number)


def move_base(world: World, number: int) -> None:
    world.commit("develop", "Go on")


def draft(world: World, number: int) -> None:
    world.pulls[number].draft = True


def conflict(world: World, number: int) -> None:
    world.push_to_pull(number, "Open late", {"shop.txt": "open at noon\n"})
    world.commit("develop", "Open early", {"shop.txt": "open at six\n"})


def nothing(world: World, number: int) -> None:
    pass


@pytest.fixture
def number(world: World) -> int:
    """An open pull request of Hana's, of which GitHub knows at once whether it can be merged."""
    world.unknown_reads = 0
    return world.open_pull("Sell at night", author="Hana")


STATES: list[tuple[str, Prepare, str]] = [
    ("nothing said against it", nothing, "clean"),
    ("checks are green", steps(check("build", "success"), status("ci", "success")), "clean"),
    ("neutral and skipped are green", steps(check("a", "neutral"), check("b", "skipped")), "clean"),
    ("a check fails that nobody requires", steps(check("build", "failure")), "unstable"),
    ("a check still runs", steps(check("build", None)), "unstable"),
    ("a check was cancelled", steps(check("build", "cancelled")), "unstable"),
    ("a status is pending", steps(status("ci", "pending")), "unstable"),
    ("a status is an error", steps(status("ci", "error")), "unstable"),
    ("the latest run of a name counts", steps(check("build", "failure"), check("build", "success")), "clean"),
    ("the latest status counts", steps(status("ci", "success"), status("ci", "failure")), "unstable"),
    ("checks of an older head do not count", steps(check("build", "failure"), push), "clean"),
    ("a required check is missing", rules(BUILT), "blocked"),
    ("a required check runs", rules(BUILT, check("build", None)), "blocked"),
    ("a required check fails", rules(BUILT, check("build", "failure")), "blocked"),
    ("a required check is green", rules(BUILT, check("build", "success")), "clean"),
    ("a status stands for the required check", rules(BUILT, status("build", "success")), "clean"),
    ("of check run and status the worse counts", rules(BUILT, check("build", "success"), status("build", "error")), "blocked"),
    ("the required check was for an older head", rules(BUILT, check("build", "success"), push), "blocked"),
    ("another check fails", rules(BUILT, check("build", "success"), check("lint", "failure")), "unstable"),
    ("no review", rules(REVIEWED), "blocked"),
    ("a comment is no review", rules(REVIEWED, review("COMMENTED")), "blocked"),
    ("approved", rules(REVIEWED, review("APPROVED")), "clean"),
    ("approved by somebody who may only read", rules(REVIEWED, review("APPROVED", "Zoe")), "blocked"),
    ("one of two approvals", rules(TWICE, review("APPROVED")), "blocked"),
    ("the same person approves twice", rules(TWICE, review("APPROVED"), review("APPROVED")), "blocked"),
    ("changes requested, later approved", rules(REVIEWED, review("CHANGES_REQUESTED"), review("APPROVED")), "clean"),
    ("approved, later changes requested", rules(REVIEWED, review("APPROVED"), review("CHANGES_REQUESTED")), "blocked"),
    ("a comment leaves the opinion", rules(REVIEWED, review("APPROVED"), review("COMMENTED")), "clean"),
    ("the approval was dismissed", rules(REVIEWED, review("APPROVED"), review("DISMISSED")), "blocked"),
    ("approved, and pushed since", rules(REVIEWED, review("APPROVED"), push), "clean"),
    ("pushed since, where that dismisses", rules(FRESH, review("APPROVED"), push), "blocked"),
    ("approved again after the push", rules(FRESH, review("APPROVED"), push, review("APPROVED")), "clean"),
    ("changes requested where nobody asks for reviews", steps(review("CHANGES_REQUESTED")), "clean"),
    ("behind, and that matters", rules(STRICT, move_base), "behind"),
    ("behind, and nobody minds", steps(move_base), "clean"),
    ("blocked and behind", rules(Protection(approvals=1, strict=True), move_base), "blocked"),
    ("in conflict", conflict, "dirty"),
    ("in conflict and blocked", rules(REVIEWED, conflict), "dirty"),
    ("a draft", draft, "draft"),
    ("a draft in conflict", steps(draft, conflict), "dirty"),
    ("rules for another branch", lambda world, _: world.protect_branch("main", REVIEWED), "clean"),
    ("the server has a hook of its own", lambda world, _: world.set_hook("pre-receive", "#!/bin/sh\n"), "has_hooks"),
    ("merged", lambda world, number: world.merge_pull(number), "unknown"),
    ("closed", lambda world, number: world.close_pull(number), "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("prepare", "state"), [row[1:] for row in STATES], ids=[row[0] for row in STATES])
def test_the_state_that_github_shows(world: World, number: int, prepare: Prepare, state: str) -> None:
    prepare(world, number)
    mergeable = {"dirty": False, "unknown": None}.get(state, True)
    assert merging.judged(world, world.pulls[number]) == (mergeable, state)


def test_each_person_has_one_opinion_and_none_after_a_dismissal(world: World, number: int) -> None:
    for state, by in (("APPROVED", "Yuki"), ("APPROVED", "Zoe"), ("CHANGES_REQUESTED", "Zoe"), ("DISMISSED", "Yuki")):
        review(state, by)(world, number)
    opinions = merging.opinions(world, world.pulls[number])
    assert {login: one.state for login, one in opinions.items()} == {"zoe": "CHANGES_REQUESTED"}


def test_the_first_reads_know_nothing_and_each_move_makes_github_forget(world: World, number: int) -> None:
    world.unknown_reads, pull = 2, world.pulls[number]
    assert [merging.mergeable_state(world, pull) for _ in range(3)] == ["unknown", "unknown", "clean"]
    push(world, number)
    assert [merging.mergeable(world, pull) for _ in range(3)] == [None, None, True]
    move_base(world, number)
    assert [merging.mergeable(world, pull) for _ in range(3)] == [None, None, True]


REFUSALS: list[tuple[str, Prepare, dict[str, Any], int, str]] = [
    ("an older head", nothing, {"sha": "0" * 40}, 409, "Head branch was modified. Review and try the merge again."),
    ("in conflict", conflict, {}, 405, NOT_MERGEABLE),
    ("a draft", draft, {}, 405, "Pull Request is still a draft"),
    ("merged already", lambda world, number: world.merge_pull(number), {}, 405, NOT_MERGEABLE),
    ("closed", lambda world, number: world.close_pull(number), {}, 405, NOT_MERGEABLE),
    ("somebody who may only read", nothing, {"login": "zoe"}, 403,
     "Resource not accessible by personal access token"),
    ("an app that may only read", nothing, {"login": "@ci"}, 403, "Resource not accessible by integration"),
    ("a method that the repository does not have", lambda world, _: setattr(world.settings, "squash", False),
     {"method": "squash"}, 405, "Squash merges are not allowed on this repository."),
    ("nor has for administrators", lambda world, _: setattr(world.settings, "merge", False),
     {"login": "hana"}, 405, "Merge commits are not allowed on this repository."),
    ("no review", rules(REVIEWED), {}, 405, NOT_REVIEWED),
    ("one of two reviews", rules(TWICE, review("APPROVED")), {}, 405,
     "At least 2 approving reviews are required by reviewers with write access."),
    ("changes requested", rules(REVIEWED, review("CHANGES_REQUESTED")), {}, 405,
     "1 review requesting changes by reviewers with write access."),
    ("a check is missing", rules(BUILT), {}, 405, 'Required status check "build" is expected.'),
    ("a check waits", rules(BUILT, lambda world, number: setattr(world.check("build", None, number), "status", "queued")),
     {}, 405, 'Required status check "build" is queued.'),
    ("a check runs", rules(BUILT, check("build", None)), {}, 405, 'Required status check "build" is in progress.'),
    ("a status is pending", rules(BUILT, status("build", "pending")), {}, 405,
     'Required status check "build" is pending.'),
    ("a check fails", rules(BUILT, check("build", "failure")), {}, 405, 'Required status check "build" is failing.'),
    ("all of several are missing", rules(BUILT_AND_LINTED), {}, 405, "3 of 3 required status checks are expected."),
    ("some of several", rules(BUILT_AND_LINTED, check("lint", "failure"), check("docs", "success")), {}, 405,
     "2 of 3 required status checks have not succeeded: 1 expected and 1 failing."),
    ("all of several fail", rules(Protection(checks=("a", "b")), check("a", "failure"), status("b", "error")), {}, 405,
     "2 of 2 required status checks have not succeeded: 2 failing."),
    ("review and check", rules(Protection(approvals=1, checks=("build",))), {}, 405,
     f'{NOT_REVIEWED} Required status check "build" is expected.'),
    ("by a ruleset", rules(Protection(approvals=1, checks=("build",), by_ruleset=True)), {}, 405,
     f'Repository rule violations found\n\n{NOT_REVIEWED}\n\nRequired status check "build" is expected.\n\n'),
    ("out of date", rules(STRICT, move_base), {}, 409, "Head branch is out of date. Review and try the merge again."),
    ("a merge commit in a straight history", rules(Protection(linear=True)), {}, 405,
     "This branch must not contain merge commits."),
    ("a queue", rules(Protection(queue=True)), {}, 405, "Changes must be made through the merge queue"),
    ("an administrator, whom the rules hold too", rules(Protection(approvals=1, admins=True)), {"login": "hana"}, 405,
     NOT_REVIEWED),
]  # fmt: skip


def merge(world: World, number: int, **asked: Any) -> str:
    """As Yuki, who may write, unless it is said otherwise."""
    usual: dict[str, Any] = {"sha": None, "method": "merge", "title": None, "body": None, "login": "yuki"}
    return merging.merge(world, world.pulls[number], **{**usual, **asked})


@pytest.mark.parametrize(
    ("prepare", "asked", "code", "said"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS]
)
def test_what_github_refuses_to_merge(
    world: World, number: int, prepare: Prepare, asked: dict[str, Any], code: int, said: str
) -> None:
    prepare(world, number)
    before = world.head("develop")
    with pytest.raises(Refused) as refused:
        merge(world, number, **asked)
    assert (refused.value.answer.status, refused.value.answer.body["message"]) == (code, said)
    assert world.head("develop") == before


ALLOWED: list[tuple[str, Prepare, dict[str, Any]]] = [
    ("nothing said against it", nothing, {}),
    ("though GitHub does not know yet", lambda world, _: setattr(world, "unknown_reads", 5), {}),
    ("a check fails that nobody requires", steps(check("build", "failure")), {}),
    ("all that is required", rules(Protection(approvals=1, checks=("build",), strict=True), check("build", "success"),
                                   review("APPROVED")), {}),
    ("an administrator goes past the rules", rules(Protection(approvals=1, queue=True)), {"login": "hana"}),
    ("squashed into a straight history", rules(Protection(linear=True)), {"method": "squash"}),
]  # fmt: skip


@pytest.mark.parametrize(("prepare", "asked"), [row[1:] for row in ALLOWED], ids=[row[0] for row in ALLOWED])
def test_what_github_merges(world: World, number: int, prepare: Prepare, asked: dict[str, Any]) -> None:
    prepare(world, number)
    assert merge(world, number, sha=world.head_of(number), **asked) == world.head("develop")


def test_each_method_makes_its_own_commits(world: World) -> None:
    world.unknown_reads = 0
    numbers = [world.open_pull(f"Part {n}", commits=2) for n in (1, 2, 3)]
    heads, before = [world.head_of(number) for number in numbers], world.head("develop")
    merged = merge(world, numbers[0], title="Take it in", body="As agreed")
    assert world.parents(merged) == [before, heads[0]]
    assert world.git("log", "-1", "--format=%B", merged, cwd=world.origin).strip() == "Take it in\n\nAs agreed"
    squashed = merge(world, numbers[1], method="squash")
    assert (world.parents(squashed), world.subject(squashed)) == ([merged], f"Part 2 (#{numbers[1]})")
    rebased = merge(world, numbers[2], method="rebase")
    assert world.subject(rebased) == "Part 3, part 2"
    assert world.parents(world.parents(rebased)[0]) == [squashed]


def test_the_branch_goes_away_where_the_repository_says_so(world: World) -> None:
    kept, gone = world.open_pull("One", "one"), world.open_pull("Two", "two")
    merge(world, kept)
    world.settings.delete_branch = True
    merge(world, gone)
    assert (world.head("one") is not None, world.head("two")) == (True, None)
    assert world.pulls[gone].merged_by == world.person("yuki")


# update-branch


@pytest.mark.parametrize("fork", [None, "zoe"])
def test_updating_a_branch_merges_the_base_into_it(world: World, fork: str | None) -> None:
    number = world.open_pull("Sell abroad", "abroad", fork=fork)
    old = world.head_of(number)
    move_base(world, number)
    new = merging.update_branch(world, world.pulls[number], sha=old, login="yuki")
    assert world.parents(new) == [old, world.head("develop")]
    assert (world.head_of(number), world.head("abroad")) == (new, None if fork else new)


@pytest.mark.parametrize(
    ("prepare", "sha", "login", "code", "said"),
    [
        (move_base, "0" * 40, "yuki", 422, "expected head sha didn’t match current head ref."),
        (nothing, None, "yuki", 422, "There are no new commits on the base branch."),
        (conflict, None, "yuki", 422, "merge conflict between base and head"),
        (move_base, None, "zoe", 403, "Resource not accessible by personal access token"),
    ],
    ids=["another head", "up to date", "conflict", "no right"],
)
def test_a_branch_that_is_not_updated(
    world: World, number: int, prepare: Prepare, sha: str | None, login: str, code: int, said: str
) -> None:
    prepare(world, number)
    before = world.head_of(number)
    with pytest.raises(Refused) as refused:
        merging.update_branch(world, world.pulls[number], sha=sha, login=login)
    assert (refused.value.answer.status, refused.value.answer.body["message"]) == (code, said)
    assert world.head_of(number) == before
