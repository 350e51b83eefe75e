"""`reletan automerge` in a CI job: which pull request, forks, and what somebody else may have written."""

import json
import time
from collections.abc import Callable

import pytest
from automerging import actions, circleci, left, merged, merges, outcomes, ready

from reletan.sandbox.world import World

QUIET = {"GH_TOKEN": "", "GITHUB_TOKEN": ""}

# -- which pull request


def test_the_jobs_own_pull_request_is_merged_and_no_other(small_hub_world: World) -> None:
    other, number = ready(small_hub_world), ready(small_hub_world)
    small_hub_world.reletan("automerge", env=actions(small_hub_world, number), check=True)
    assert merged(small_hub_world) == [number]
    small_hub_world.reletan("automerge", env=circleci(small_hub_world, other), check=True)
    assert merged(small_hub_world) == [other, number]


def test_of_several_from_one_branch_each_is_judged(small_hub_world: World) -> None:
    number = ready(small_hub_world, branch="feature/gift-cards")
    stacked = small_hub_world.open_pull("To main too", "feature/gift-cards", base="main", commits=0)
    run = small_hub_world.reletan("automerge", "--json", env=circleci(small_hub_world, number, stacked), check=True)
    assert outcomes(run) == {number: "merged", stacked: None}


def test_where_no_variable_names_it_the_commit_does(small_hub_world: World) -> None:
    number = ready(small_hub_world, branch="feature/gift-cards")
    environment = circleci(small_hub_world, number) | {"CIRCLE_PULL_REQUEST": "", "CIRCLE_PULL_REQUESTS": "<nil>"}
    small_hub_world.reletan("automerge", env=environment, check=True)
    assert merged(small_hub_world) == [number]
    assert len(small_hub_world.github.exchanges) == 3


def test_a_branch_without_a_pull_request_is_nothing_to_do(small_hub_world: World) -> None:
    number = ready(small_hub_world, branch="feature/gift-cards")
    environment = circleci(small_hub_world, number) | {"CIRCLE_PULL_REQUEST": "", "CIRCLE_PULL_REQUESTS": ""}
    small_hub_world.push_to_pull(number)
    run = small_hub_world.reletan("automerge", env=environment, check=True)
    assert "no open pull request" in run.err
    assert merges(small_hub_world) == 0


def test_in_a_clone_the_branch_that_is_checked_out_says_it(small_hub_world: World) -> None:
    number = ready(small_hub_world, branch="feature/gift-cards")
    small_hub_world.git("fetch", "--quiet")
    small_hub_world.git("switch", "--quiet", "feature/gift-cards")
    small_hub_world.reletan("automerge", check=True)
    assert merged(small_hub_world) == [number]


def test_in_a_clone_of_a_branch_without_one_the_number_is_missing(small_hub_world: World) -> None:
    run = small_hub_world.reletan("automerge")
    assert run.code == 2
    assert "--all" in run.err


@pytest.mark.parametrize(
    "args", [["x"], ["0"], ["-4"], ["4", "--all"], ["4", "--method", "octopus"], ["4", "--wait", "-1"]]
)
def test_what_cannot_be_meant_is_exit_2(small_hub_world: World, args: list[str]) -> None:
    ready(small_hub_world)
    assert small_hub_world.reletan("automerge", *args).code == 2
    assert small_hub_world.github.exchanges == []


def test_a_number_that_is_no_pull_request_stops_before_any_merge(small_hub_world: World) -> None:
    number, issue = ready(small_hub_world), small_hub_world.open_issue("It is broken")
    run = small_hub_world.reletan("automerge", str(number), str(issue), "999")
    assert run.code == 2
    assert f"#{issue}, #999" in run.err
    assert merged(small_hub_world) == []


# -- the commit that was tested (fault 35)


@pytest.mark.parametrize("ci", [actions, circleci])
def test_a_push_since_the_job_began_is_left_to_the_next_job(
    small_hub_world: World, ci: Callable[..., dict[str, str]]
) -> None:
    number = ready(small_hub_world)
    environment = ci(small_hub_world, number)
    small_hub_world.push_to_pull(number, "More")
    small_hub_world.approve(number)
    small_hub_world.check("test", "success", number)
    assert left(small_hub_world, **environment) == {number: ["not-tested"]}
    assert merges(small_hub_world) == 0


# -- forks and tokens (faults 27 and 36)


def test_without_a_token_it_is_exit_4_at_once(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    began = time.monotonic()
    for environment in (QUIET, QUIET | actions(small_hub_world, number), QUIET | circleci(small_hub_world, number)):
        run = small_hub_world.reletan("automerge", str(number), env=environment)
        assert run.code == 4
        assert "GH_TOKEN" in run.err
    assert time.monotonic() - began < 10
    assert small_hub_world.github.exchanges == []


@pytest.mark.parametrize("ci", ["actions", "circleci"])
def test_a_build_of_a_fork_has_no_token_and_says_so(small_hub_world: World, ci: str) -> None:
    number = ready(small_hub_world, author="Lena", fork="lena")
    if ci == "actions":
        environment = actions(small_hub_world, number)
    else:
        # of a fork CircleCI tells another branch, and whose it is
        told = {"CIRCLE_BRANCH": f"pull/{number}", "CIRCLE_PR_NUMBER": str(number), "CIRCLE_PR_USERNAME": "lena"}
        environment = circleci(small_hub_world, number) | told
    run = small_hub_world.reletan("automerge", env=environment | QUIET, check=True)
    assert "fork" in run.err
    assert small_hub_world.github.exchanges == []
    assert left(small_hub_world, **environment) == {number: ["fork"]}


def test_a_fork_is_merged_where_the_base_allows_it(small_hub_world: World) -> None:
    number = ready(small_hub_world, author="Lena", fork="lena")
    small_hub_world.commit("develop", "Let strangers in", {".reletan.toml": "[automerge]\nforks = true\n"})
    small_hub_world.reletan("automerge", env=actions(small_hub_world, number), check=True)
    assert merged(small_hub_world) == [number]


SPOOFED = (
    "https://127.0.0.1/acme/till/pull/4",
    "https://evil.example/acme/shop/pull/4",
    "https://127.0.0.1@evil.example/acme/shop/pull/4",
    "https://127.0.0.1/acme/shop/issues/4",
    "https://127.0.0.1/acme/shop/pull/4;id",
    "https://127.0.0.1/acme/shop/pull/-4",
    "file:///acme/shop/pull/4",
)


@pytest.mark.parametrize("url", SPOOFED)
def test_an_address_that_is_not_of_our_repository_is_refused(small_hub_world: World, url: str) -> None:
    number = ready(small_hub_world)
    run = small_hub_world.reletan("automerge", env=circleci(small_hub_world, number) | {"CIRCLE_PULL_REQUEST": url})
    assert (run.code, small_hub_world.github.exchanges) == (2, [])
    assert "CIRCLE_PULL_REQUEST" in run.err


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"GITHUB_REPOSITORY": "evil/shop"}, "GITHUB_REPOSITORY"),
        ({"GITHUB_RUN_ID": "1 or 1"}, "GITHUB_RUN_ID"),
        ({"GITHUB_EVENT_PATH": "/dev/zero"}, "GITHUB_EVENT_PATH"),
        ({"GITHUB_EVENT_PATH": "/nowhere/event.json"}, "GITHUB_EVENT_PATH"),
    ],
)
def test_a_job_of_another_repository_is_refused(small_hub_world: World, variables: dict[str, str], said: str) -> None:
    number = ready(small_hub_world)
    run = small_hub_world.reletan("automerge", env=actions(small_hub_world, number) | variables)
    assert (run.code, small_hub_world.github.exchanges) == (2, [])
    assert said in run.err


@pytest.mark.parametrize(
    "event", ["", "{", "[]", '{"pull_request": {"number": "4; id"}}', '{"pull_request": null}', "[" * 10_000]
)
def test_an_event_that_cannot_be_true_is_refused(small_hub_world: World, event: str) -> None:
    environment = actions(small_hub_world, ready(small_hub_world))
    (small_hub_world.folder / "event.json").write_text(event)
    run = small_hub_world.reletan("automerge", env=environment)
    assert (run.code, small_hub_world.github.exchanges) == (2, [])
    assert "GITHUB_EVENT_PATH" in run.err


def test_a_fork_that_passes_for_ours_in_the_event_is_still_a_fork(small_hub_world: World) -> None:
    number = ready(small_hub_world, author="Lena", fork="lena")
    environment = actions(small_hub_world, number)
    event = json.loads((small_hub_world.folder / "event.json").read_text())
    event["pull_request"]["head"]["repo"]["full_name"] = "acme/shop"
    (small_hub_world.folder / "event.json").write_text(json.dumps(event))
    assert left(small_hub_world, **environment) == {number: ["fork"]}


# -- a repository that was renamed (fault 37)


def test_after_a_renaming_it_is_read_but_nothing_is_written(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    small_hub_world.rename("store")
    old = {"RELETAN_GITHUB_REPOSITORY": "acme/shop"}
    explained = small_hub_world.reletan("automerge", str(number), "--explain", env=old, check=True)
    assert "would merge" in explained.out
    before = small_hub_world.dump()
    run = small_hub_world.reletan("automerge", str(number), env=old)
    assert run.code == 1
    assert "acme/store" in run.err
    assert small_hub_world.dump() == before
    small_hub_world.reletan("automerge", str(number), check=True)
    assert merged(small_hub_world) == [number]


# -- nobody to ask (fault 48)


@pytest.mark.parametrize("stdin", ["", "n\n"], ids=["nothing", "a piped no"])
def test_without_a_terminal_nothing_is_asked(small_hub_world: World, stdin: str) -> None:
    number = ready(small_hub_world)
    run = small_hub_world.reletan("automerge", str(number), stdin=stdin, check=True)
    assert "?" not in run.err
    assert merged(small_hub_world) == [number]
