"""The job that runs `reletan automerge` is a check itself (fault 34): it holds nothing up, and where a rule wants it to be
green GitHub is left to merge, as long as the policy is met.
"""

import pytest
from automerging import actions, circleci, left, merged, merges, outcomes, policy, ready

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.github.model import Protection
from reletan.sandbox.world import World


@pytest.mark.parametrize("ci", ["actions", "circleci"])
@pytest.mark.parametrize("required", [True, False])
def test_our_own_check_does_not_hold_it_up(small_hub_world: World, ci: str, required: bool) -> None:
    number = ready(small_hub_world)
    if required:
        small_hub_world.protect_branch("develop", Protection(approvals=1, checks=("automerge",), admins=True))
    if ci == "actions":
        environment = actions(small_hub_world, number)
        small_hub_world.check("automerge", None, number, run=77)
    else:
        environment = circleci(small_hub_world, number)
        small_hub_world.status("automerge", "pending", number, f"{environment['CIRCLE_BUILD_URL']}?utm_source=github")
    run = small_hub_world.reletan("automerge", "--json", env=environment, check=True)
    assert outcomes(run) == {number: "auto-merge enabled" if required else "merged"}
    assert merges(small_hub_world) == (0 if required else 1)
    if required:
        assert [reason["code"] for reason in run.json["pull_requests"][0]["reasons"]] == ["own-check"]
        _end_our_job(small_hub_world, number, ci)
        assert left(small_hub_world, str(number)) == {number: ["merged"]}


def _end_our_job(world: World, number: int, ci: str) -> None:
    if ci == "actions":
        world.check("automerge", "success", number, run=77)
    else:
        world.status("automerge", "success", number)


@pytest.mark.parametrize("native", ["false", "true"])
def test_where_github_may_not_merge_by_itself_our_own_check_is_explained(small_hub_world: World, native: str) -> None:
    number = ready(small_hub_world)
    small_hub_world.settings.auto_merge = False
    small_hub_world.protect_branch("develop", Protection(approvals=1, checks=("automerge",), admins=True))
    small_hub_world.check("automerge", None, number, run=77)
    environment = actions(small_hub_world, number) | {"RELETAN_AUTOMERGE_NATIVE": native}
    run = small_hub_world.reletan("automerge", "--json", env=environment, check=True)
    codes = [reason["code"] for reason in run.json["pull_requests"][0]["reasons"]]
    assert codes == (["own-check", "refused"] if native == "true" else ["own-check"])
    assert "this job itself" in run.out
    assert merged(small_hub_world) == []


def test_where_githubs_rules_are_weaker_than_the_policy_github_is_not_left_to_merge(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    small_hub_world.protect_branch("develop", Protection(checks=("automerge",), admins=True))
    small_hub_world.check("automerge", None, number, run=77)
    assert left(small_hub_world, **actions(small_hub_world, number)) == {number: ["own-check"]}
    assert small_hub_world.pulls[number].auto_merge is None


def test_a_push_after_it_was_handed_over_takes_it_back(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    small_hub_world.protect_branch("develop", Protection(approvals=1, checks=("automerge",), admins=True))
    small_hub_world.check("automerge", None, number, run=77)
    small_hub_world.reletan("automerge", env=actions(small_hub_world, number), check=True)
    small_hub_world.push_to_pull(number, "Sneak in")
    small_hub_world.check("automerge", None, number, run=78)
    environment = actions(small_hub_world, number, run=78)
    run = small_hub_world.reletan("automerge", "--json", "--fail-if-blocked", env=environment)
    assert (run.code, outcomes(run)) == (3, {number: "auto-merge disabled"})
    assert small_hub_world.pulls[number].auto_merge is None


@pytest.mark.parametrize("other", [{"run": 78}, {"name": "test-2"}], ids=["another run", "another job of it"])
def test_the_check_of_another_job_counts(small_hub_world: World, other: dict[str, object]) -> None:
    number = ready(small_hub_world)
    small_hub_world.check(str(other.get("name", "automerge")), None, number, run=78 if "run" in other else 77)
    small_hub_world.check("automerge", None, number, run=77)
    codes = left(small_hub_world, **actions(small_hub_world, number))
    assert codes == {number: ["check-pending"]}


def test_a_job_that_turns_green_after_judging_lets_github_say_so(small_hub_world: World) -> None:
    """Auto-merge for what could be merged at once is refused by GitHub: then it is merged."""
    number = ready(small_hub_world)
    small_hub_world.protect_branch("develop", Protection(approvals=1, checks=("automerge",), admins=True))
    small_hub_world.check("automerge", None, number, run=77)
    small_hub_world.github.fault(
        "graphql", "enablePullRequestAutoMerge",
        do=Fault.then(lambda site: site.check("automerge", "success", number, run=77)),
    )  # fmt: skip
    run = small_hub_world.reletan("automerge", "--json", env=actions(small_hub_world, number), check=True)
    assert outcomes(run) == {number: "merged"}
    assert merged(small_hub_world) == [number]


# -- what the policy wants to see of the other checks


def test_a_check_that_the_policy_wants_and_nobody_reported_holds_it_up(small_hub_world: World) -> None:
    policy(small_hub_world, 'required_checks = ["e2e"]')
    number = ready(small_hub_world)
    assert left(small_hub_world, str(number)) == {number: ["check-missing"]}
    small_hub_world.status("e2e", "success", number)
    small_hub_world.reletan("automerge", str(number), check=True)
    assert merged(small_hub_world) == [number]


def test_a_check_that_does_not_count_holds_nothing_up_unless_it_is_required(small_hub_world: World) -> None:
    policy(small_hub_world, 'ignore_checks = ["coverage"]')
    one, two = ready(small_hub_world), ready(small_hub_world)
    for number in (one, two):
        small_hub_world.check("coverage", "failure", number)
    small_hub_world.reletan("automerge", str(one), check=True)
    small_hub_world.protect_branch("develop", Protection(checks=("coverage",), admins=True))
    assert left(small_hub_world, str(two)) == {two: ["check-failed"]}
    assert merged(small_hub_world) == [one]


def test_more_checks_than_can_be_read_hold_up_this_one_and_no_other(small_hub_world: World) -> None:
    many, number = ready(small_hub_world), ready(small_hub_world)
    for i in range(101):
        small_hub_world.status(f"shard {i}", "success", many)
    run = small_hub_world.reletan("automerge", "--all", "--json", check=True)
    assert outcomes(run) == {many: None, number: "merged"}
    assert "more than 100 checks" in run.out
