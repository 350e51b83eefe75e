import pytest
from graphs import MESSAGES, NAMES, Graph, logs, sha
from hypothesis import given, settings
from hypothesis import strategies as st

from reletan.domain.history import NOBODY, UNREACHED, Commit, trace
from reletan.domain.pulls import Collected, LooseCommit, Names, PullRequest, Released, collect, survey, utc
from reletan.domain.subjects import said_by
from reletan.domain.text import Text

NO_OWNER = Names("main", "develop", "release/", "hotfix/")


def numbers(collected: Collected) -> list[int]:
    return [pull.number for pull in collected.pull_requests]


def test_a_merged_pull_request_in_full() -> None:
    graph = Graph()
    graph.branch("topic")
    graph.commit("Work", on="topic", author="Kenji")
    merge = graph.merge_pull(12, "topic", title="Add [x]\x1b[31m")
    url = "https://github.com/o/r"
    names = Names("main", "develop", "release/", "hotfix/", "o", url)
    assert graph.collect(names=names).pull_requests == [
        PullRequest(
            number=12,
            title=Text("Add [x]\x1b[31m"),
            author_name=Text("Kenji"),
            url=f"{url}/pull/12",
            merged_at="2026-11-20T10:00:02Z",
            commit=merge,
            how="merge",
        )
    ]


def test_a_squash_commit_in_full() -> None:
    graph = Graph()
    squash = graph.commit("Add x (#12)", author="Kenji")
    assert graph.collect().pull_requests == [
        PullRequest(
            number=12,
            title=Text("Add x"),
            author_name=Text("Kenji"),
            merged_at="2026-11-20T10:00:01Z",
            commit=squash,
            how="squash",
        )
    ]


def test_pull_requests_and_commits_come_newest_first() -> None:
    graph = Graph()
    graph.pull(12)
    graph.commit("Direct")
    graph.commit("Add x (#11)")
    graph.commit("Again")
    graph.pull(13)
    collected = graph.collect()
    assert numbers(collected) == [13, 11, 12]
    assert graph.loose() == ["Again", "Direct", "Begin"]
    assert collected.commits[0] == LooseCommit(sha(5), Text("Again"), Text("Hana"))


def test_merge_commits_are_never_loose() -> None:
    graph = Graph()
    graph.branch("topic")
    graph.commit("Work", on="topic")
    graph.merge("topic", message="Merge branch 'topic' into develop")
    assert graph.loose() == ["Work", "Begin"]


def test_a_cherry_picked_merge_is_a_loose_commit() -> None:
    graph = Graph()
    graph.commit("Merge pull request #12 from o/topic\n\nAdd x")
    assert graph.pulls() == {}
    assert graph.loose() == ["Merge pull request #12 from o/topic", "Begin"]


def test_only_what_the_tip_reaches_is_listed() -> None:
    graph = Graph()
    graph.branch("release/1.4.0")
    graph.pull(12, into="release/1.4.0")
    graph.commit("Bump", on="release/1.4.0")
    graph.pull(13)
    assert list(graph.pulls()) == [13]
    assert graph.loose() == ["Begin"]


def test_an_empty_range_has_nothing() -> None:
    nothing = survey([], tip=sha(1), names=NAMES, pull_heads={}, released=Released())
    assert collect(nothing, {"1.4.0": sha(2)}) == Collected([], [])


# --- True merges, and numbers that are not of pull requests


def true_merge(*subjects: str, message: str) -> Graph:
    graph = Graph()
    graph.branch("topic")
    for subject in subjects:
        graph.commit(subject, on="topic")
    graph.merge("topic", message=message)
    return graph


@pytest.mark.parametrize(
    ("message", "subjects", "title"),
    [
        ("Merge branch 'topic' into develop", ["Add x"], "Add x"),
        ("Merge branch 'topic' into develop\n\nWritten\n", ["Add x"], "Written"),
        ("Merge branch 'topic' into develop\n\n# Conflicts:\n#\tREADME\n", ["Add x"], "Add x"),
        ("Merge remote-tracking branch 'origin/topic'", ["Add x", "Add y"], "topic"),
        ("By hand", ["Add x", "Add y"], "By hand"),
    ],
)
def test_a_true_merge_is_found_by_its_head(message: str, subjects: list[str], title: str) -> None:
    graph = true_merge(*subjects, message=message)
    pull = graph.pulls(pull_heads={12: graph.heads["topic"]})[12]
    assert (pull.title, pull.how) == (Text(title), "merge")
    assert graph.loose(pull_heads={12: graph.heads["topic"]}) == ["Begin"]


def test_the_only_commit_may_itself_be_a_merge_and_then_the_branch_gives_the_title() -> None:
    graph = Graph()
    graph.branch("topic")
    graph.branch("other")
    graph.commit("Inner", on="other")
    graph.merge("other", message="Merge other", into="topic")
    graph.merge("topic", message="Merge branch 'topic' into develop")
    assert graph.pulls(pull_heads={12: graph.heads["topic"]})[12].title == Text("topic")


@pytest.mark.parametrize(
    "subject",
    [
        "Merge branch 'main' into develop",
        "Merge branch 'develop' of github.com:o/r into develop",
        "Merge remote-tracking branch 'origin/develop' into topic",
        "Merge branch 'release/1.3.0' into develop",
        "Merge branch 'hotfix/1.3.1' into develop",
        "Merge branch 'backmerge/1.3.0' into develop",
        "Merge tag 'v1.3.0' into develop",
    ],
)
def test_merges_of_the_flow_are_no_pull_requests_though_one_has_their_head(subject: str) -> None:
    graph = true_merge("Work", message=subject)
    assert graph.pulls(pull_heads={12: graph.heads["topic"]}) == {}
    assert graph.loose(pull_heads={12: graph.heads["topic"]}) == ["Work", "Begin"]


def test_of_several_pull_requests_with_one_head_the_highest_was_merged() -> None:
    graph = true_merge("Work", message="Merge branch 'topic'")
    head = graph.heads["topic"]
    assert list(graph.pulls(pull_heads={12: head, 14: head, 13: head})) == [14]


def test_the_head_that_was_merged_beats_the_subject() -> None:
    graph = Graph()
    graph.branch("topic")
    graph.commit("Work", on="topic")
    graph.merge_pull(99, "topic", title="Add x")
    head = graph.heads["topic"]
    assert graph.pulls(pull_heads={12: head})[12].title == Text("Add x")
    assert list(graph.pulls(pull_heads={12: head, 99: head, 100: head})) == [99]


def test_the_head_of_a_pull_request_on_the_line_itself_says_nothing() -> None:
    graph = Graph()
    head = graph.commit("Work")
    assert graph.pulls(pull_heads={12: head}) == {}


def test_a_number_that_is_no_pull_request_is_a_loose_commit() -> None:
    graph = Graph()
    graph.commit("Add x (#12)")
    graph.commit("Fix issue (#7)")
    graph.pull(13)
    heads = {12: "a" * 40, 13: "b" * 40}
    assert list(graph.pulls(pull_heads=heads)) == [13, 12]
    assert graph.loose(pull_heads=heads) == ["Fix issue (#7)", "Begin"]


def test_a_merge_with_a_number_that_is_no_pull_request_is_a_plain_merge() -> None:
    graph = Graph()
    graph.pull(12)
    graph.pull(13)
    graph.pull(7, "Foreign")
    heads = {12: "a" * 40, 13: "b" * 40}
    assert list(graph.pulls(pull_heads=heads)) == [13, 12]
    assert graph.loose(pull_heads=heads) == ["Foreign", "Begin"]


def test_a_mirror_with_only_some_heads_drops_no_number() -> None:
    graph = Graph()
    graph.commit("Add x (#12)")
    graph.commit("Add y (#13)")
    assert list(graph.pulls(pull_heads={12: "a" * 40})) == [13, 12]


# --- Pull requests within pull requests


def test_what_was_merged_into_a_merged_branch_came_via_it() -> None:
    graph = Graph()
    graph.branch("epic")
    graph.pull(12, into="epic")
    graph.commit("Squashed (#13)", on="epic")
    graph.branch("inner", at="epic")
    inner = graph.commit("By hand", on="inner")
    graph.merge("inner", message="Merge branch 'inner' into epic", into="epic")
    graph.merge_pull(20, "epic")
    pulls = graph.pulls(pull_heads={12: "a" * 40, 13: "b" * 40, 14: inner, 20: "c" * 40})
    assert {number: pull.via for number, pull in pulls.items()} == {20: None, 14: 20, 13: 20, 12: 20}
    assert graph.loose() == ["Begin"]


def test_via_is_the_innermost() -> None:
    graph = Graph()
    graph.branch("outer")
    graph.branch("middle", at="outer")
    graph.pull(12, into="middle")
    graph.merge_pull(13, "middle", into="outer")
    graph.merge_pull(14, "outer")
    assert {number: pull.via for number, pull in graph.pulls().items()} == {14: None, 13: 14, 12: 13}


@pytest.mark.parametrize(
    "message",
    [
        "Merge branch 'release/1.3.0' into develop",
        "Merge pull request #30 from o/release/1.3.0\n\nRelease",
        "Merge pull request #30 from o/backmerge/1.3.0\n\nBack",
    ],
)
def test_merges_of_the_flow_are_transparent(message: str) -> None:
    graph = Graph()
    graph.branch("release/1.3.0")
    graph.pull(12, into="release/1.3.0")
    graph.commit("Bump", on="release/1.3.0")
    graph.merge("release/1.3.0", message=message)
    assert {number: pull.via for number, pull in graph.pulls().items()} == {12: None}
    assert graph.loose() == ["Bump", "Begin"]


def test_pull_requests_on_the_other_side_of_a_foxtrot_merge_came_directly() -> None:
    graph = Graph()
    graph.branch("local")
    graph.commit("Mine", on="local")
    graph.pull(12)
    graph.pull(13)
    graph.merge("develop", message="Merge branch 'develop' of github.com:o/r into develop", into="local")
    assert {number: pull.via for number, pull in graph.pulls(tip="local").items()} == {13: None, 12: None}
    assert graph.loose(tip="local") == ["Mine", "Begin"]


def test_a_commit_that_names_its_own_pull_request_is_not_within_it() -> None:
    graph = Graph()
    merge = graph.pull(12, "Add x (#12)")
    assert graph.pulls()[12].commit == merge
    assert graph.pulls()[12].via is None


def test_a_number_is_listed_once_as_what_came_directly_else_the_newest() -> None:
    graph = Graph()
    graph.commit("Add x (#12)")
    newest = graph.commit("Add x again (#12)")
    graph.pull(20, "Pick x (#12)")
    pulls = graph.pulls()
    assert (pulls[12].commit, pulls[12].via) == (newest, None)
    assert graph.loose() == ["Begin"]


# --- The flow's own


def flow_pull(head: str, *, inner: bool = False, direct: bool = True) -> Graph:
    graph = Graph()
    graph.branch("side")
    if inner:
        graph.pull(12, into="side")
    if direct:
        graph.commit("Direct", on="side")
    graph.merge_pull(30, "side", head=head)
    return graph


@pytest.mark.parametrize(
    ("head", "names", "listed"),
    [
        ("o/release/1.4.0", NAMES, False),
        ("O/release/1.4.0", NAMES, False),
        ("o/backmerge/1.4.0", NAMES, False),
        ("o/main", NAMES, False),
        ("o/develop", NAMES, False),
        ("mallory/release/x", NAMES, True),
        ("mallory/backmerge/x", NAMES, True),
        ("bob/main", NAMES, True),
        ("bob/develop", NAMES, True),
        ("o/developer", NAMES, True),
        ("o/main/x", NAMES, True),
        ("o/release/1.4.0", NO_OWNER, False),
        ("bob/backmerge/1.4.0", NO_OWNER, False),
        ("bob/main", NO_OWNER, True),
        ("bob/develop", NO_OWNER, True),
        ("o/topic", Names("main", "develop", "", "", "o"), True),
    ],
)
def test_the_flows_own_pull_requests_are_left_out_but_no_forks(head: str, names: Names, listed: bool) -> None:
    graph = flow_pull(head)
    assert list(graph.pulls(names=names)) == ([30] if listed else [])
    assert graph.loose(names=names) == (["Begin"] if listed else ["Direct", "Begin"])


@pytest.mark.parametrize("head", ["o/main", "o/develop"])
def test_without_an_owner_a_long_lived_branch_is_known_by_the_pull_requests_it_brings(head: str) -> None:
    graph = flow_pull(head, inner=True)
    assert {number: pull.via for number, pull in graph.pulls(names=NO_OWNER).items()} == {12: None}


def test_without_an_owner_a_long_lived_branch_that_brings_nothing_is_the_flows() -> None:
    assert flow_pull("o/main", direct=False).pulls(names=NO_OWNER) == {}


@pytest.mark.parametrize(
    ("head", "inner", "direct", "via"),
    [
        ("o/hotfix/1.3.1", False, True, {30: None}),
        ("o/hotfix/1.3.1", True, False, {12: None}),
        ("o/hotfix/1.3.1", True, True, {30: None, 12: 30}),
        ("o/hotfix/1.3.1", False, False, {}),
        ("bob/hotfix/typo", True, False, {30: None, 12: 30}),
    ],
)
def test_a_hotfix_counts_where_no_inner_pull_request_covers_it(
    head: str, inner: bool, direct: bool, via: dict[int, int | None]
) -> None:
    graph = flow_pull(head, inner=inner, direct=direct)
    assert {number: pull.via for number, pull in graph.pulls().items()} == via
    assert graph.loose() == ["Begin"]


def test_a_hotfix_whose_commit_names_its_own_pull_request_counts() -> None:
    graph = Graph()
    merge = graph.pull(30, "Mend x (#30)", head="o/hotfix/1.3.1")
    assert graph.pulls()[30].commit == merge


def test_a_merge_titled_like_a_plain_merge_of_the_flow_is_the_flows() -> None:
    graph = Graph()
    graph.branch("side")
    graph.commit("Bump", on="side")
    graph.merge("side", message="Merge branch 'release/1.4.0' into develop (#30)")
    assert graph.pulls() == {}


def test_a_squashed_release_cannot_be_told_from_a_title_and_stays() -> None:
    graph = Graph()
    graph.commit("Release 1.4.0 (#30)")
    assert list(graph.pulls()) == [30]


# --- Open releases, and what is released by name


def test_what_an_open_release_has_is_in_it() -> None:
    graph = Graph()
    graph.pull(12)
    graph.branch("release/1.4.0")
    graph.pull(13, into="release/1.4.0")
    graph.merge("release/1.4.0", message="Merge branch 'release/1.4.0' into develop")
    graph.commit("Bump", on="release/1.4.0")
    graph.pull(14)
    pulls = graph.pulls(open_releases={"1.4.0": graph.heads["release/1.4.0"], "1.5.0": graph.heads["develop"]})
    assert {number: pull.in_release for number, pull in pulls.items()} == {14: "1.5.0", 13: "1.4.0", 12: "1.4.0"}
    assert {pull.in_release for pull in graph.pulls(open_releases={"1.4.0": "f" * 40}).values()} == {None}


def test_released_numbers_are_left_out_with_all_that_they_brought() -> None:
    graph = Graph()
    graph.branch("epic")
    graph.pull(12, into="epic")
    graph.commit("Direct", on="epic")
    graph.merge_pull(20, "epic")
    graph.pull(21)
    released = Released(numbers=frozenset({20}))
    assert {n: pull.via for n, pull in graph.pulls(released=released).items()} == {21: None, 12: None}
    assert graph.loose(released=released) == ["Begin"]


def test_a_pull_request_is_left_out_when_all_its_commits_are_released() -> None:
    graph = Graph()
    graph.pull(12, "a", "b")
    graph.pull(13, "c", "d")
    squash = graph.commit("Add x (#14)")
    graph.commit("Loose")
    by_subject = {one.subject: one.sha for one in graph.commits}
    released = Released(commits=frozenset({by_subject["a"], by_subject["b"], by_subject["c"], squash, sha(0)}))
    assert list(graph.pulls(released=released)) == [13]
    assert graph.loose(released=released) == ["Loose"]


# --- Dates, hostile texts, and properties


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_795_168_800, "2026-11-20T10:00:00Z"),
        (951_782_399, "2000-02-28T23:59:59Z"),
        (951_782_400, "2000-02-29T00:00:00Z"),
        (-1, "1969-12-31T23:59:59Z"),
        (10**18, "9999-12-31T01:46:40Z"),
        (-(10**18), "0001-01-01T22:13:20Z"),
    ],
)
def test_dates_are_utc(seconds: int, text: str) -> None:
    assert utc(seconds) == text


@pytest.mark.parametrize(
    "message",
    [
        "(#1) " * 200_000 + "(#7)",
        "x" * 2_000_000,
        "\x1b]0;title\x07\r\u202e (#7)",
        "\ud800 (#7)",
        "This reverts commit " * 50_000,
        'Revert "' * 50_000,
        "Reverts " + "a/" * 50_000 + "#1",
        "\n" * 200_000,
        "Merge branch '" + "'" * 1000,
    ],
    ids=range(9),
)
@pytest.mark.parametrize("parents", [1, 2])
def test_hostile_messages_do_no_harm(message: str, parents: int) -> None:
    graph = Graph()
    graph.branch("side")
    graph.commit("Work", on="side")
    if parents == 1:
        graph.commit(message)
    else:
        graph.merge("side", message=message)
    collected = graph.collect(pull_heads={3: graph.heads["side"]})
    assert len(collected.pull_requests) + len(collected.commits) == 2


def collect_log(log: list[Commit], tip: str, names: Names = NAMES, heads: dict[int, str] | None = None) -> Collected:
    return collect(survey(log, tip=tip, names=names, pull_heads=heads or {}, released=Released()), {})


heads = st.dictionaries(st.integers(1, 9), st.integers(0, 25).map(sha), max_size=6)


@settings(deadline=None)
@given(log=logs(), heads=heads, shuffled=st.booleans(), names=st.sampled_from([NAMES, NO_OWNER]), data=st.data())
def test_any_graph_gives_a_list_that_holds_together(
    log: list[Commit], heads: dict[int, str], shuffled: bool, names: Names, data: st.DataObject
) -> None:
    tip = log[0].sha
    if shuffled:
        log = data.draw(st.permutations(log))
    collected = collect_log(log, tip, names, heads)
    listed = numbers(collected)
    assert len(set(listed)) == len(listed)
    by_sha = {one.sha: one for one in log}
    for pull in collected.pull_requests:
        assert pull.via is None or (pull.via in listed and pull.via != pull.number)
        assert pull.reverted_by in listed or pull.reverted_by in by_sha or pull.reverted_by is None
        assert pull.reverted_by not in (pull.number, pull.commit)
    order = [one.sha for one in log]
    for shas in ([pull.commit for pull in collected.pull_requests], [one.sha for one in collected.commits]):
        assert shas == sorted(shas, key=order.index)


OURS = ["Work", "Merge branch 'topic'", "Merge pull request #{n} from o/topic\n\nT", "Title (#{n})"]
FLOW = "Merge pull request #{n} from o/release/1.4.0\n\nTitle"


@settings(deadline=None)
@given(logs([*OURS, FLOW], distinct=True))
def test_every_commit_is_covered_by_a_pull_request_or_loose(log: list[Commit]) -> None:
    lineage = trace(log, log[0].sha)
    collected = collect_log(log, log[0].sha)
    listed = {pull.commit for pull in collected.pull_requests}
    loose = {one.sha for one in collected.commits}
    assert not listed & loose
    for at in lineage.order:
        around, merge = {log[at].sha}, lineage.into[at]
        while merge not in (NOBODY, UNREACHED):
            around.add(log[merge].sha)
            merge = lineage.into[merge]
        if not log[at].is_merge:
            assert bool(around & listed) != (log[at].sha in loose)
        word = said_by(log[at])
        assert (log[at].sha in listed) == (word is not None and "release/" not in (word.branch or ""))


@settings(deadline=None)
@given(logs([*OURS, FLOW, MESSAGES[5]], distinct=True), st.data())
def test_a_range_is_the_sum_of_its_parts(log: list[Commit], data: st.DataObject) -> None:
    tip = log[0].sha
    lineage = trace(log, tip)
    line = [log[at].sha for at in lineage.order if lineage.into[at] == NOBODY]
    cut = data.draw(st.sampled_from(line))
    older = {log[at].sha for at in trace(log, cut).order}
    whole = collect_log(log, tip)
    new = collect_log([one for one in log if one.sha not in older], tip)
    old = collect_log([one for one in log if one.sha in older], cut)

    def told(collected: Collected) -> set[object]:
        pulls = {(pull.number, pull.via, pull.title) for pull in collected.pull_requests}
        return pulls | {one.sha for one in collected.commits}

    assert not told(new) & told(old)
    assert told(new) | told(old) == told(whole)


def test_ten_thousand_pull_requests_within_each_other() -> None:
    graph = Graph()
    depth = 10_000
    for n in range(1, depth + 1):
        graph.branch(f"b{n}", at=f"b{n - 1}" if n > 1 else "develop")
    graph.commit("Work", on=f"b{depth}")
    for n in range(depth, 0, -1):
        graph.merge_pull(n, f"b{n}", into=f"b{n - 1}" if n > 1 else "develop")
    pulls = graph.pulls()
    assert len(pulls) == depth
    assert all(pulls[n].via == (n - 1 or None) for n in pulls)


# --- What breaks


@pytest.mark.parametrize(
    ("message", "breaking"),
    [
        ("feat: more\n\nBREAKING CHANGE: all of it", True),
        ("fix: less\n\nWhy.\n\nReviewed-by: Hana\nBREAKING-CHANGE: the old way is gone", True),
        ("feat: more\n\nNo BREAKING CHANGE: at all", False),
        ("feat: more\n\nBREAKING CHANGE:", False),
        ("feat: more\n\nbreaking change: small letters are prose", False),
        ("feat: BREAKING CHANGE", False),
    ],
)
def test_a_footer_says_that_something_breaks(message: str, breaking: bool) -> None:
    graph = Graph()
    graph.commit(message)
    assert graph.collect().breaking is breaking


def test_a_footer_inside_a_pull_request_counts_until_it_is_reverted() -> None:
    graph = Graph()
    merge = graph.pull(12, "feat: more\n\nBREAKING CHANGE: all of it")
    assert graph.collect().breaking
    graph.commit(f'Revert "more"\n\nThis reverts commit {merge}.')
    assert not graph.collect().breaking
