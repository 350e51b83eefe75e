import pytest
from graphs import Graph, sha

from reletan.domain.history import Commit
from reletan.domain.pulls import Names, Released, collect, survey

URL = "https://github.com/o/r"
NAMES = Names("main", "develop", "release/", "hotfix/", "o", URL)


def reverts(*shas: str) -> str:
    return "Undo\n\n" + "\n".join(f"This reverts commit {one}." for one in shas)


def reverted(graph: Graph) -> dict[int, int | str]:
    """Number -> what reverts it, for those that something reverts."""
    pulls = graph.pulls(names=NAMES)
    return {number: pull.reverted_by for number, pull in pulls.items() if pull.reverted_by is not None}


def test_both_the_reverted_and_the_reverting_pull_request_stay() -> None:
    graph = Graph()
    target = graph.commit("Add x (#12)")
    graph.commit(f'Revert "Add x (#12)" (#15)\n\nThis reverts commit {target}.')
    assert list(graph.pulls()) == [15, 12]
    assert reverted(graph) == {12: 15}


@pytest.mark.parametrize("cut", [7, 12, 40])
def test_a_direct_commit_takes_back_a_merge_by_its_sha(cut: int) -> None:
    graph = Graph()
    merge = graph.pull(12)
    by = graph.commit(f"Undo\n\nThis reverts commit {merge[:cut]}, reversing\nchanges made to {sha(0)}.")
    assert reverted(graph) == {12: by}


def test_capital_letters_in_a_sha_are_read() -> None:
    graph = Graph()
    by = graph.commit(reverts(graph.pull(12).upper()))
    assert reverted(graph) == {12: by}


@pytest.mark.parametrize("said", ["{sha6}", "{sha}0", "{sha}g", "0000000", "ffffffffffffffffffffffffffffffffffffffff"])
def test_what_is_no_sha_of_the_range_reverts_nothing(said: str) -> None:
    graph = Graph()
    merge = graph.pull(12)
    graph.commit(reverts(said.format(sha=merge, sha6=merge[:6])))
    assert reverted(graph) == {}


def test_a_revert_of_a_revert_restores_at_any_depth() -> None:
    graph = Graph()
    last = graph.commit("Add x (#12)")
    for depth in range(1, 6):
        last = graph.commit(reverts(last))
        assert (12 in reverted(graph)) is (depth % 2 == 1)


def test_reverting_the_pull_request_that_reverts_restores() -> None:
    graph = Graph()
    target = graph.pull(12)
    undo = graph.pull(15, reverts(target))
    assert reverted(graph) == {12: 15}
    graph.pull(16, reverts(undo))
    assert reverted(graph) == {15: 16}


def test_a_revert_that_came_back_counts_again() -> None:
    graph = Graph()
    target = graph.commit("Add x (#12)")
    graph.commit(f"{reverts(graph.commit(reverts(target)))}")
    assert reverted(graph) == {}
    again = graph.commit(reverts(target))
    assert reverted(graph) == {12: again}


def test_partly_reverted_is_not_reverted() -> None:
    graph = Graph()
    graph.pull(12, "a", "b")
    a, b = (one.sha for one in graph.commits if one.subject in ("a", "b"))
    graph.commit(reverts(a))
    assert reverted(graph) == {}
    last = graph.commit(reverts(b))
    assert reverted(graph) == {12: last}


def test_one_commit_may_revert_several() -> None:
    graph = Graph()
    graph.pull(12, "a", "b")
    other = graph.commit("Add x (#13)")
    a, b = (one.sha for one in graph.commits if one.subject in ("a", "b"))
    by = graph.commit(reverts(a, b, other))
    assert reverted(graph) == {12: by, 13: by}


def test_what_came_via_a_reverted_pull_request_is_reverted_too() -> None:
    graph = Graph()
    graph.branch("epic")
    graph.pull(12, into="epic")
    graph.pull(15, reverts(graph.merge_pull(13, "epic")))
    assert reverted(graph) == {12: 15, 13: 15}


def test_a_reverted_inner_pull_request_leaves_the_outer_one() -> None:
    graph = Graph()
    graph.branch("epic")
    inner = graph.pull(12, into="epic")
    graph.commit("More", on="epic")
    graph.merge_pull(13, "epic")
    by = graph.commit(reverts(inner))
    assert reverted(graph) == {12: by}


def test_landed_again_is_not_reverted() -> None:
    graph = Graph()
    graph.commit(reverts(graph.commit("Add x (#12)")))
    graph.commit("Add x (#12)")
    assert reverted(graph) == {}


# --- Hints: numbers instead of shas


@pytest.mark.parametrize(
    "message",
    [
        "Undo (#15)\n\nReverts o/r#12",
        "Undo (#15)\n\nReverts O/R#12\n",
        "Undo (#15)\n\nReverts #12",
        'Revert "Title 12 (#12)" (#15)',
        'Revert "Merge pull request #12 from o/topic" (#15)',
        'Revert "Title 12 (#12)" (#15)\n\nThis reverts commit 0000000000000000000000000000000000000000.',
    ],
)
def test_a_number_reverts_the_whole_pull_request(message: str) -> None:
    graph = Graph()
    graph.pull(12, "a", "b")
    graph.commit(message)
    assert reverted(graph) == {12: 15}


@pytest.mark.parametrize(
    "message",
    [
        "Undo (#15)\n\nReverts other/r#12",
        "Undo (#15)\n\nIt Reverts #12",
        "Undo (#15)\n\nReverts #12a",
        "Undo (#15)\n\nReverts #0 and #12",
        'Revert "Title 12 (#12)" partly (#15)',
        'Revert "See (#12) there" (#15)',
        "Undo (#12) (#15)",
    ],
)
def test_what_only_looks_like_a_revert_is_none(message: str) -> None:
    graph = Graph()
    graph.pull(12)
    graph.commit(message)
    assert reverted(graph) == {}


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("o/revert-12-topic", {12: 15}),
        ("o/revert-12", {}),
        ("o/revert-topic", {}),
        ("o/not-revert-12-topic", {}),
        ("mallory/revert-12-topic", {}),
    ],
)
def test_the_branch_of_githubs_button_is_a_hint(head: str, expected: dict[int, int]) -> None:
    graph = Graph()
    graph.pull(12)
    graph.pull(15, "Undo it", head=head, title="Undo")
    assert reverted(graph) == expected


def test_the_title_of_a_merged_pull_request_is_a_hint() -> None:
    graph = Graph()
    graph.pull(12)
    graph.pull(15, "Undo it", title='Revert "Title 12 (#12)"')
    assert reverted(graph) == {12: 15}


def test_a_sha_beats_the_hint() -> None:
    graph = Graph()
    graph.pull(12, "a", "b")
    (a,) = (one.sha for one in graph.commits if one.subject == "a")
    graph.pull(15, reverts(a), head="o/revert-12-topic", title='Revert "Title 12 (#12)"')
    graph.commit(f"Undo (#16)\n\nReverts #12\n\nThis reverts commit {a}.")
    assert reverted(graph) == {}


def test_a_commit_on_the_line_that_names_a_sha_leaves_the_hints_of_others() -> None:
    graph = Graph()
    graph.pull(12)
    graph.commit(reverts(graph.commit("Add x (#13)")))
    graph.commit("Undo (#15)\n\nReverts #12")
    assert set(reverted(graph)) == {12, 13}


def test_a_hint_at_a_revert_restores() -> None:
    graph = Graph()
    graph.commit("Add x (#12)")
    graph.commit('Revert "Add x (#12)" (#15)')
    graph.commit('Revert "Revert "Add x (#12)" (#15)" (#16)')
    assert reverted(graph) == {15: 16}


def test_a_sha_outside_the_range_leaves_the_hint() -> None:
    graph = Graph()
    graph.commit("Add x (#12)")
    graph.branch("release/1.4.0", at=sha(0))
    picked = graph.commit("Add x (#12)", on="release/1.4.0")
    graph.commit(f"Undo (#15)\n\nReverts #12\n\nThis reverts commit {picked}.")
    assert reverted(graph) == {12: 15}


def test_a_hint_counts_though_its_own_number_is_no_pull_request() -> None:
    graph = Graph()
    graph.commit("Add x (#12)")
    graph.commit("Add y (#13)")
    by = graph.commit('Revert "Add x (#12)" (#7)')
    pulls = graph.pulls(pull_heads={12: "a" * 40, 13: "b" * 40})
    assert {number: pull.reverted_by for number, pull in pulls.items()} == {13: None, 12: by}


# --- Which revert is named


def test_of_two_reverts_that_work_the_newer_is_named() -> None:
    graph = Graph()
    target = graph.commit("Add x (#12)")
    graph.commit(reverts(target))
    newer = graph.commit(reverts(target))
    assert reverted(graph) == {12: newer}


def test_a_pull_request_that_its_own_number_reverts_is_reverted_by_the_commit() -> None:
    graph = Graph()
    target = graph.commit("Add x (#12)")
    graph.pull(20, f"Undo x (#12)\n\nThis reverts commit {target}.")
    (by,) = (one.sha for one in graph.commits if one.subject == "Undo x (#12)")
    assert reverted(graph) == {12: by}


# --- Reverts that cannot be


def test_reverting_what_an_earlier_release_had_is_an_entry_of_its_own() -> None:
    graph = Graph()
    graph.commit('Revert "Old (#3)" (#15)\n\nThis reverts commit 1234567890.')
    pulls = graph.pulls()
    assert list(pulls) == [15]
    assert reverted(graph) == {}


def test_texts_that_revert_themselves_or_what_comes_later_do_nothing() -> None:
    graph = Graph()
    graph.commit(f"Add x (#12)\n\nReverts #12\nThis reverts commit {sha(1)}.")
    graph.commit(f"Add y (#13)\n\nThis reverts commit {sha(3)}.")
    graph.commit("Add z (#14)")
    assert reverted(graph) == {}


def test_a_pull_request_cannot_take_back_what_it_brings_in() -> None:
    graph = Graph()
    graph.branch("topic")
    graph.commit("Add x (#12)", on="topic")
    graph.merge_pull(15, "topic", head="o/revert-12-topic")
    assert 15 not in reverted(graph)


def test_a_revert_outside_the_tip_does_nothing() -> None:
    graph = Graph()
    target = graph.commit("Add x (#12)")
    graph.branch("release/1.4.0")
    graph.commit(reverts(target), on="release/1.4.0")
    graph.commit("More")
    assert reverted(graph) == {}


def test_an_abbreviation_that_fits_two_commits_reverts_neither() -> None:
    log = [
        Commit("3" * 40, ("abcdef12",), 3, "Hana", reverts("abcdef1")),
        Commit("abcdef12", ("abcdef11",), 2, "Hana", "Add y (#13)"),
        Commit("abcdef11", (), 1, "Hana", "Add x (#12)"),
    ]
    pulls = collect(survey(log, tip="3" * 40, names=NAMES, pull_heads={}, released=Released()), {}).pull_requests
    assert [pull.reverted_by for pull in pulls] == [None, None]
