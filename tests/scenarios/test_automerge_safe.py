"""`reletan automerge`: what must not be merged although nearly everything speaks for it."""

import json
from collections.abc import Callable

import pytest
from automerging import MERGE, actions, circleci, left, merged, merges, policy, ready

from reletan.adapters.hubmerge import _is_ours
from reletan.adapters.hubshapes import AutoMergeRequest, Enabler
from reletan.sandbox.github.faults import Fault
from reletan.sandbox.github.model import Protection
from reletan.sandbox.github.site import Site
from reletan.sandbox.world import World


def label_it(number: int) -> Callable[[Site], object]:
    return lambda site: site.label(number, "do-not-merge")


def test_what_changes_while_others_are_read_is_seen(small_hub_world: World) -> None:
    first, second = ready(small_hub_world), ready(small_hub_world)
    small_hub_world.check("e2e", None, first)
    # the first look reads both, the second one only what is to be merged
    small_hub_world.github.fault("graphql", f"p{second}:", nth=2, do=Fault.then(label_it(second)))
    assert left(small_hub_world, "--all") == {first: ["check-pending"], second: ["blocked-by-label"]}
    assert merges(small_hub_world) == 0


def test_what_changes_while_it_is_waited_for_is_seen(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    small_hub_world.check("e2e", None, number)

    def both(site: Site) -> None:
        site.check("e2e", "success", number)
        site.label(number, "do-not-merge")

    small_hub_world.github.fault("graphql", f"p{number}:", nth=2, do=Fault.then(both))
    assert left(small_hub_world, str(number), "--wait", "1") == {number: ["blocked-by-label"]}


def test_what_is_ready_does_not_wait_for_the_others(small_hub_world: World) -> None:
    first, second = ready(small_hub_world), ready(small_hub_world)
    small_hub_world.check("e2e", None, first)
    run = small_hub_world.reletan("automerge", "--all", "--wait", "1", "--json", check=True).json
    assert [(one["number"], one["outcome"]) for one in run["pull_requests"]] == [(first, None), (second, "merged")]
    # both at once, each of them before its merge, and the one that was waited for
    assert small_hub_world.github.requests("graphql", f"p{second}:") == 2
    assert small_hub_world.github.requests("graphql", f"p{first}:") == 2


def test_where_github_fails_in_the_middle_nothing_more_is_written(small_hub_world: World) -> None:
    policy(small_hub_world, "comment = true")
    unapproved = small_hub_world.open_pull("Not yet")
    number = ready(small_hub_world)
    small_hub_world.github.fault("graphql", f"p{number}:", nth=2, do=Fault.status(500), times=4)
    run = small_hub_world.reletan("automerge", "--all", "--json")
    assert run.code == 1
    assert [one["number"] for one in run.json["pull_requests"]] == [unapproved]
    assert (small_hub_world.comments, merges(small_hub_world)) == ([], 0)


def test_one_that_vanishes_is_left(small_hub_world: World) -> None:
    first, second = ready(small_hub_world), ready(small_hub_world)
    gone = Fault(bend=lambda reply: reply.but(content=_without(reply.content, second)))
    small_hub_world.github.fault("graphql", f"p{second}:", nth=2, do=gone)
    run = small_hub_world.reletan("automerge", "--all", "--json", check=True).json
    assert [(one["number"], one["outcome"]) for one in run["pull_requests"]] == [(first, "merged"), (second, None)]


def _without(content: bytes, number: int) -> bytes:
    answer = json.loads(content)
    answer["data"]["repository"][f"p{number}"] = None
    answer["errors"] = [{"type": "NOT_FOUND", "path": ["repository", f"p{number}"], "message": "Could not resolve"}]
    return json.dumps(answer).encode()


def test_what_changes_before_another_try_is_seen(small_hub_world: World) -> None:
    number = ready(small_hub_world)

    def meanwhile(site: Site) -> None:
        site.label(number, "do-not-merge")

    small_hub_world.github.fault("PUT", MERGE, do=Fault.base_modified())
    small_hub_world.github.fault("graphql", f"p{number}:", nth=2, do=Fault.then(meanwhile))
    assert left(small_hub_world, str(number)) == {number: ["blocked-by-label"]}
    assert merges(small_hub_world) == 1


@pytest.mark.parametrize("others", [[("test e2e", None)], [("test e2e", None), ("lint", "success")]])
def test_another_job_of_our_run_is_not_taken_for_ours(
    small_hub_world: World, others: list[tuple[str, str | None]]
) -> None:
    number = ready(small_hub_world)
    for name, conclusion in others:
        small_hub_world.check(name, conclusion, number, run=77)
    small_hub_world.check("build", "success", number, run=77)
    assert left(small_hub_world, **actions(small_hub_world, number)) == {number: ["check-pending"]}


def test_a_number_by_hand_does_not_make_the_job_forget_what_it_tested(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    job = {**circleci(small_hub_world, number), "CIRCLE_PULL_REQUESTS": "", "CIRCLE_PULL_REQUEST": ""}
    small_hub_world.push_to_pull(number)
    small_hub_world.approve(number)
    small_hub_world.check("test", "success", number)
    assert left(small_hub_world, str(number), **job) == {number: ["not-tested"]}


def test_a_check_of_our_own_policy_that_never_ran_is_waited_for(small_hub_world: World) -> None:
    policy(small_hub_world, 'required_checks = ["test", "e2e"]')
    number = ready(small_hub_world)
    assert left(small_hub_world, str(number)) == {number: ["check-missing"]}


def test_a_rule_of_ours_that_github_lacks_is_not_left_alone_with_it(small_hub_world: World) -> None:
    policy(small_hub_world, 'required_checks = ["test"]')
    small_hub_world.protect_branch("develop", Protection(approvals=1, checks=("automerge",)))
    number = ready(small_hub_world)
    small_hub_world.check("automerge", None, number, run=77)
    assert left(small_hub_world, **actions(small_hub_world, number)) == {number: ["own-check"]}


def test_weaker_rules_on_github_are_not_left_alone_with_it(small_hub_world: World) -> None:
    small_hub_world.protect_branch("develop", Protection(checks=("test", "automerge")))
    number = ready(small_hub_world)
    small_hub_world.check("automerge", None, number, run=77)
    assert left(small_hub_world, **actions(small_hub_world, number)) == {number: ["own-check"]}
    assert small_hub_world.pulls[number].auto_merge is None


@pytest.mark.parametrize("branch", ["staging", "master", "support/1.x", "release/1.4.0", "feature/base"])
def test_a_branch_that_others_need_is_not_deleted(small_hub_world: World, branch: str) -> None:
    policy(small_hub_world, "delete_branch = true")
    number = ready(small_hub_world, branch=branch)
    if branch == "feature/base":
        small_hub_world.open_pull("Upon it", "feature/upon", base=branch)
    small_hub_world.reletan("automerge", str(number), check=True)
    assert merged(small_hub_world) == [number]
    assert small_hub_world.head(branch) is not None


@pytest.mark.parametrize("option", ["--explain", "--dry-run"])
def test_what_would_be_merged_does_not_count_as_blocked(small_hub_world: World, option: str) -> None:
    number = ready(small_hub_world)
    small_hub_world.reletan("automerge", str(number), option, "--fail-if-blocked", check=True)
    small_hub_world.label(number, "wip")
    assert small_hub_world.reletan("automerge", str(number), option, "--fail-if-blocked").code == 3


def test_one_with_too_many_checks_does_not_hold_up_the_others(small_hub_world: World) -> None:
    many, other = ready(small_hub_world), ready(small_hub_world)
    for at in range(101):
        small_hub_world.check(f"check {at}", "success", many)
    run = small_hub_world.reletan("automerge", "--all", check=True)
    assert merged(small_hub_world) == [other]
    assert "more than 100 checks" in run.out


@pytest.mark.parametrize(
    ("by", "viewer", "ours"),
    [
        (("hana", "User"), "hana", True),
        (("yuki", "User"), "hana", False),
        (("github-actions", "Bot"), "github-actions[bot]", True),
        (("github-actions", "Bot"), "other-app[bot]", False),
        (("github-actions", "Bot"), None, True),
        (("hana", "User"), None, False),
    ],
)
def test_who_turned_auto_merge_on(by: tuple[str, str], viewer: str | None, ours: bool) -> None:
    assert _is_ours(AutoMergeRequest(Enabler(*by)), viewer) is ours
    assert _is_ours(None, viewer) is False
