"""`reletan automerge` merges what is ready: in few requests, by the method that is asked for, with the team's words."""

import pytest
from automerging import left, merged, merges, outcomes, policy, ready

from reletan.sandbox.github.faults import Fault
from reletan.sandbox.github.model import Protection
from reletan.sandbox.world import World


def test_what_is_ready_is_merged_in_two_requests(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    run = small_hub_world.reletan("automerge", str(number), "--json", check=True)
    (entry,) = run.json["pull_requests"]
    assert (entry["outcome"], entry["commit"]) == ("merged", small_hub_world.head("develop"))
    assert small_hub_world.parents("develop")[1] == entry["head"]
    assert [(one.method, one.path) for one in small_hub_world.github.exchanges] == [
        ("POST", "/graphql"),
        ("PUT", f"/repos/acme/shop/pulls/{number}/merge"),
    ]
    assert small_hub_world.github.exchanges[1].body["sha"] == entry["head"]


def test_it_is_merged_once_and_left_alone_from_then_on(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    small_hub_world.reletan("automerge", str(number), check=True)
    develop = small_hub_world.head("develop")
    assert left(small_hub_world, str(number)) == {number: ["merged"]}
    assert small_hub_world.reletan("automerge", str(number), "--fail-if-blocked").code == 0
    assert (small_hub_world.head("develop"), merges(small_hub_world)) == (develop, 1)


def test_thirty_open_pull_requests_are_explained_in_three_requests(small_hub_world: World) -> None:
    small_hub_world.unknown_reads = 0
    numbers = [small_hub_world.open_pull(f"Part {i}") for i in range(30)]
    before = small_hub_world.dump()
    run = small_hub_world.reletan("automerge", "--explain", "--json", check=True)
    assert [one["number"] for one in run.json["pull_requests"]] == numbers
    assert len(small_hub_world.github.exchanges) == 3
    assert small_hub_world.dump() == before


@pytest.mark.parametrize("args", [("--dry-run",), ("--explain",), ("--dry-run", "--all")])
def test_what_only_looks_changes_nothing(small_hub_world: World, args: tuple[str, ...]) -> None:
    policy(small_hub_world, "comment = true\ndelete_branch = true")
    number = ready(small_hub_world)
    before = small_hub_world.dump()
    run = small_hub_world.reletan("automerge", *args, *([] if "--all" in args else [str(number)]), check=True)
    assert "would merge" in run.out
    assert small_hub_world.dump() == before


# -- how


@pytest.mark.parametrize(
    ("settings", "labels", "args", "method"),
    [
        ("", [], [], "merge"),
        ('method = "squash"', [], [], "squash"),
        ('method = "squash"', [], ["--method", "rebase"], "rebase"),
        ('method_labels = { squash-me = "squash" }', ["Squash-Me"], [], "squash"),
        ('method_labels = { squash-me = "squash" }', ["Squash-Me"], ["--method", "rebase"], "rebase"),
        ('method_labels = { squash-me = "squash" }', [], [], "merge"),
    ],
)
def test_the_method(small_hub_world: World, settings: str, labels: list[str], args: list[str], method: str) -> None:
    policy(small_hub_world, settings)
    number = ready(small_hub_world, labels=labels)
    small_hub_world.reletan("automerge", str(number), *args, check=True)
    assert small_hub_world.pulls[number].how == method


def test_labels_that_disagree_merge_nothing_unless_the_flag_decides(small_hub_world: World) -> None:
    policy(small_hub_world, 'method_labels = { one = "squash", many = "rebase" }')
    number = ready(small_hub_world, labels=["one", "many"])
    assert left(small_hub_world, str(number)) == {number: ["method-labels"]}
    small_hub_world.reletan("automerge", str(number), "--method", "squash", check=True)
    assert small_hub_world.pulls[number].how == "squash"


TEMPLATE = """\
{{ title }} (#{{ number }})

{{ body }}

{% for login in approvers %}
Reviewed-by: {{ login }}
{% endfor %}
"""


def test_the_commit_has_the_words_of_the_teams_template_in_three_requests(small_hub_world: World) -> None:
    policy(small_hub_world, 'commit_template = "docs/merge.j2"')
    small_hub_world.commit("develop", "How commits are called", {"docs/merge.j2": TEMPLATE})
    number = ready(small_hub_world, "Add gift cards", body="For birthdays.")
    small_hub_world.reletan("automerge", str(number), check=True)
    message = small_hub_world.look("log", "-1", "--format=%B", "develop", cwd=small_hub_world.origin)
    assert message.rstrip() == f"Add gift cards (#{number})\n\nFor birthdays.\n\nReviewed-by: yuki"
    assert len(small_hub_world.github.exchanges) <= 3


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ({"docs/merge.j2": "{{ title }}\n\n{% if %}\n"}, "docs/merge.j2, line 3"),
        ({"docs/merge.j2": "Merge\n{{ nobody }}\n"}, "docs/merge.j2, line 2"),
        ({}, "docs/merge.j2, and there is no such text on develop"),
    ],
    ids=["syntax", "undefined", "missing"],
)
def test_a_broken_template_merges_nothing(small_hub_world: World, template: dict[str, str], said: str) -> None:
    policy(small_hub_world, 'commit_template = "docs/merge.j2"')
    if template:
        small_hub_world.commit("develop", "How commits are called", template)
    number = ready(small_hub_world)
    before = small_hub_world.dump()
    run = small_hub_world.reletan("automerge", str(number))
    assert run.code == 2
    assert said in run.err
    assert small_hub_world.dump() == before


def test_the_template_of_the_pull_request_itself_does_not_count(small_hub_world: World) -> None:
    policy(small_hub_world, 'commit_template = "docs/merge.j2"')
    small_hub_world.commit("develop", "How commits are called", {"docs/merge.j2": "As the team says\n"})
    number = ready(small_hub_world, files={"docs/merge.j2": "As I say\n"})
    small_hub_world.reletan("automerge", str(number), check=True)
    assert small_hub_world.subject("develop") == "As the team says"


# -- the branch


def test_the_branch_is_deleted_where_that_is_asked_for(small_hub_world: World) -> None:
    policy(small_hub_world, "delete_branch = true")
    number = ready(small_hub_world, branch="feature/gift-cards")
    small_hub_world.reletan("automerge", str(number), check=True)
    assert "feature/gift-cards" not in small_hub_world.branches()


@pytest.mark.parametrize("branch", ["release/1.4.0", "hotfix/1.3.1", "main"])
def test_a_branch_of_the_flow_is_kept(small_hub_world: World, branch: str) -> None:
    policy(small_hub_world, "delete_branch = true")
    number = ready(small_hub_world, branch=branch)
    small_hub_world.reletan("automerge", str(number), check=True)
    assert merged(small_hub_world) == [number]
    assert branch in small_hub_world.branches()


def test_a_branch_that_others_build_on_is_kept(small_hub_world: World) -> None:
    policy(small_hub_world, "delete_branch = true")
    number = ready(small_hub_world, branch="feature/gift-cards")
    stacked = small_hub_world.open_pull("On top", base="feature/gift-cards")
    small_hub_world.reletan("automerge", str(number), check=True)
    assert merged(small_hub_world) == [number]
    assert "feature/gift-cards" in small_hub_world.branches()
    assert small_hub_world.pulls[stacked].base == "feature/gift-cards"


def test_without_asking_the_branch_is_kept(small_hub_world: World) -> None:
    number = ready(small_hub_world, branch="feature/gift-cards")
    small_hub_world.reletan("automerge", str(number), check=True)
    assert "feature/gift-cards" in small_hub_world.branches()


def test_a_branch_of_ours_that_is_called_like_that_of_a_fork_is_kept(small_hub_world: World) -> None:
    policy(small_hub_world, "delete_branch = true\nforks = true")
    number = ready(small_hub_world, author="Lena", fork="lena", branch="feature/gift-cards")
    small_hub_world.branch("feature/gift-cards", small_hub_world.head_of(number))
    small_hub_world.reletan("automerge", str(number), check=True)
    assert merged(small_hub_world) == [number]
    assert "feature/gift-cards" in small_hub_world.branches()


def test_what_is_behind_is_brought_up_to_date_and_then_waits_for_its_checks(small_hub_world: World) -> None:
    policy(small_hub_world, "update_branch = true")
    number = ready(small_hub_world)
    small_hub_world.protect_branch("develop", Protection(checks=("test",), strict=True, admins=True))
    small_hub_world.commit("develop", "Meanwhile")
    judged = small_hub_world.head_of(number)
    run = small_hub_world.reletan("automerge", str(number), "--json", check=True)
    assert outcomes(run) == {number: "updated"}
    assert small_hub_world.parents(small_hub_world.head_of(number))[0] == judged
    assert left(small_hub_world, str(number)) == {number: ["approvals", "check-missing"]}


def test_what_is_behind_is_left_where_nothing_is_asked(small_hub_world: World) -> None:
    number = ready(small_hub_world)
    small_hub_world.protect_branch("develop", Protection(checks=("test",), strict=True, admins=True))
    small_hub_world.commit("develop", "Meanwhile")
    assert left(small_hub_world, str(number)) == {number: ["behind"]}
    assert merges(small_hub_world) == 0


def test_a_push_before_it_is_brought_up_to_date_is_left_to_the_next_run(small_hub_world: World) -> None:
    policy(small_hub_world, "update_branch = true")
    number = ready(small_hub_world)
    small_hub_world.protect_branch("develop", Protection(checks=("test",), strict=True, admins=True))
    small_hub_world.commit("develop", "Meanwhile")
    push = Fault.then(lambda site: site.push_to_pull(number, "Mine"))
    small_hub_world.github.fault("PUT", "*/update-branch", do=push)
    assert left(small_hub_world, str(number)) == {number: ["behind", "moved"]}
    assert (
        small_hub_world.look("log", "-1", "--format=%s", small_hub_world.head_of(number), cwd=small_hub_world.origin)
        == "Mine"
    )
