"""`reletan automerge --all`, several at once, and what happens between judging and merging."""

import subprocess
from collections.abc import Mapping

import pytest
from automerging import MERGE, actions, left, merged, merges, outcomes, policy, ready

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.github.site import Site
from reletan.sandbox.http.wire import Reply
from reletan.sandbox.world import World


def _landed(world: World) -> list[int]:
    """The numbers of the pull requests by the order of their merges into develop."""
    subjects = world.look("log", "--first-parent", "--reverse", "--format=%s", "develop", cwd=world.origin).split("\n")
    return [int(subject.split()[3][1:]) for subject in subjects if subject.startswith("Merge pull request")]


# -- one after the other


def test_all_that_are_ready_are_merged_the_oldest_first(small_hub_world: World) -> None:
    one, two, three = (ready(small_hub_world) for _ in range(3))
    unapproved = small_hub_world.open_pull("Not approved")
    run = small_hub_world.reletan("automerge", "--all", "--json", check=True)
    assert outcomes(run) == {one: "merged", two: "merged", three: "merged", unapproved: None}
    assert _landed(small_hub_world)[-3:] == [one, two, three]


def test_what_conflicts_with_what_was_just_merged_is_left(small_hub_world: World) -> None:
    one = ready(small_hub_world, files={"VERSION": "one\n"})
    two = ready(small_hub_world, files={"VERSION": "two\n"})
    three = ready(small_hub_world)
    run = small_hub_world.reletan("automerge", "--all", "--json", check=True)
    assert outcomes(run) == {one: "merged", two: None, three: "merged"}
    assert [reason["code"] for reason in run.json["pull_requests"][1]["reasons"]] == ["conflict"]
    assert merges(small_hub_world) == 2


def test_an_approval_that_is_withdrawn_meanwhile_counts(small_hub_world: World) -> None:
    one, two = ready(small_hub_world), ready(small_hub_world)
    small_hub_world.github.fault("PUT", MERGE, do=Fault.then(lambda site: _regret(site, two)))
    run = small_hub_world.reletan("automerge", "--all", "--json", check=True)
    assert outcomes(run) == {one: "merged", two: None}
    assert [reason["code"] for reason in run.json["pull_requests"][1]["reasons"]] == ["approvals", "changes-requested"]


def _regret(site: Site, number: int) -> None:
    assert isinstance(site, World)
    site.request_changes(number)


def test_pull_requests_into_other_branches_are_not_touched(small_hub_world: World) -> None:
    number, elsewhere = ready(small_hub_world), ready(small_hub_world, base="main")
    run = small_hub_world.reletan("automerge", "--all", "--json", "--fail-if-blocked", check=True)
    assert outcomes(run) == {number: "merged"}
    assert merged(small_hub_world) == [number]
    assert left(small_hub_world, str(elsewhere)) == {elsewhere: ["base-not-allowed"]}


def test_with_nothing_open_there_is_nothing_to_do(small_hub_world: World) -> None:
    run = small_hub_world.reletan("automerge", "--all", "--fail-if-blocked")
    assert run.code == 0
    assert "no open pull request" in run.err
    assert small_hub_world.reletan("automerge", "--all", "--json", check=True).json["pull_requests"] == []


def test_in_a_job_all_takes_those_too_that_the_job_did_not_test(small_hub_world: World) -> None:
    one, two = ready(small_hub_world), ready(small_hub_world)
    small_hub_world.reletan("automerge", "--all", env=actions(small_hub_world, one), check=True)
    assert merged(small_hub_world) == [one, two]


def test_what_github_works_out_is_waited_for_once_for_all(small_hub_world: World) -> None:
    numbers = [ready(small_hub_world) for _ in range(3)]
    small_hub_world.unknown_reads = 1
    run = small_hub_world.reletan("automerge", "--all", "--explain", check=True)
    assert run.err.count("waiting for 1 s") == 1
    assert all(f"#{number}" in run.err for number in numbers)


# -- a failure in the middle


def test_a_failure_in_the_middle_does_not_hold_up_the_others(small_hub_world: World) -> None:
    one, two, three = (ready(small_hub_world) for _ in range(3))
    small_hub_world.github.fault("PUT", MERGE, nth=2, do=Fault.status(502))
    run = small_hub_world.reletan("automerge", "--all", "--json")
    assert run.code == 1
    assert outcomes(run) == {one: "merged", three: "merged"}
    assert f"#{two} is not merged" in run.err
    assert merged(small_hub_world) == [one, three]
    small_hub_world.reletan("automerge", "--all", check=True)
    assert merged(small_hub_world) == [one, two, three]


def test_one_that_the_token_may_not_merge_does_not_hold_up_the_others(small_hub_world: World) -> None:
    one, two = ready(small_hub_world, files={".github/workflows/ci.yml": "on: push\n"}), ready(small_hub_world)
    small_hub_world.github.fault(
        "PUT", f"*/{one}/merge", do=Fault.status(403, "Resource not accessible by integration")
    )
    run = small_hub_world.reletan("automerge", "--all")
    assert run.code == 4
    assert f"#{one}: " in run.err
    assert f"#{two}" in run.out
    assert merged(small_hub_world) == [two]


def test_one_with_a_broken_policy_does_not_hold_up_the_others(small_hub_world: World) -> None:
    small_hub_world.branch("feature/base", "refs/heads/develop")
    policy(small_hub_world, "approvals = many", branch="feature/base")
    stacked, number = ready(small_hub_world, base="feature/base"), ready(small_hub_world)
    run = small_hub_world.reletan("automerge", "--all")
    assert run.code == 2
    assert f"#{stacked}: " in run.err
    assert "feature/base" in run.err
    assert merged(small_hub_world) == [number]


# -- somebody does something between judging and merging (fault 35)


def test_a_push_between_judging_and_merging_is_not_merged(small_hub_world: World) -> None:
    number, hub = ready(small_hub_world), small_hub_world.github
    develop = small_hub_world.head("develop")
    hub.fault("PUT", MERGE, do=Fault.then(lambda site: site.push_to_pull(number, "Sneak in")))
    assert left(small_hub_world, str(number)) == {number: ["moved"]}
    assert (small_hub_world.head("develop"), merges(small_hub_world)) == (develop, 1)
    assert left(small_hub_world, str(number)) == {number: ["approvals"]}


def test_a_push_after_the_approval_needs_another_one(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    small_hub_world.push_to_pull(number, "One more thing")
    small_hub_world.check("test", "success", number)
    run = small_hub_world.reletan("automerge", str(number), check=True)
    assert "yuki approved an earlier one" in run.out
    assert merges(small_hub_world) == 0
    small_hub_world.approve(number)
    small_hub_world.reletan("automerge", str(number), check=True)
    assert merged(small_hub_world) == [number]


def test_a_push_after_the_merge_keeps_the_branch(small_hub_world: World) -> None:
    policy(small_hub_world, "delete_branch = true")
    number = ready(small_hub_world, branch="feature/gift-cards")
    more = Fault.then(lambda site: site.commit("feature/gift-cards", "Too late"))
    small_hub_world.github.fault("graphql", "updateRefs", do=more)
    run = small_hub_world.reletan("automerge", str(number), check=True)
    assert merged(small_hub_world) == [number]
    assert "feature/gift-cards" in small_hub_world.branches()
    assert "was not deleted" in run.err


# -- two at once


def _both(world: World, *args: str, env: Mapping[str, str] | None = None) -> list[tuple[int, str]]:
    """Two runs at the same time: (exit code, everything said)."""
    running = [
        subprocess.Popen(
            world.command("automerge", *args), cwd=world.clone, env=world.environment(env), stdin=subprocess.DEVNULL,
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        for _ in range(2)
    ]  # fmt: skip
    said = [process.communicate(timeout=60)[0] for process in running]
    return [(process.returncode, text) for process, text in zip(running, said, strict=True)]


@pytest.mark.parametrize("one_by_one", [False, True], ids=["as it comes", "the second judges before the first merges"])
def test_two_runs_merge_a_pull_request_once(small_hub_world: World, one_by_one: bool) -> None:
    number = ready(small_hub_world)
    if one_by_one:
        # both have judged by the time that the first merge is done
        small_hub_world.github.fault("PUT", MERGE, do=Fault.delay(1))
    answers = _both(small_hub_world, str(number), "--fail-if-blocked")
    assert [code for code, _ in answers] == [0, 0], answers
    assert _landed(small_hub_world).count(number) == 1


def test_two_runs_of_all_merge_each_once(small_hub_world: World) -> None:
    numbers = [ready(small_hub_world) for _ in range(5)]
    answers = _both(small_hub_world, "--all", "--fail-if-blocked")
    assert [code for code, _ in answers] == [0, 0], answers
    assert sorted(_landed(small_hub_world)[-5:]) == numbers
    assert all("Traceback" not in said for _, said in answers)


# -- GitHub has not worked it out (fault 33)


def test_what_is_unknown_for_three_reads_is_merged_then(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    small_hub_world.unknown_reads = 3
    run = small_hub_world.reletan("automerge", str(number), "--json", check=True)
    assert outcomes(run) == {number: "merged"}
    assert small_hub_world.github.requests("graphql") == 4


def test_what_stays_unknown_is_never_merged(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    small_hub_world.unknown_reads = 1_000
    run = small_hub_world.reletan("automerge", str(number), "--json", "--fail-if-blocked")
    assert run.code == 3
    assert [reason["code"] for reason in run.json["pull_requests"][0]["reasons"]] == ["unknown"]
    assert (merges(small_hub_world), small_hub_world.github.requests("graphql")) == (0, 4)


@pytest.mark.parametrize("state", ["BRAND_NEW", "DRAFT", ""])
def test_a_state_that_nobody_knows_is_never_merged(small_hub_world: World, state: str) -> None:
    number = ready(small_hub_world)

    def bend(reply: Reply) -> Reply:
        assert b'"CLEAN"' in reply.content
        return reply.but(content=reply.content.replace(b'"CLEAN"', f'"{state}"'.encode()))

    small_hub_world.github.fault("graphql", do=Fault(bend=bend), times=None)
    assert left(small_hub_world, str(number)) == {number: ["unknown"]}
    assert merges(small_hub_world) == 0


# -- waiting


def test_the_seconds_to_wait_are_those_of_the_whole_run(small_hub_world: World) -> None:
    numbers = [ready(small_hub_world) for _ in range(2)]
    for number in numbers:
        small_hub_world.check("e2e", None, number)
    run = small_hub_world.reletan("automerge", "--all", "--wait", "2", check=True)
    assert run.err.count("waiting for 2 s") == 1
    assert merges(small_hub_world) == 0


def test_what_no_waiting_mends_is_not_waited_for(small_hub_world: World) -> None:
    number = ready(small_hub_world, base="main")
    small_hub_world.check("e2e", None, number)
    run = small_hub_world.reletan("automerge", str(number), "--wait", "600", check=True)
    assert "waiting" not in run.err
