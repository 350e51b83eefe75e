"""What `reletan automerge` makes of GitHub's answers to a merge: its refusals, its failures, and no answer at all."""

from collections.abc import Callable

import pytest
from automerging import MERGE, left, merged, merges, outcomes, policy, ready

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.github.memory import TOKEN
from reletan.sandbox.github.model import Protection
from reletan.sandbox.github.site import Site
from reletan.sandbox.world import World

# -- a no, in GitHub's words

REFUSALS = {
    "head modified": (409, "Head branch was modified. Review and try the merge again.", "moved"),
    "head out of date": (409, "Head branch is out of date. Review and try the merge again.", "moved"),
    "check expected": (405, 'Required status check "e2e" is expected.', "refused"),
    "check in progress": (405, 'Required status check "e2e" is in progress.', "refused"),
    "review": (405, "At least 2 approving reviews are required by reviewers with write access.", "refused"),
    "code owner": (405, "Waiting on code owner review from acme/leads.", "refused"),
    "method": (405, "Merge commits are not allowed on this repository.", "refused"),
    "not authorized": (405, "You're not authorized to push to this branch.", "refused"),
    "rules": (405, "Repository rule violations found\n\nChanges must be signed.\n\n", "refused"),
    "no reason": (405, "Pull Request is not mergeable", "refused"),
}


@pytest.mark.parametrize(("status", "words", "code"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_is_told_in_githubs_words_and_not_tried_again(
    small_hub_world: World, status: int, words: str, code: str
) -> None:
    number = ready(small_hub_world)
    small_hub_world.github.fault("PUT", MERGE, do=Fault.status(status, words))
    run = small_hub_world.reletan("automerge", str(number), "--json", check=True)
    (entry,) = run.json["pull_requests"]
    (reason,) = entry["reasons"]
    assert (entry["outcome"], entry["action"], reason["code"]) == (None, "leave", code)
    assert " ".join(words.split()) in reason["text"]
    assert (merged(small_hub_world), merges(small_hub_world)) == ([], 1)


def test_a_refusal_is_exit_3_where_that_is_asked_for(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    small_hub_world.github.fault("PUT", MERGE, do=Fault.status(405, "Changes must be signed."))
    run = small_hub_world.reletan("automerge", str(number), "--fail-if-blocked")
    assert run.code == 3
    assert "Changes must be signed." in run.out


def test_rules_that_github_does_not_show_before_are_told_after(small_hub_world: World) -> None:
    """No fault: the sandbox's own ruleset, which wants no merge commits."""
    number = ready(small_hub_world)
    small_hub_world.protect_branch("develop", Protection(linear=True, by_ruleset=True))
    assert left(small_hub_world, str(number)) == {number: ["refused"]}
    small_hub_world.reletan("automerge", str(number), "--method", "squash", check=True)
    assert merged(small_hub_world) == [number]


# -- the base moved: tried again


def test_a_base_that_moved_is_tried_again(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    small_hub_world.github.fault("PUT", MERGE, do=Fault.base_modified())
    run = small_hub_world.reletan("automerge", str(number), "--json", check=True)
    assert outcomes(run) == {number: "merged"}
    assert merges(small_hub_world) == 2
    assert "waiting for 4 s" in run.err


def test_a_base_that_goes_on_moving_is_left_after_three_tries(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    small_hub_world.github.fault("PUT", MERGE, do=Fault.base_modified(), times=None)
    assert left(small_hub_world, str(number)) == {number: ["moved"]}
    assert (merged(small_hub_world), merges(small_hub_world)) == ([], 3)


# -- somebody else merges it at the same moment


def _merge_it(number: int) -> Callable[[Site], object]:
    return lambda site: site.merge_pull(number, keep_branch=True)


def test_a_merge_that_is_under_way_already_is_waited_for(small_hub_world: World) -> None:
    number, hub = ready(small_hub_world), small_hub_world.github
    hub.fault("PUT", MERGE, do=Fault.status(405, "Merge already in progress"))
    hub.fault("GET", f"/repos/*/pulls/{number}", do=Fault.then(_merge_it(number)))
    run = small_hub_world.reletan("automerge", str(number), "--json", check=True)
    assert outcomes(run) == {number: "merged"}
    assert run.json["pull_requests"][0]["commit"] == small_hub_world.head("develop")
    assert merges(small_hub_world) == 1


def test_what_another_run_merged_first_is_no_failure(small_hub_world: World) -> None:
    number, hub = ready(small_hub_world), small_hub_world.github
    hub.fault("PUT", MERGE, do=Fault.then(_merge_it(number)))
    run = small_hub_world.reletan("automerge", str(number), "--json", "--fail-if-blocked")
    assert run.code == 0, run.err
    assert "refused" not in run.out
    assert merges(small_hub_world) == 1


# -- the merge queue


def test_where_a_merge_queue_rules_it_is_put_into_it(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    small_hub_world.protect_branch("develop", Protection(queue=True, admins=True))
    run = small_hub_world.reletan("automerge", str(number), "--json", check=True)
    assert outcomes(run) == {number: "enqueued"}
    assert merges(small_hub_world) == 0
    small_hub_world.queue_lag = 9
    assert left(small_hub_world, str(number)) in ({number: ["queue"]}, {number: ["merged"]})


def test_a_merge_queue_that_shows_only_in_the_refusal_is_obeyed_too(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    queue = Protection(queue=True, by_ruleset=True)
    small_hub_world.github.fault("PUT", MERGE, do=Fault.then(lambda site: site.protect_branch("develop", queue)))
    run = small_hub_world.reletan("automerge", str(number), "--json", check=True)
    assert outcomes(run) == {number: "enqueued"}
    assert small_hub_world.github.requests("graphql", "enqueuePullRequest") == 1


# -- no right


def test_a_token_without_the_right_is_exit_4(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    small_hub_world.permissions["hana"] = "read"
    run = small_hub_world.reletan("automerge", str(number))
    assert (run.code, merged(small_hub_world)) == (4, [])
    assert "Resource not accessible by personal access token" in run.err


def test_without_the_right_to_change_workflow_files_that_is_named(small_hub_world: World) -> None:
    number = ready(small_hub_world, files={".github/workflows/ci.yml": "on: push\n"})
    small_hub_world.github.fault("PUT", MERGE, do=Fault.status(403, "Resource not accessible by integration"))
    run = small_hub_world.reletan("automerge", str(number))
    assert run.code == 4
    assert "workflow" in run.err
    assert merged(small_hub_world) == []


def test_a_token_that_github_does_not_know_is_exit_4(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    run = small_hub_world.reletan("automerge", str(number), env={"GH_TOKEN": "ghp_of_nobody"})
    assert (run.code, merged(small_hub_world)) == (4, [])
    assert "ghp_of_nobody" not in run.out + run.err


# -- it is not known what happened: read back, never sent twice

DONE = {
    "cut after": Fault.cut_after(),
    "cut within": Fault.cut_within(),
    "truncated": Fault.truncated(),
    "502": Fault.status(502, effect=True),
    "a page with 200": Fault.html(200, effect=True),
    "a page with 504": Fault.html(504, effect=True),
}
NOT_DONE = {
    "cut before": Fault.cut_before(),
    "500": Fault.status(500),
    "503": Fault.status(503),
    "a page with 502": Fault.html(502),
    "a page with 200": Fault.html(200),
    "missing fields": Fault.status(200, "OK"),
}


@pytest.mark.parametrize("fault", DONE.values(), ids=DONE)
def test_a_merge_whose_answer_was_lost_is_found(small_hub_world: World, fault: Fault) -> None:
    number = ready(small_hub_world)
    small_hub_world.github.fault("PUT", MERGE, do=fault)
    run = small_hub_world.reletan("automerge", str(number), "--json", check=True)
    assert outcomes(run) == {number: "merged"}
    assert run.json["pull_requests"][0]["commit"] == small_hub_world.head("develop")
    assert merges(small_hub_world) == 1


@pytest.mark.parametrize("fault", NOT_DONE.values(), ids=NOT_DONE)
def test_a_merge_that_was_not_made_is_one_error_and_the_next_run_merges(small_hub_world: World, fault: Fault) -> None:
    number = ready(small_hub_world)
    small_hub_world.github.fault("PUT", MERGE, do=fault)
    run = small_hub_world.reletan("automerge", str(number))
    assert run.code == 1
    assert f"#{number} is not merged" in run.err
    assert run.err.count("error:") == 1
    assert (merged(small_hub_world), merges(small_hub_world)) == ([], 1)
    small_hub_world.reletan("automerge", str(number), check=True)
    assert (merged(small_hub_world), merges(small_hub_world)) == ([number], 2)


def test_when_reading_back_fails_there_is_another_way_to_see_it(small_hub_world: World) -> None:
    number, hub = ready(small_hub_world), small_hub_world.github
    hub.fault("PUT", MERGE, do=Fault.cut_after())
    hub.fault("GET", f"/repos/*/pulls/{number}", do=Fault.status(500), times=4)
    run = small_hub_world.reletan("automerge", str(number), "--json", check=True)
    assert outcomes(run) == {number: "merged"}
    assert merges(small_hub_world) == 1


def test_when_nothing_can_be_read_the_next_run_finds_out(small_hub_world: World) -> None:
    number, hub = ready(small_hub_world), small_hub_world.github
    hub.fault("PUT", MERGE, do=Fault.cut_after())
    hub.fault("GET", f"/repos/*/pulls/{number}", do=Fault.status(500), times=4)
    hub.fault("graphql", f"p{number}:", nth=2, do=Fault.status(500), times=4)
    run = small_hub_world.reletan("automerge", str(number))
    assert run.code == 1
    assert f"#{number}" in run.err
    assert "is not merged" not in run.err
    assert merges(small_hub_world) == 1
    assert left(small_hub_world, str(number)) == {number: ["merged"]}


# -- answers that cannot be understood

EMPTY = b'{"data":{"repository":{"id":"R_1","nameWithOwner":"acme/shop"}}}'
UNREADABLE = {
    "a page": Fault.html(200),
    "half an answer": Fault.truncated(),
    "missing fields": Fault(bend=lambda reply: reply.but(content=reply.content.replace(b'"headRefOid"', b'"x"'))),
    "a head that is no commit": Fault(bend=lambda reply: reply.but(content=reply.content.replace(b'"oid":"', b'"oid":"x'))),
    "no pull request": Fault(bend=lambda reply: reply.but(content=EMPTY)),
    "null": Fault(bend=lambda reply: reply.but(content=b"null")),
    "nothing": Fault(bend=lambda reply: reply.but(content=b"")),
    "half of the data": Fault.partial("mergeStateStatus"),
    "an error everywhere": Fault.partial(),
    "500": Fault.status(500),
}  # fmt: skip


@pytest.mark.parametrize("fault", UNREADABLE.values(), ids=UNREADABLE)
def test_an_answer_that_cannot_be_understood_merges_nothing(small_hub_world: World, fault: Fault) -> None:
    policy(small_hub_world, "approvals = 0")
    number = ready(small_hub_world)
    small_hub_world.github.fault("graphql", do=fault, times=None)
    run = small_hub_world.reletan("automerge", str(number))
    assert (run.code, merges(small_hub_world)) == (1, 0), run.err
    assert run.err.count("error:") == 1
    assert "Traceback" not in run.err
    assert TOKEN not in run.err
