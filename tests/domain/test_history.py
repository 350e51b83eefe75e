import pytest
from graphs import Graph, sha
from hypothesis import given, settings
from hypothesis import strategies as st

from reletan.domain.history import NOBODY, UNREACHED, Commit, Lineage, reached, trace


def commit(message: str) -> Commit:
    return Commit("a" * 40, (), 0, "Hana", message)


@pytest.mark.parametrize(
    ("message", "subject", "body"),
    [
        ("Fix it", "Fix it", ""),
        ("Fix it\n", "Fix it", ""),
        ("Fix it\n\nBecause.\n", "Fix it", "Because.\n"),
        ("Fix it\nand that\n\nBecause.\nReally.", "Fix it and that", "Because.\nReally."),
        ("\n \nFix it  \n\n\n\nBecause.", "Fix it", "Because."),
        ("Fix it\n \t\nBecause.", "Fix it", "Because."),
        ("  indented\n", "  indented", ""),
        ("Fix it\n\n \n  indented", "Fix it", "  indented"),
        ("Fix it\r\n\r\nBecause.", "Fix it", "Because."),
        ("not\u2028a line\u00a0\n\nb", "not\u2028a line\u00a0", "b"),
        ("", "", ""),
        ("\n\n", "", ""),
    ],
)
def test_subject_and_body_are_those_of_git(message: str, subject: str, body: str) -> None:
    assert (commit(message).subject, commit(message).body) == (subject, body)


def brought(lineage: Lineage) -> dict[str, str | None]:
    """Subject -> subject of the merge that brought it in, None on the tip's own line."""
    subjects = [one.subject for one in lineage.commits]
    return {
        subjects[at]: None if merge == NOBODY else subjects[merge]
        for at, merge in enumerate(lineage.into)
        if merge != UNREACHED
    }


def test_a_merge_brings_in_the_branch_that_was_merged() -> None:
    graph = Graph()
    graph.branch("topic")
    graph.commit("On topic", on="topic")
    graph.commit("On develop")
    graph.merge("topic", message="Merge topic")
    assert brought(graph.trace()) == {"Merge topic": None, "On develop": None, "On topic": "Merge topic", "Begin": None}


def test_a_commit_belongs_to_the_oldest_merge_that_reaches_it() -> None:
    graph = Graph()
    graph.branch("topic")
    graph.commit("First", on="topic")
    graph.merge("topic", message="Merge once")
    graph.commit("Second", on="topic")
    graph.merge("topic", message="Merge twice")
    into = brought(graph.trace())
    assert (into["First"], into["Second"]) == ("Merge once", "Merge twice")


def test_a_branch_within_a_branch_belongs_to_the_inner_merge() -> None:
    graph = Graph()
    graph.branch("outer")
    graph.branch("inner")
    graph.commit("Inner work", on="inner")
    graph.commit("Outer work", on="outer")
    graph.merge("inner", message="Merge inner", into="outer")
    graph.merge("outer", message="Merge outer")
    into = brought(graph.trace())
    assert into["Inner work"] == "Merge inner"
    assert into["Merge inner"] == into["Outer work"] == "Merge outer"


def test_an_octopus_brings_in_all_its_branches() -> None:
    graph = Graph()
    for name in ("one", "two"):
        graph.branch(name)
        graph.commit(f"On {name}", on=name)
    graph.merge("one", "two", message="Merge all")
    into = brought(graph.trace())
    assert into["On one"] == into["On two"] == "Merge all"


def test_what_the_tip_does_not_reach_is_left_out() -> None:
    graph = Graph()
    graph.branch("release")
    graph.commit("Only on release", on="release")
    graph.commit("On develop")
    assert set(brought(graph.trace())) == {"Begin", "On develop"}
    assert brought(trace(graph.log(), "f" * 40)) == {}


def test_parents_outside_the_range_end_it() -> None:
    assert brought(trace([Commit("a", ("x", "y"), 0, "", "Merge")], "a")) == {"Merge": None}


def test_a_commit_that_is_its_own_ancestor_ends_the_walk() -> None:
    assert brought(trace([Commit("a", ("b", "a"), 0, "", "A"), Commit("b", ("a",), 0, "", "B")], "a")) == {
        "A": None,
        "B": None,
    }


def test_reached_holds_the_head_and_its_ancestors() -> None:
    graph = Graph()
    first = graph.commit("First")
    graph.commit("Second")
    log, lineage = graph.log(), graph.trace()
    assert {log[at].subject for at in reached(log, lineage.index, first)} == {"Begin", "First"}
    assert reached(log, lineage.index, "f" * 40) == set()


def test_wholly_asks_for_every_commit_that_a_merge_brought_in() -> None:
    graph = Graph()
    graph.pull(1, "a", "b")
    graph.pull(2, "c", "d")
    graph.branch("nothing")
    graph.merge("nothing", message="Merge nothing")
    lineage = graph.trace()
    at = {one.subject: place for place, one in enumerate(lineage.commits)}
    merge = at["Merge pull request #1 from o/topic-1"]
    assert lineage.wholly({at["a"]: 7, at["b"]: 5, at["c"]: 1}) == {merge: 5}


def test_a_depth_of_ten_thousand_is_no_matter() -> None:
    graph = Graph()
    for depth in range(10_000):
        graph.branch(f"b{depth + 1}", at=f"b{depth}" if depth else "develop")
        graph.commit(f"c{depth}", on=f"b{depth + 1}")
    for depth in range(10_000, 0, -1):
        graph.merge(f"b{depth}", message=f"m{depth}", into=f"b{depth - 1}" if depth > 1 else "develop")
    lineage = graph.trace()
    assert len(lineage.order) == len(graph.commits)
    assert sum(merge == NOBODY for merge in lineage.enclosing(range(len(graph.commits)))) == 2


def ancestors(commits: dict[str, Commit], heads: tuple[str, ...]) -> set[str]:
    seen: set[str] = set()
    waiting = [head for head in heads if head in commits]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting.extend(parent for parent in commits[one].parents if parent in commits)
    return seen


def expected(commits: dict[str, Commit], head: str, taken: set[str], merge: str | None) -> dict[str, str | None]:
    """The definition, word by word: the line, then for each of its merges, oldest first, what nobody has yet."""
    line = []
    while head in commits and head not in taken:
        line.append(head)
        taken.add(head)
        head = commits[head].parents[0] if commits[head].parents else ""
    result = dict.fromkeys(line, merge)
    for one in reversed(line):
        before = set(taken)
        for parent in commits[one].parents[1:]:
            result |= expected(commits, parent, taken, one)
        assert taken - before == ancestors(commits, commits[one].parents[1:]) - before
    return result


@st.composite
def shapes(draw: st.DrawFn) -> list[Commit]:
    """Any graph of up to 25 commits: several roots, octopus merges, criss-cross merges; newest first."""
    size = draw(st.integers(1, 25))
    commits = []
    for n in range(size):
        parents = draw(st.lists(st.integers(max(0, n - 6), n - 1), max_size=3, unique=True)) if n else []
        commits.append(Commit(sha(n), tuple(map(sha, parents)), n, "Hana", f"Commit {n}"))
    return commits[::-1]


@settings(deadline=None)
@given(shapes())
def test_trace_is_its_definition(commits: list[Commit]) -> None:
    lineage = trace(commits, commits[0].sha)
    by_sha = {one.sha: one for one in commits}
    got = {
        commits[at].sha: None if merge == NOBODY else commits[merge].sha
        for at, merge in enumerate(lineage.into)
        if merge != UNREACHED
    }
    assert got == expected(by_sha, commits[0].sha, set(), None)
    places = {at: place for place, at in enumerate(lineage.order)}
    assert all(places[lineage.into[at]] < places[at] for at in lineage.order if lineage.into[at] >= 0)
