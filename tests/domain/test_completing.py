"""How GitHub's answers correct what the history says of a range."""

from collections.abc import Sequence

import pytest
from graphs import MESSAGES, NAMES, Graph, logs, sha
from hypothesis import given, settings
from hypothesis import strategies as st

from reletan.domain.answers import Answers, Asked, PullFacts
from reletan.domain.completing import FRESH, correct, questions, too_fresh
from reletan.domain.history import NOBODY, Commit
from reletan.domain.merges import Names
from reletan.domain.pulls import Collected, Survey, collect, survey

REPOSITORY = "o/r"


def facts(number: int, commit: str | None, title: str | None = None, **more: object) -> PullFacts:
    known = {
        "author": "hana",
        "labels": ("bug",),
        "merged": True,
        "repository": REPOSITORY,
        "branch": "topic",
        "owner": "o",
    }
    title = title or f"Title {number}"
    return PullFacts(number=number, title=title, commit=commit, **{**known, **more})  # type: ignore[arg-type]


def surveyed(graph: Graph, tip: str = "develop", names: Names = NAMES) -> Survey:
    return survey(graph.log(), tip=graph.heads[tip], names=names, pull_heads={})


def completed(
    graph: Graph, *pulls: PullFacts | None, missing: Sequence[int] = (), **came_with: list[PullFacts]
) -> Collected:
    """The list once GitHub answered with ``pulls``, that ``missing`` are no pull requests, and what commits came with."""
    by_number: dict[int, PullFacts | None] = {pull.number: pull for pull in pulls if pull} | dict.fromkeys(missing)
    by_commit = {commit: tuple(found) for commit, found in came_with.items()}
    answers = Answers(repository=REPOSITORY, pulls=by_number, by_commit=by_commit)
    return collect(correct(surveyed(graph), answers), {})


def numbers(collected: Collected) -> list[int]:
    return [pull.number for pull in collected.pull_requests]


def subjects(collected: Collected) -> list[str]:
    return [commit.subject.raw for commit in collected.commits]


def test_github_tells_title_login_labels_and_when() -> None:
    graph = Graph()
    merge = graph.pull(12, title="As it was")
    pulls = completed(
        graph, facts(12, merge, "As it is now", merged_at="2026-01-01T00:00:00Z", author_name="H.")
    ).pull_requests
    assert len(pulls) == 1
    assert (pulls[0].title.raw, pulls[0].author, pulls[0].labels) == ("As it is now", "hana", ("bug",))
    assert (pulls[0].merged_at, pulls[0].source) == ("2026-01-01T00:00:00Z", "github")
    assert str(pulls[0].author_name) == "H."


def test_who_left_github_is_known_by_the_name_in_the_history() -> None:
    graph = Graph()
    merge = graph.pull(12)
    (pull,) = completed(graph, facts(12, merge, author=None)).pull_requests
    assert (pull.author, str(pull.author_name)) == (None, "Hana")


def test_what_github_did_not_answer_stays_as_the_history_has_it() -> None:
    graph = Graph()
    graph.pull(12, title="History's")
    squash = graph.commit("Squashed (#13)")
    pulls = {pull.number: pull for pull in completed(graph, facts(13, squash)).pull_requests}
    assert (pulls[12].title.raw, pulls[12].source, pulls[12].labels) == ("History's", "history", None)
    assert pulls[13].source == "github"


# A number in a subject -> what GitHub says of it -> whether it is listed
MENTIONS = [
    ("the squash commit itself", "Fix it (#12)", {"commit": sha(1)}, True),
    ("a title that was edited since", "Fix it (#12)", {"commit": sha(1), "title": "Mend it"}, True),
    ("a commit that GitHub has lost", "Fix it (#12)", {"commit": None}, True),
    ("a cherry-pick", "Fix it (#12)", {"commit": sha(90), "title": "Fix it"}, True),
    ("a cherry-pick, the title edited since", "Fix it (#12)", {"commit": sha(90), "headline": "Fix it (#12)"}, True),
    (
        "a subject that begins as an earlier one does",
        "Fix it again (#12)",
        {"commit": sha(90), "headline": "Fix it"},
        False,
    ),
    ("a cherry-pick of a long subject", "Fix all of it (#12)", {"commit": sha(90), "headline": "Fix all…"}, True),
    ("a mention of an earlier one", "Follow-up to the fix (#12)", {"commit": sha(90)}, False),
    ("one that is open", "Fix it (#12)", {"commit": None, "merged": False, "title": "Fix it"}, False),
    ("one that was closed", "Title 12 (#12)", {"commit": sha(1), "merged": False}, False),
]


@pytest.mark.parametrize(
    ("subject", "told", "listed"), [case[1:] for case in MENTIONS], ids=[case[0] for case in MENTIONS]
)
def test_a_number_in_a_subject_is_believed_only_if_that_pull_request_brought_the_commit(
    subject: str, told: dict[str, str], listed: bool
) -> None:
    graph = Graph()
    assert graph.commit(subject) == sha(1)
    collected = completed(
        graph, facts(12, told["commit"], **{key: value for key, value in told.items() if key != "commit"})
    )
    assert numbers(collected) == ([12] if listed else [])
    assert subjects(collected) == (["Begin"] if listed else [subject, "Begin"])


def test_an_issue_s_number_is_no_pull_request() -> None:
    graph = Graph()
    graph.commit("Close the leak (#12)")
    graph.pull(13, "Work on 13")
    collected = completed(graph, missing=[12, 13])
    assert numbers(collected) == []
    assert subjects(collected) == ["Work on 13", "Close the leak (#12)", "Begin"]


def test_a_merge_of_the_pull_request_s_own_head_counts_although_github_thinks_it_was_closed() -> None:
    graph = Graph()
    graph.branch("topic")
    head = graph.commit("Work", on="topic")
    graph.merge_pull(12, "topic")
    assert numbers(completed(graph, facts(12, None, merged=False, head=head))) == [12]


def test_what_was_inside_a_merge_that_is_none_is_on_its_own() -> None:
    graph = Graph()
    graph.branch("outer")
    graph.pull(11, into="outer")
    graph.merge_pull(12, "outer")
    inside = graph.log()[1].sha
    (pull,) = completed(graph, facts(11, inside), missing=[12]).pull_requests
    assert (pull.number, pull.via) == (11, None)


def test_rebased_commits_are_one_pull_request() -> None:
    graph = Graph()
    first, last = graph.commit("First half"), graph.commit("Second half")
    both = facts(12, last, "Both halves")
    collected = completed(graph, **{first: [both], last: [both]})
    (pull,) = collected.pull_requests
    assert (pull.number, pull.how, pull.commit, pull.title.raw) == (12, "rebase", last, "Both halves")
    assert subjects(collected) == ["Begin"]


def test_a_merge_whose_subject_does_not_tell_is_found_by_what_it_brought() -> None:
    graph = Graph()
    graph.branch("topic")
    inner = graph.commit("Work", on="topic")
    merge = graph.merge("topic", message="Take the work")
    collected = completed(graph, **{inner: [facts(12, merge)]})
    (pull,) = collected.pull_requests
    assert (pull.number, pull.how, pull.commit) == (12, "merge", merge)
    assert subjects(collected) == ["Begin"]


@pytest.mark.parametrize(
    "elsewhere",
    [{"commit": sha(99)}, {"merged": False}, {"repository": "fork/r"}, {"branch": "release/1.3.0"}, {"branch": "backmerge/1.3.0"},
     {"branch": "develop"}],
    ids=["outside of the range", "not merged", "another repository", "a release", "a back-merge", "development itself"],
)  # fmt: skip
def test_a_commit_stays_without_a_pull_request_when_what_it_came_with_is_not_of_this_range(
    elsewhere: dict[str, str],
) -> None:
    graph = Graph()
    direct = graph.commit("Direct")
    other = facts(
        12, elsewhere.get("commit", direct), **{key: value for key, value in elsewhere.items() if key != "commit"}
    )
    collected = completed(graph, **{direct: [other]})
    assert numbers(collected) == []
    assert subjects(collected) == ["Direct", "Begin"]


def test_a_rebased_release_leaves_its_own_commits_on_their_own() -> None:
    graph = Graph()
    squash = graph.commit("Fix it (#11)")
    polish = graph.commit("Polish")
    release = facts(12, polish, branch="release/1.4.0")
    collected = completed(graph, facts(11, squash), **{polish: [release]})
    assert numbers(collected) == [11]
    assert subjects(collected) == ["Polish", "Begin"]


@pytest.mark.parametrize("owner", [None, "stranger"])
def test_a_fork_that_is_gone_was_not_ours(owner: str | None) -> None:
    graph = Graph()
    merge = graph.pull(12, head=f"{owner}/develop" if owner else "unknown repository")
    direct = graph.commit("Direct")
    gone = {"branch": "develop", "owner": None}
    collected = completed(graph, facts(12, merge, **gone), **{direct: [facts(13, direct, **gone)]})
    assert numbers(collected) == [13, 12]


def rebased(
    graph: Graph, *subjects: str, number: int = 12, **more: object
) -> tuple[list[str], dict[str, list[PullFacts]]]:
    """Commits of one pull request that landed one by one; their shas, and what GitHub says that they came with."""
    landed = [graph.commit(subject) for subject in subjects]
    pull = facts(number, landed[-1], commits=len(landed), **more)
    return landed, {sha: [pull] for sha in landed}


def test_of_a_rebased_pull_request_all_commits_have_to_be_reverted() -> None:
    graph = Graph()
    (first, last), came_with = rebased(graph, "First half", "Second half")
    graph.commit(f'Revert "Second half"\n\nThis reverts commit {last}.')
    assert [pull.reverted_by for pull in completed(graph, **came_with).pull_requests] == [None]
    revert = graph.commit(f'Revert "First half"\n\nThis reverts commit {first}.')
    (pull,) = completed(graph, **came_with).pull_requests
    assert pull.reverted_by is not None
    assert pull.reverted_by != revert


def test_a_rebased_pull_request_is_reverted_whole_by_its_number() -> None:
    graph = Graph()
    _, came_with = rebased(graph, "First half", "Second half", title="Both halves")
    revert = graph.commit('Revert "Both halves" (#13)\n\nReverts o/r#12')
    reverting = facts(13, revert, 'Revert "Both halves"')
    pulls = completed(graph, reverting, **came_with).pull_requests
    assert {pull.number: pull.reverted_by for pull in pulls} == {13: None, 12: 13}


def test_a_title_of_a_rebased_commit_tells_that_something_breaks() -> None:
    graph = Graph()
    _, came_with = rebased(graph, "feat!: all new", "fix: the rest")
    assert completed(graph, **came_with).breaking
    calm = Graph()
    _, came_with = rebased(calm, "feat: all new", "fix: the rest")
    assert not completed(calm, **came_with).breaking


HOW = [
    ("one commit of one", ("Fix it",), 1, "rebase"),
    ("all of two", ("Half", "Rest"), 2, "rebase"),
    ("the last one's subject ends in the number", ("Half", "Rest (#12)"), 2, "rebase"),
    ("one commit of three", ("Fix it",), 3, "squash"),
]


@pytest.mark.parametrize(("subjects", "commits", "how"), [case[1:] for case in HOW], ids=[case[0] for case in HOW])
def test_how_it_landed(subjects: tuple[str, ...], commits: int, how: str) -> None:
    graph = Graph()
    landed = [graph.commit(subject) for subject in subjects]
    pull = facts(12, landed[-1], commits=commits)
    numbered = [pull] if subjects[-1].endswith("(#12)") else []
    (found,) = completed(graph, *numbered, **{sha: [pull] for sha in landed}).pull_requests
    assert found.how == how


def test_labels_that_were_not_told_are_unknown() -> None:
    graph = Graph()
    merge = graph.pull(12)
    (pull,) = completed(graph, facts(12, merge, labels=None)).pull_requests
    assert pull.labels is None


def test_a_fork_s_own_develop_is_a_contribution() -> None:
    graph = Graph()
    direct = graph.commit("Direct")
    assert numbers(completed(graph, **{direct: [facts(12, direct, branch="develop", owner="stranger")]})) == [12]


def test_a_squashed_release_is_not_a_contribution() -> None:
    graph = Graph()
    squash = graph.commit("Release 1.4.0 (#12)")
    collected = completed(graph, facts(12, squash, branch="release/1.4.0"))
    assert numbers(collected) == []
    assert subjects(collected) == ["Release 1.4.0 (#12)", "Begin"]


def test_a_rebased_hotfix_counts() -> None:
    graph = Graph()
    direct = graph.commit("Mend it")
    assert numbers(completed(graph, **{direct: [facts(12, direct, branch="hotfix/1.3.1")]})) == [12]


# What is asked


def test_asked_are_the_numbers_of_contributions_and_the_commits_without_one() -> None:
    graph = Graph()
    graph.pull(12)
    direct = graph.commit("Direct")
    squash = graph.commit("Fix it (#13)")
    graph.pull(14, head="o/release/1.3.0")
    known = surveyed(graph)
    asked = questions(known, Answers())
    assert set(asked.numbers) == {12, 13}
    assert squash not in asked.commits
    assert {direct, sha(0)} <= set(asked.commits)


def test_what_turns_out_to_be_no_pull_request_is_asked_for_as_a_commit() -> None:
    graph = Graph()
    mention = graph.commit("Close the leak (#12)")
    answers = Answers(repository=REPOSITORY, pulls={12: None}, by_commit={sha(0): ()})
    assert questions(correct(surveyed(graph), answers), answers) == Asked((), (mention,))


def test_the_same_is_not_asked_twice() -> None:
    graph = Graph()
    merge = graph.pull(12)
    answers = Answers(repository=REPOSITORY, pulls={12: facts(12, merge)}, by_commit={sha(0): ()})
    assert not questions(correct(surveyed(graph), answers), answers)


def test_what_a_commit_came_with_needs_no_question_of_its_own() -> None:
    graph = Graph()
    direct = graph.commit("Direct")
    answers = Answers(repository=REPOSITORY, by_commit={sha(0): (), direct: (facts(12, direct),)})
    assert not questions(correct(surveyed(graph), answers), answers)


@pytest.mark.parametrize(("age", "again"), [(0, True), (FRESH, True), (FRESH + 1, False)])
def test_a_pull_request_that_is_not_merged_yet_is_looked_up_again_while_it_is_new(age: int, again: bool) -> None:
    graph = Graph()
    graph.pull(13)
    now = graph.log()[0].committed + age
    answers = Answers(repository=REPOSITORY, now=now, pulls={13: facts(13, None, merged=False)})
    assert too_fresh(surveyed(graph), answers) == Asked((13,) if again else (), ())


def test_a_subject_that_mentions_an_open_pull_request_is_not_looked_up_again() -> None:
    graph = Graph()
    graph.commit("Prepare it (#13)")
    now = graph.log()[0].committed
    assert not too_fresh(
        surveyed(graph), Answers(repository=REPOSITORY, now=now, pulls={13: facts(13, None, merged=False)})
    )


@pytest.mark.parametrize(("age", "again"), [(0, True), (FRESH - 1, True), (FRESH, False)])
def test_commits_are_looked_up_again_where_github_lags(age: int, again: bool) -> None:
    graph = Graph()
    first, last = graph.commit("First half"), graph.commit("Second half")
    now = graph.log()[0].committed + age
    answers = Answers(
        repository=REPOSITORY, now=now, by_commit={sha(0): (), first: (), last: ()}, recent=(facts(12, last),)
    )
    assert (first in too_fresh(surveyed(graph), answers).commits) is again
    assert last not in too_fresh(surveyed(graph), answers).commits


def test_what_was_pushed_directly_is_not_looked_up_again() -> None:
    graph = Graph()
    direct = graph.commit("Direct")
    now = graph.log()[0].committed
    elsewhere = (facts(12, sha(99)),)
    assert not too_fresh(
        surveyed(graph), Answers(repository=REPOSITORY, now=now, by_commit={direct: ()}, recent=elsewhere)
    )


def test_what_was_merged_last_is_known_without_asking_for_its_commit() -> None:
    graph = Graph()
    merged = graph.commit("Just now")
    answers = Answers(repository=REPOSITORY, by_commit={merged: ()}, recent=(facts(12, merged), facts(11, sha(99))))
    collected = collect(correct(surveyed(graph), answers), {})
    assert numbers(collected) == [12]
    assert subjects(collected) == ["Begin"]


def test_what_github_knows_is_not_looked_up_again() -> None:
    graph = Graph()
    squash = graph.commit("Fix it (#13)")
    now = graph.log()[0].committed
    known = {sha(0): (facts(9, sha(0)),)}
    answers = Answers(repository=REPOSITORY, now=now, pulls={13: facts(13, squash)}, by_commit=known)
    assert not too_fresh(surveyed(graph), answers)


# Nothing is lost


WORDS = [
    "Work",
    "Merge branch 'topic'",
    "Merge pull request #{n} from o/topic\n\nT",
    "Title (#{n})",
    MESSAGES[4],
    MESSAGES[5],
]


@st.composite
def answers_about(draw: st.DrawFn, log: Sequence[Commit]) -> Answers:
    """Random answers about a random part of a range."""
    shas = [commit.sha for commit in log]

    def pull(number: int) -> PullFacts:
        branches = st.sampled_from(
            ["topic", "develop", "main", "release/1.4.0", "hotfix/1.4.1", "backmerge/1.4.0", None]
        )
        return facts(
            number, draw(st.sampled_from([*shas, sha(99), None])), merged=draw(st.booleans()), branch=draw(branches),
            owner=draw(st.sampled_from(["o", "stranger", None])), head=draw(st.sampled_from([*shas, None])),
            repository=draw(st.sampled_from([REPOSITORY, "fork/r"])), commits=draw(st.sampled_from([None, 1, 2, 3])),
        )  # fmt: skip

    asked = draw(st.lists(st.integers(0, 12), unique=True, max_size=8))
    pulls = {number: draw(st.sampled_from([None, pull(number)])) for number in asked}
    told = draw(st.lists(st.sampled_from(shas), unique=True, max_size=6))
    by_commit = {one: tuple(pull(number) for number in draw(st.lists(st.integers(0, 12), max_size=2))) for one in told}
    return Answers(
        repository=REPOSITORY, now=30, pulls=pulls, by_commit=by_commit, recent=(pull(draw(st.integers(0, 12))),)
    )


@settings(deadline=None)
@given(logs(WORDS), st.data())
def test_whatever_github_says_every_commit_is_in_a_listed_pull_request_or_on_its_own(
    log: list[Commit], data: st.DataObject
) -> None:
    answers = data.draw(answers_about(log))
    known = correct(survey(log, tip=log[0].sha, names=NAMES, pull_heads={}), answers)
    too_fresh(known, answers)
    collected = collect(known, {})
    listed, own = set(numbers(collected)), {commit.sha for commit in collected.commits}
    came_with = {commit: {pull.number for pull in pulls} for commit, pulls in answers.by_commit.items()}
    for pull in answers.recent:
        came_with.setdefault(pull.commit or "", set()).add(pull.number)
    inside = known.lineage.enclosing(known.counted())
    for at in known.lineage.order:
        commit = log[at]
        if not commit.is_merge:
            around = {known.counted()[at].number} if at in known.counted() else set()
            around |= {known.counted()[inside[at]].number} if inside[at] != NOBODY else set()
            assert bool((around | came_with.get(commit.sha, set())) & listed) or commit.sha in own
    assert len(listed) == len(numbers(collected))
