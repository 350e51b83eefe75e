"""What `reletan automerge` says: on stdout, in GitHub Actions, and in a comment on the pull request."""

import re

import pytest
from automerging import actions, merged, policy, ready, summary_of

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.github.memory import TOKEN
from reletan.sandbox.github.model import Protection
from reletan.sandbox.world import World

MARKER = "<!-- reletan:automerge -->"
HOSTILE = "::error::no\x1b[31m [/] <img src=x> @team `x` %0A::warning::\n::set-output name=x::y | [a](javascript:x)"
# Markdown and HTML that is not escaped, and mentions
LIVE = re.compile(r"(?<!\\)[<`]|(?<!\\)\](?!\(http://127)|@\w")


def _comments(world: World, number: int) -> list[str]:
    return [comment.body for comment in world.comments if comment.number == number]


# -- the comment


def test_the_comment_is_written_once_and_edited_in_place(small_hub_world: World) -> None:
    policy(small_hub_world, "comment = true")
    small_hub_world.unknown_reads = 0
    number = small_hub_world.open_pull("Add gift cards", author="Marta")
    small_hub_world.reletan("automerge", str(number), check=True)
    (first,) = _comments(small_hub_world, number)
    assert first.startswith(MARKER)
    assert "0 of 1 approvals" in first

    small_hub_world.reletan("automerge", str(number), check=True)
    assert _comments(small_hub_world, number) == [first]
    assert small_hub_world.github.requests("graphql", "updateIssueComment") == 0

    small_hub_world.label(number, "wip")
    small_hub_world.reletan("automerge", str(number), check=True)
    (second,) = _comments(small_hub_world, number)
    assert "wip" in second

    small_hub_world.pulls[number].labels.clear()
    small_hub_world.approve(number)
    small_hub_world.reletan("automerge", str(number), check=True)
    (last,) = _comments(small_hub_world, number)
    assert "merged this" in last
    assert merged(small_hub_world) == [number]


def test_what_is_merged_at_once_needs_no_comment(small_hub_world: World) -> None:
    policy(small_hub_world, "comment = true")
    number = ready(small_hub_world)
    small_hub_world.reletan("automerge", str(number), check=True)
    assert (merged(small_hub_world), _comments(small_hub_world, number)) == ([number], [])


@pytest.mark.parametrize("args", [["--explain"], ["--dry-run"]])
def test_who_only_looks_writes_no_comment(small_hub_world: World, args: list[str]) -> None:
    policy(small_hub_world, "comment = true")
    number = small_hub_world.open_pull("Add gift cards")
    small_hub_world.unknown_reads = 0
    small_hub_world.reletan("automerge", str(number), *args, check=True)
    assert _comments(small_hub_world, number) == []


def test_a_comment_of_somebody_else_is_not_touched(small_hub_world: World) -> None:
    policy(small_hub_world, "comment = true")
    small_hub_world.permissions["hana"] = "write"
    small_hub_world.unknown_reads = 0
    number = small_hub_world.open_pull("Add gift cards", author="Marta")
    small_hub_world.comment(number, f"Look, {MARKER}", by="Yuki")
    small_hub_world.reletan("automerge", str(number), check=True)
    theirs, ours = _comments(small_hub_world, number)
    assert theirs == f"Look, {MARKER}"
    assert ours.startswith(MARKER)


def test_a_comment_that_cannot_be_written_is_a_warning(small_hub_world: World) -> None:
    policy(small_hub_world, "comment = true")
    small_hub_world.unknown_reads = 0
    number = small_hub_world.open_pull("Add gift cards")
    small_hub_world.github.fault("graphql", "addComment", do=Fault.status(502))
    run = small_hub_world.reletan("automerge", str(number), check=True)
    assert "comment" in run.err
    assert "0 of 1 approvals" in run.out


def test_a_comment_whose_answer_was_lost_is_not_written_again(small_hub_world: World) -> None:
    policy(small_hub_world, "comment = true")
    small_hub_world.unknown_reads = 0
    number = small_hub_world.open_pull("Add gift cards")
    small_hub_world.github.fault("graphql", "addComment", do=Fault.cut_after())
    small_hub_world.reletan("automerge", str(number), check=True)
    small_hub_world.reletan("automerge", str(number), check=True)
    assert len(_comments(small_hub_world, number)) == 1


def test_hostile_words_are_inert_in_the_comment(small_hub_world: World) -> None:
    policy(small_hub_world, "comment = true")
    small_hub_world.unknown_reads = 0
    number = small_hub_world.open_pull("Add gift cards")
    small_hub_world.check("@team <img src=x> `x` [a](https://evil.example)", "failure", number)
    small_hub_world.reletan("automerge", str(number), check=True)
    (body,) = _comments(small_hub_world, number)
    assert not LIVE.search(body.removeprefix(MARKER))


# -- GitHub Actions


def test_actions_gets_a_summary_and_notes(small_hub_world: World) -> None:
    number = ready(small_hub_world, "Add gift cards")
    run = small_hub_world.reletan("automerge", env=actions(small_hub_world, number), check=True)
    assert f"::notice title=#{number} merged::Add gift cards" in run.out.splitlines()
    summary = summary_of(small_hub_world).read_text()
    assert f"[#{number}]({small_hub_world.github.url}/acme/shop/pull/{number})" in summary
    assert "| Add gift cards | merged as " in summary


def test_what_is_to_be_mended_is_a_warning(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    small_hub_world.check("e2e", "failure", number)
    run = small_hub_world.reletan("automerge", env=actions(small_hub_world, number), check=True)
    assert f"::warning title=#{number} left alone::Add gift cards: checks failed: e2e" in run.out.splitlines()


def test_summaries_add_up(small_hub_world: World) -> None:
    one, two = ready(small_hub_world), ready(small_hub_world)
    for number in (one, two):
        small_hub_world.reletan("automerge", env=actions(small_hub_world, number), check=True)
    assert summary_of(small_hub_world).read_text().count("### reletan automerge") == 2


def test_with_json_stdout_holds_the_json_alone(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    run = small_hub_world.reletan("automerge", "--json", env=actions(small_hub_world, number), check=True)
    assert run.json["command"] == "automerge"
    assert "merged" in summary_of(small_hub_world).read_text()


@pytest.mark.parametrize("merge", [True, False])
def test_hostile_titles_give_no_commands_and_no_markup(small_hub_world: World, merge: bool) -> None:
    number = ready(small_hub_world, HOSTILE)
    if not merge:
        small_hub_world.check("\n::error::x", "failure", number)
    run = small_hub_world.reletan("automerge", env=actions(small_hub_world, number), check=True)
    commands = [line for line in run.out.splitlines() if line.lstrip().startswith("::")]
    assert [line.partition(" ")[0] for line in commands] == ["::notice" if merge else "::warning"]
    assert "\x1b" not in run.out + run.err
    summary = summary_of(small_hub_world).read_text()
    assert not LIVE.search(summary.replace("<br>", ""))


# -- exit codes and secrets


def test_json_of_a_failure_is_one_object(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    small_hub_world.github.fault("PUT", "*/merge", do=Fault.status(500))
    run = small_hub_world.reletan("automerge", str(number), "--json")
    assert (run.code, run.json["error"]["exit"]) == (1, 1)


def test_json_of_what_is_blocked_is_one_object(small_hub_world: World) -> None:
    small_hub_world.unknown_reads = 0
    number = small_hub_world.open_pull("Not approved")
    run = small_hub_world.reletan("automerge", str(number), "--json", "--fail-if-blocked")
    assert run.code == 3
    assert run.json["pull_requests"][0]["number"] == number


def test_handed_over_is_not_blocked(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    small_hub_world.protect_branch("develop", Protection(approvals=1, checks=("automerge",), admins=True))
    small_hub_world.check("automerge", None, number, run=77)
    env = actions(small_hub_world, number)
    small_hub_world.reletan("automerge", "--fail-if-blocked", env=env, check=True)
    small_hub_world.reletan("automerge", "--fail-if-blocked", env=env, check=True)


def test_the_token_is_nowhere(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    run = small_hub_world.reletan("-v", "automerge", str(number), env=actions(small_hub_world, number), check=True)
    assert TOKEN not in run.out + run.err + summary_of(small_hub_world).read_text()


@pytest.mark.parametrize("path", ["/nowhere/summary.md", "/dev/full"])
def test_a_summary_that_cannot_be_written_is_a_warning_after_the_merge(small_hub_world: World, path: str) -> None:
    number = ready(small_hub_world)
    env = actions(small_hub_world, number) | {"GITHUB_STEP_SUMMARY": path}
    run = small_hub_world.reletan("automerge", env=env, check=True)
    assert f"warning: {path}" in run.err
    assert merged(small_hub_world) == [number]
