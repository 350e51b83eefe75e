"""The plans of a release by pull request, and under which policy its pull requests are judged."""

import msgspec
import pytest

from reletan.domain.bypull import BackPull, plan_release_pull, policy_for_release, refused_branches, with_back_pulls
from reletan.domain.flow import Branches
from reletan.domain.merging import Check, Judged, MergeFacts, Opinion, Policy, Verdict, judge
from reletan.domain.plan import MergePull, OpenPull, Plan, PushRefs, RefUpdate, RunHook
from reletan.domain.tagging import BackMerge, ReleaseFacts, plan_tag

HEAD, MAIN, DEVELOP, MERGED = "a" * 40, "b" * 40, "c" * 40, "d" * 40
FACTS = ReleaseFacts(
    kind="release", version="1.4.0", branch="release/1.4.0", tag="v1.4.0", remote="origin",
    branches=Branches(production="main", development="develop", release_prefix="release/", hotfix_prefix="hotfix/"),
    production=MAIN, head=HEAD, published=True, beyond=False, merge=MERGED, merge_is_new=True, tagged=None,
    tag_object="e" * 40, back_merges=(BackMerge(branch="develop", old=DEVELOP, merged=None, via="backmerge/1.4.0"),), done_with=(),
    keep_branch=False, local_branch=None, local_branch_checked_out=False,
    local_tag_missing=False, configured_base=False, mode="pull-request", repository="acme/shop",
)  # fmt: skip
PULL = MergeFacts(number=7, title="Release 1.4.0", base="main", head=HEAD, branch="release/1.4.0")
TEAM = Policy(approvals=2, required_label="automerge", method="squash", required_checks=("slow",), update_branch=True)
OPENING = OpenPull(repository="acme/shop", branch="backmerge/1.4.0", base="develop", title="Back", body="")


def judged(facts: MergeFacts, policy: Policy | None = None) -> Judged:
    return Judged(facts=facts, verdict=judge(facts, policy or policy_for_release(Policy(), facts.base, "merge")))


def test_a_release_needs_who_its_rules_ask_for_and_the_checks_that_the_team_names() -> None:
    policy = policy_for_release(TEAM, "main", "merge")
    reasons = judge(PULL, policy).reasons
    assert [(one.code, one.text) for one in reasons] == [("check-missing", "required checks not reported: slow")]
    green = msgspec.structs.replace(PULL, checks=(Check(name="slow", state="green"),))
    assert (judge(green, policy).action, judge(green, policy).method) == ("merge", "merge")
    asked = msgspec.structs.replace(green, required_approvals=1)
    assert [one.code for one in judge(asked, policy).reasons] == ["approvals"]
    opinion = Opinion(by="yuki", approves=True, commit=HEAD)
    assert judge(msgspec.structs.replace(asked, opinions=(opinion,)), policy).action == "merge"


@pytest.mark.parametrize("state", ["behind", "blocked"])
def test_a_release_branch_is_never_brought_up_to_date_by_itself(state: str) -> None:
    facts = msgspec.structs.replace(PULL, state=state, checks=(Check(name="slow", state="green"),), admin=True)
    assert judge(facts, policy_for_release(TEAM, "main", "merge")).action == "leave"


def test_the_merge_s_subject_is_github_s_and_a_squash_has_github_s_words() -> None:
    (step,) = plan_release_pull(FACTS, "acme/shop", judged(PULL), None).steps
    assert step == MergePull(
        repository="acme/shop", number=7, branch="release/1.4.0", head=HEAD, base="main", method="merge",
        title="Merge pull request #7 from acme/release/1.4.0",
    )  # fmt: skip
    squashing = judged(PULL, policy_for_release(Policy(), "main", "squash"))
    (step,) = plan_release_pull(FACTS, "acme/shop", squashing, None).steps
    assert isinstance(step, MergePull)
    assert (step.method, step.title) == ("squash", None)


def test_what_follows_is_told_in_words() -> None:
    plan = plan_release_pull(FACTS, "acme/shop", None, OPENING)
    assert (plan.steps, plan.head, plan.mode, plan.public) == ((OPENING,), HEAD, "pull-request", False)
    assert plan.then == (
        "merge it into main as soon as it may be merged",
        "tag the commit that GitHub makes as v1.4.0",
        "open a pull request from backmerge/1.4.0 into develop, and merge it as soon as it may be merged",
        "delete release/1.4.0",
    )
    pushed = msgspec.structs.replace(
        FACTS, keep_branch=True, back_merges=(BackMerge(branch="develop", old=DEVELOP, merged=MERGED),)
    )
    assert plan_release_pull(pushed, "acme/shop", judged(PULL), None).then == (
        "tag the commit that GitHub makes as v1.4.0", "merge the tag back into develop",
    )  # fmt: skip


def test_the_hook_runs_before_the_merge_and_not_for_waiting() -> None:
    hook = RunHook("pre-flow-release-finish", "/hooks/pre", ())
    facts = msgspec.structs.replace(FACTS, pre_hook=hook)
    assert plan_release_pull(facts, "acme/shop", judged(PULL), None).steps[0] == hook
    draft = judged(msgspec.structs.replace(PULL, draft=True))
    plan = plan_release_pull(facts, "acme/shop", draft, None)
    assert (plan.steps, plan.then, plan.waits) == ((), (), ("#7 into main: it is a draft",))
    assert plan.blocked == "1.4.0 is not in main yet: its release pull request waits."


def test_a_queue_is_waited_for() -> None:
    plan = plan_release_pull(FACTS, "acme/shop", judged(msgspec.structs.replace(PULL, queue=True)), None)
    (step,) = plan.steps
    assert isinstance(step, MergePull)
    assert (step.method, plan.then, plan.blocked is None) == ("queue", (), False)


@pytest.mark.parametrize("pull", [None, judged(msgspec.structs.replace(PULL, merged=True, open=False))])
def test_what_was_merged_a_moment_ago_is_looked_at_again(pull: Judged | None) -> None:
    plan = plan_release_pull(FACTS, "acme/shop", pull, None)
    assert (plan.steps, plan.blocked, plan.then[0]) == ((), None, "tag the commit that GitHub makes as v1.4.0")


# and back

BACK = MergeFacts(number=8, title="Back", base="develop", head=MERGED, branch="backmerge/1.4.0")
READY = BackPull(base="develop", opening=OPENING, judged=judged(BACK))
WAITING = BackPull(
    base="release/1.5.0", opening=msgspec.structs.replace(OPENING, base="release/1.5.0"),
    judged=judged(msgspec.structs.replace(BACK, number=9, base="release/1.5.0", state="dirty")),
)  # fmt: skip


def on_the_way_back(*back: BackPull) -> Plan:
    facts = msgspec.structs.replace(FACTS, merge_is_new=False)
    return with_back_pulls(plan_tag(facts), facts, back)


def test_the_tag_is_pushed_with_the_branch_that_the_pull_request_is_opened_from() -> None:
    plan = on_the_way_back(BackPull(base="develop", opening=OPENING))
    pushed, *_, opened = plan.steps
    assert isinstance(pushed, PushRefs)
    assert [update.ref for update in pushed.updates] == ["refs/tags/v1.4.0", "refs/heads/backmerge/1.4.0"]
    assert (opened, plan.waits, plan.public) == (OPENING, (), True)
    assert plan.then == ("merge the pull request into develop as soon as it may be merged",)


def test_what_is_ready_is_merged_although_another_one_waits() -> None:
    plan = on_the_way_back(READY, WAITING)
    assert isinstance(plan.steps[-1], MergePull)
    assert (plan.then, plan.blocked) == (("delete backmerge/1.4.0, once it is merged into develop",), None)


def test_what_waits_is_named() -> None:
    plan = on_the_way_back(WAITING)
    assert plan.blocked == "1.4.0 is released, but not back in release/1.5.0 yet."
    assert plan.waits == ("#9 into release/1.5.0: it conflicts with release/1.5.0",)


def test_without_github_people_open_it() -> None:
    plan = on_the_way_back()
    assert (plan.then, plan.blocked, len(plan.waits)) == ((), None, 1)


# a push that is refused

PUSHED = Plan(
    command="tag", version="1.4.0",
    steps=(PushRefs("origin", (RefUpdate("refs/heads/main", MAIN, MERGED), RefUpdate("refs/tags/v1.4.0", None, MERGED),
                               RefUpdate("refs/heads/develop", DEVELOP, MERGED),
                               RefUpdate("refs/heads/backmerge/1.4.0", None, MERGED))),),
)  # fmt: skip
ALL = ["!\tx:refs/heads/main\t[remote rejected] (hook declined)", "!\tx:refs/heads/develop\t[remote rejected] (failed)"]


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        (["remote: error: GH006: Protected branch update failed for refs/heads/main."], {"main"}),
        (["remote: error: GH013: Repository rule violations found for refs/heads/develop."], {"develop"}),
        (["remote: error: GH013: Repository rule violations found for refs/tags/v1.4.0."], set()),
        (["remote: no: refs/heads/other."], set()),
        (["remote: You may not."], {"main", "develop"}),
    ],
)
def test_the_branches_that_a_rule_refused_are_those_that_the_remote_names(said: list[str], refused: set[str]) -> None:
    assert refused_branches(PUSHED, [*ALL, *said]) == refused


def test_a_verdict_that_is_not_to_merge_makes_no_step() -> None:
    for action in ("leave", "update", "auto-merge", "stop-auto-merge"):
        pull = Judged(facts=BACK, verdict=Verdict(number=8, action=action, method="merge"))
        plan = on_the_way_back(BackPull(base="develop", opening=OPENING, judged=pull))
        assert not any(isinstance(step, MergePull) for step in plan.steps)
