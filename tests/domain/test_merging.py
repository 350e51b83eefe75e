"""The judge of automerge: what is done with a pull request, and every reason why it is not simply merged."""

from typing import Any

import pytest
from judging import (
    EARLIER,
    HEAD,
    JOB,
    REQUIRED_JOB,
    TEAM,
    TEST,
    WAYS,
    changed,
    codes,
    failed,
    green,
    no,
    pending,
    team,
    yes,
)

from reletan.domain.merging import MergeFacts, Policy, judge


def case(says: str, expected: str, policy: Policy = TEAM, **facts: Any) -> Any:
    """``expected`` is the action and the codes: "leave: draft fork"."""
    action, _, reasons = expected.partition(": ")
    return pytest.param(changed(**facts), policy, action, reasons.split(), id=says)


# fmt: off
IT_IS = [
    case("clean, approved and tested", "merge"),
    case("clean behind a pre-receive hook", "merge", state="has_hooks"),
    case("already merged", "leave: merged", open=False, merged=True, state="unknown", mergeable=None),
    case("merged, though it is still said to be open", "leave: merged", merged=True),
    case("merged, and everything else is wrong too", "leave: merged", merged=True, draft=True, labels=("wip",)),
    case("merged into a base that is not allowed", "leave: merged", merged=True, base="main"),
    case("closed", "leave: closed", open=False),
    case("closed, and GitHub knows nothing", "leave: closed", open=False, state="unknown", mergeable=None),
    case("closed as a draft of a fork", "leave: closed", open=False, draft=True, fork=True),
    case("closed while our job is required", "leave: closed", open=False, state="blocked", checks=(REQUIRED_JOB,)),
    case("a draft that GitHub calls draft", "leave: draft", draft=True, state="draft"),
    case("a draft that GitHub calls clean", "leave: draft", draft=True),
    case("a draft that GitHub calls unstable", "leave: draft", draft=True, state="unstable"),
    case("a draft that GitHub calls unknown", "leave: draft unknown", draft=True, state="unknown"),
    case("a draft that GitHub calls blocked, for an admin", "leave: draft", draft=True, state="blocked", admin=True),
    case("called draft, and is none", "leave: unknown", state="draft"),
    case("a fork", "leave: fork", fork=True),
    case("a fork where forks are allowed", "merge", team(forks=True), fork=True),
    case("no fork where forks are allowed", "merge", team(forks=True)),
    case("a draft of a fork", "leave: draft fork", draft=True, fork=True),
    case("the tested commit is the head", "merge", tested=HEAD),
    case("a push after the test", "leave: not-tested", tested=EARLIER),
    case("an abbreviated tested commit", "leave: not-tested", tested=HEAD[:10]),
    case("an empty tested commit", "leave: not-tested", tested=""),
    case("a push after test and approval", "leave: not-tested approvals", tested=EARLIER, opinions=(yes("yuki", EARLIER),)),
    case("a push that conflicts", "leave: not-tested conflict", tested=EARLIER, mergeable=False, state="dirty"),
    case("another base", "leave: base-not-allowed", base="main"),
    case("a base in other letters", "leave: base-not-allowed", base="Develop"),
    case("a base that only begins like it", "leave: base-not-allowed", base="develop-2"),
    case("a base that only ends like it", "leave: base-not-allowed", base="my/develop"),
    case("a release branch by a pattern", "merge", team(base=("release/*",)), base="release/1.4.0"),
    case("the second of two bases", "merge", team(base=("develop", "release/*")), base="release/1.4.0"),
    case("the first of two bases", "merge", team(base=("develop", "release/*"))),
    case("none of two bases", "leave: base-not-allowed", team(base=("develop", "release/*")), base="hotfix/1.4.1"),
    case("a pattern does not match in the middle", "leave: base-not-allowed", team(base=("lease/*",)), base="release/1"),
    case("one letter of a set", "merge", team(base=("release/[12].x",)), base="release/2.x"),
    case("a letter outside of the set", "leave: base-not-allowed", team(base=("release/[12].x",)), base="release/3.x"),
    case("a pattern with a bracket left open", "leave: base-not-allowed", team(base=("[develop",))),
    case("a dot is a dot", "leave: base-not-allowed", team(base=("v1.x",)), base="v1-x"),
    case("every base", "merge", team(base=("*",)), base="main"),
    case("no base at all", "leave: base-not-allowed", team(base=())),
]
# fmt: on


ADMIN_BLOCKED: dict[str, Any] = {"admin": True, "state": "blocked"}
UPDATE = team(update_branch=True)


# fmt: off
GITHUB_SAYS = [
    case("a conflict", "leave: conflict", mergeable=False, state="dirty"),
    case("a conflict by mergeable alone", "leave: conflict", mergeable=False),
    case("a conflict by state alone", "leave: conflict", state="dirty"),
    case("a conflict, and the state is not known", "leave: conflict", mergeable=False, state="unknown"),
    case("dirty while mergeable is not known", "leave: conflict", mergeable=None, state="dirty"),
    case("a conflict where branches are updated", "leave: conflict", UPDATE, mergeable=False, state="dirty"),
    case("behind", "leave: behind", state="behind"),
    case("behind, to be updated", "update: behind", UPDATE, state="behind"),
    case("behind and in need of an approval", "leave: behind approvals", UPDATE, state="behind", opinions=()),
    case("behind with a failed check", "leave: behind check-failed", UPDATE, state="behind", checks=(TEST, failed("lint"))),
    case("behind with a pending check", "leave: behind check-pending", UPDATE, state="behind", checks=(TEST, pending("e"))),
    case("behind, our job pending", "update: behind", UPDATE, state="behind", checks=(TEST, JOB)),
    case("behind, our required job pending", "update: behind", UPDATE, state="behind", checks=(TEST, REQUIRED_JOB)),
    case("behind as a draft", "leave: draft behind", UPDATE, state="behind", draft=True),
    case("behind with a label that blocks", "leave: behind blocked-by-label", UPDATE, state="behind", labels=("wip",)),
    case("behind in a fork", "leave: fork behind", UPDATE, state="behind", fork=True),
    case("behind into a base that is not allowed", "leave: base-not-allowed behind", UPDATE, state="behind", base="x"),
    case("behind while GitHub merges it by itself", "leave: behind auto-merge-on", UPDATE, state="behind", auto_merge=True),
    case("behind, mergeable not known", "leave: behind unknown", UPDATE, state="behind", mergeable=None),
    case("clean where branches are updated", "merge", UPDATE),
    case("not known yet", "leave: unknown", mergeable=None, state="unknown"),
    case("mergeable not known, state clean", "leave: unknown", mergeable=None),
    case("mergeable not known, state unstable", "leave: unknown", mergeable=None, state="unstable"),
    case("mergeable, state not known", "leave: unknown", state="unknown"),
    case("no state", "leave: unknown", state=""),
    case("the state undefined", "leave: unknown", state="undefined"),
    case("a state of next year", "leave: unknown", state="sparkling"),
    case("a state in capitals", "leave: unknown", state="CLEAN"),
    case("not known for an admin", "leave: unknown", admin=True, state="unknown"),
    case("not known in a repository with a queue", "leave: unknown", queue=True, mergeable=None),
    case("not known and without approval", "leave: approvals unknown", opinions=(), mergeable=None, state="unknown"),
    case("blocked for no reason to be seen", "merge", state="blocked"),
    case("blocked for no reason to be seen, for an admin", "leave: protection", **ADMIN_BLOCKED),
    case("clean for an admin", "merge", admin=True),
    case("unstable for an admin", "merge", admin=True, state="unstable", checks=(TEST, JOB)),
    case("blocked for an admin by an approval", "leave: approvals", opinions=(), **ADMIN_BLOCKED),
    case("blocked for an admin by a check", "leave: check-failed", checks=(failed("test", True),), **ADMIN_BLOCKED),
    case("blocked for an admin by a check to come", "leave: check-missing", checks=(), **ADMIN_BLOCKED),
    case("a label does not explain blocked", "leave: blocked-by-label protection", labels=("wip",), **ADMIN_BLOCKED),
    case("a fork does not explain blocked", "leave: fork protection", fork=True, **ADMIN_BLOCKED),
    case("a new push does not explain blocked", "leave: not-tested protection", tested=EARLIER, **ADMIN_BLOCKED),
    case("blocked by a label, for one whom rules bind", "leave: blocked-by-label", labels=("wip",), state="blocked"),
    case("an admin, blocked, mergeable not known", "leave: protection unknown", mergeable=None, **ADMIN_BLOCKED),
    case("blocked without approval", "leave: approvals", state="blocked", opinions=()),
]
# fmt: on


TWO = team(approvals=2)


# fmt: off
PEOPLE = [
    case("no opinion", "leave: approvals", opinions=()),
    case("approved at an earlier commit", "leave: approvals", opinions=(yes("yuki", EARLIER),)),
    case("approved at a commit that is gone", "leave: approvals", opinions=(yes("yuki", None),)),
    case("approved by the author", "leave: approvals", opinions=(yes("hana"),)),
    case("approved by the author in capitals", "leave: approvals", opinions=(yes("HANA"),)),
    case("approved without write access", "leave: approvals", opinions=(yes("mallory", may_write=False),)),
    case("approved by a bot that may write", "merge", opinions=(yes("renovate-approve[bot]"),)),
    case("approved by a bot that may not", "leave: approvals", opinions=(yes("review[bot]", may_write=False),)),
    case("approved, the author's account is gone", "merge", author=None),
    case("two are needed, one is there", "leave: approvals", TWO),
    case("two are needed and there", "merge", TWO, opinions=(yes("yuki"), yes("ken"))),
    case("two are needed, one is the author", "leave: approvals", TWO, opinions=(yes("yuki"), yes("hana"))),
    case("two are needed, one is earlier", "leave: approvals", TWO, opinions=(yes("yuki"), yes("ken", EARLIER))),
    case("two approvals of one person", "leave: approvals", TWO, opinions=(yes("yuki"), yes("yuki"))),
    case("one person in two spellings", "leave: approvals", TWO, opinions=(yes("yuki"), yes("Yuki"))),
    case("two are needed, three are there", "merge", TWO, opinions=(yes("yuki"), yes("ken"), yes("mei"))),
    case("the base asks for more than the team", "leave: approvals", required_approvals=2),
    case("the team asks for more than the base", "leave: approvals", TWO, required_approvals=0),
    case("the base asks for none, the team for one", "merge", required_approvals=0),
    case("nobody asks for one", "merge", team(approvals=0), required_approvals=0, opinions=()),
    case("only the base asks for one", "leave: approvals", team(approvals=0), opinions=()),
    case("a policy below nothing", "merge", team(approvals=-1), required_approvals=0, opinions=()),
    case("changes requested besides an approval", "leave: changes-requested", opinions=(yes("yuki"), no("ken"))),
    case("changes requested alone", "leave: approvals changes-requested", opinions=(no("ken"),)),
    case("changes requested at an earlier commit", "leave: changes-requested", opinions=(yes("yuki"), no("ken", EARLIER))),
    case("changes requested at a commit that is gone", "leave: changes-requested", opinions=(yes("yuki"), no("ken", None))),
    case("changes requested by a stranger", "merge", opinions=(yes("yuki"), no("mallory", may_write=False))),
    case("changes requested by the author", "leave: changes-requested", opinions=(yes("yuki"), no("hana"))),
    case("one opinion of each kind by one person", "leave: changes-requested", opinions=(yes("yuki"), no("yuki"))),
    case("changes requested where none need approve", "leave: changes-requested", team(approvals=0),
         required_approvals=0, opinions=(no("ken"),)),
    case("an admin without approval, clean", "leave: approvals", admin=True, opinions=()),
]
# fmt: on


WANTED = team(required_label="automerge")


# fmt: off
LABELS = [
    case("a label that says nothing", "merge", labels=("feature",)),
    case("a label that blocks", "leave: blocked-by-label", labels=("wip",)),
    case("a label that blocks, in capitals", "leave: blocked-by-label", labels=("WIP",)),
    case("a policy in capitals", "leave: blocked-by-label", team(block_labels=("WIP",)), labels=("wip",)),
    case("two labels that block", "leave: blocked-by-label", labels=("wip", "do-not-merge")),
    case("a label that only begins like one", "merge", labels=("wip-done",)),
    case("no label blocks", "merge", team(block_labels=()), labels=("wip",)),
    case("a Japanese label that blocks", "leave: blocked-by-label", team(block_labels=("作業中",)), labels=("作業中",)),
    case("the wanted label", "merge", WANTED, labels=("automerge",)),
    case("the wanted label in capitals", "merge", WANTED, labels=("AutoMerge",)),
    case("a label wanted in capitals", "merge", team(required_label="AutoMerge"), labels=("automerge",)),
    case("without the wanted label", "leave: label-missing", WANTED),
    case("another label than the wanted one", "leave: label-missing", WANTED, labels=("automerge-not",)),
    case("blocked, and not wanted", "leave: blocked-by-label label-missing", WANTED, labels=("wip",)),
    case("wanted and blocked", "leave: blocked-by-label", WANTED, labels=("automerge", "wip")),
    case("a label for a method", "merge", WAYS, labels=("squash-me",)),
    case("two labels for one method", "merge", WAYS, labels=("squash-me", "one-commit")),
    case("two labels for two methods", "leave: method-labels", WAYS, labels=("squash-me", "rebase-me")),
    case("two methods in capitals", "leave: method-labels", WAYS, labels=("Squash-Me", "REBASE-ME")),
    case("two methods while our job is required", "leave: method-labels own-check", WAYS,
         labels=("squash-me", "rebase-me"), state="blocked", checks=(TEST, REQUIRED_JOB)),
]
# fmt: on


IGNORING = team(ignore_checks=("coverage", "test"))


# fmt: off
CHECKS = [
    case("no checks, and none required", "merge", checks=(), required_checks=()),
    case("a required check failed", "leave: check-failed", state="blocked", checks=(failed("test", True),)),
    case("a check failed that is not required", "leave: check-failed", state="unstable", checks=(TEST, failed("lint"))),
    case("a failed check that GitHub does not mind", "leave: check-failed", checks=(TEST, failed("lint"))),
    case("a failed check that is ignored", "merge", IGNORING, state="unstable", checks=(TEST, failed("coverage"))),
    case("a pending check that is ignored", "merge", IGNORING, state="unstable", checks=(TEST, pending("coverage"))),
    case("a check in other letters is not ignored", "leave: check-failed", IGNORING, checks=(TEST, failed("Coverage"))),
    case("a required check is not ignored", "leave: check-failed", IGNORING, checks=(failed("test", True),)),
    case("required by the base's list is not ignored", "leave: check-failed", IGNORING, checks=(failed("test"),)),
    case("required by its own mark is not ignored", "leave: check-pending", IGNORING, required_checks=(),
         checks=(pending("test", True),)),
    case("a required one that is missing is not ignored", "leave: check-missing", IGNORING, checks=()),
    case("a check is pending", "leave: check-pending", state="unstable", checks=(TEST, pending("e2e"))),
    case("a required check is pending", "leave: check-pending", state="blocked", checks=(pending("test", True),)),
    case("one failed, one pending", "leave: check-failed check-pending", checks=(TEST, failed("a"), pending("b"))),
    case("of two with one name, one failed", "leave: check-failed", checks=(TEST, failed("test"))),
    case("a required check never reported", "leave: check-missing", state="blocked", checks=()),
    case("one of two required never reported", "leave: check-missing", required_checks=("test", "lint")),
    case("all three kinds", "leave: check-failed check-pending check-missing", checks=(failed("a"), pending("b"))),
    case("unstable by our own job", "merge", state="unstable", checks=(TEST, JOB)),
    case("our own job failed before", "merge", state="unstable", checks=(TEST, failed("automerge", ours=True))),
    case("our own job is the only check", "merge", state="unstable", required_checks=(), checks=(JOB,)),
    case("our own job and a pending one", "leave: check-pending", state="unstable", checks=(TEST, JOB, pending("e2e"))),
    case("a stranger's job of our name", "leave: check-pending", checks=(TEST, JOB, pending("automerge"))),
    case("our own required job is no missing check", "merge", required_checks=("test", "automerge"), checks=(TEST, JOB)),
    case("our own job without a check of it", "leave: check-missing", required_checks=("test", "automerge")),
    case("unstable, and no check is shown", "leave: unknown", state="unstable", required_checks=(), checks=()),
    case("unstable, and all that is shown is green", "leave: unknown", state="unstable"),
    case("our own rule wants a check that is green", "merge", team(required_checks=("test",)), required_checks=()),
    case("our own rule wants a check that never ran", "leave: check-missing", team(required_checks=("e2e",))),
    case("our own rule wants a check that is ignored too", "leave: check-failed",
         team(required_checks=("lint",), ignore_checks=("lint",)), checks=(TEST, failed("lint"))),
    case("our job is required, and GitHub wants fewer approvals", "leave: own-check", team(approvals=2), state="blocked",
         opinions=(yes("yuki"), yes("marta")), checks=(TEST, REQUIRED_JOB)),
    case("not all of it could be read", "leave: unknown", problem="it has more than 100 checks"),
    case("our job is required", "auto-merge: own-check", state="blocked", checks=(TEST, REQUIRED_JOB)),
    case("our job is required by the base's list", "auto-merge: own-check", state="blocked",
         required_checks=("test", "automerge"), checks=(TEST, JOB)),
    case("our job is required and failed before", "auto-merge: own-check", state="blocked",
         checks=(TEST, failed("automerge", True, ours=True))),
    case("our job is required and ignored", "auto-merge: own-check", team(ignore_checks=("automerge",)),
         state="blocked", checks=(TEST, REQUIRED_JOB)),
    case("our job is required, for an admin", "auto-merge: own-check", checks=(TEST, REQUIRED_JOB), **ADMIN_BLOCKED),
    case("our job is required, without native", "leave: own-check", team(native=False), state="blocked",
         checks=(TEST, REQUIRED_JOB)),
    case("without native, for an admin", "leave: own-check", team(native=False), checks=(TEST, REQUIRED_JOB),
         **ADMIN_BLOCKED),
    case("our job is required, and GitHub calls it clean", "merge", checks=(TEST, REQUIRED_JOB)),
    case("our job is required and green", "merge", state="blocked", checks=(TEST, green("automerge", True, ours=True))),
    case("our job is not required, and it is blocked", "merge", state="blocked", checks=(TEST, JOB)),
    case("our job is not required, blocked for an admin", "leave: protection", checks=(TEST, JOB), **ADMIN_BLOCKED),
    case("our job is required, and an approval is missing", "leave: approvals own-check", state="blocked",
         opinions=(), checks=(TEST, REQUIRED_JOB)),
    case("our job is required, and another is pending", "leave: check-pending own-check", state="blocked",
         checks=(pending("test", True), REQUIRED_JOB)),
    case("our job is required, mergeable not known", "leave: own-check unknown", state="blocked", mergeable=None,
         checks=(TEST, REQUIRED_JOB)),
    case("our job is required, and native is on", "leave: own-check auto-merge-on", state="blocked", auto_merge=True,
         checks=(TEST, REQUIRED_JOB)),
]
# fmt: on


# fmt: off
BY_ITSELF = [
    case("a queue, and blocked as always there", "enqueue", queue=True, state="blocked"),
    case("a queue, and clean", "enqueue", queue=True),
    case("a queue, unstable by our own job", "enqueue", queue=True, state="unstable", checks=(TEST, JOB)),
    case("a queue, for an admin", "enqueue", queue=True, **ADMIN_BLOCKED),
    case("in the queue", "leave: queue", queue=True, queued=True, state="blocked"),
    case("in the queue, for an admin", "leave: queue", queue=True, queued=True, **ADMIN_BLOCKED),
    case("in the queue, clean", "leave: queue", queue=True, queued=True),
    case("in a queue that no rule tells of", "leave: queue", queued=True, **ADMIN_BLOCKED),
    case("a queue, without approval", "leave: approvals", queue=True, state="blocked", opinions=()),
    case("a queue, and a failed check", "leave: check-failed", queue=True, state="blocked", checks=(failed("test"),)),
    case("a queue, and a label that blocks", "leave: blocked-by-label", queue=True, labels=("wip",), **ADMIN_BLOCKED),
    case("a queue, and a conflict", "leave: conflict", queue=True, mergeable=False, state="dirty"),
    case("a queue, behind, to be updated", "update: behind", UPDATE, queue=True, state="behind"),
    case("a queue, and our job is required", "auto-merge: own-check", queue=True, state="blocked",
         checks=(TEST, REQUIRED_JOB)),
    case("GitHub merges it by itself", "leave: auto-merge-on", auto_merge=True),
    case("GitHub merges it once unblocked, for an admin", "leave: auto-merge-on", auto_merge=True, **ADMIN_BLOCKED),
    case("in the queue by itself", "leave: queue auto-merge-on", queue=True, queued=True, auto_merge=True),
    case("GitHub would merge a draft by itself", "leave: draft auto-merge-on", draft=True, auto_merge=True),
    case("by itself, without approval", "leave: approvals auto-merge-on", auto_merge=True, opinions=()),
    case("by our wish, all well", "leave: auto-merge-on", auto_merge=True, auto_merge_ours=True),
    case("by our wish, the approval is old now", "stop-auto-merge: approvals auto-merge-on", auto_merge=True,
         auto_merge_ours=True, opinions=()),
    case("by our wish, and a label blocks it now", "stop-auto-merge: blocked-by-label auto-merge-on", auto_merge=True,
         auto_merge_ours=True, labels=("wip",)),
    case("by our wish, and it conflicts: GitHub waits", "leave: conflict auto-merge-on", auto_merge=True,
         auto_merge_ours=True, mergeable=False, state="dirty"),
]
# fmt: on


@pytest.mark.parametrize(
    ("facts", "policy", "action", "reasons"), [*IT_IS, *GITHUB_SAYS, *PEOPLE, *LABELS, *CHECKS, *BY_ITSELF]
)
def test_what_is_done_and_why_not_more(facts: MergeFacts, policy: Policy, action: str, reasons: list[str]) -> None:
    verdict = judge(facts, policy)
    assert (verdict.action, codes(verdict)) == (action, reasons)
    assert verdict.number == facts.number


@pytest.mark.parametrize(
    ("labels", "method"),
    [
        ((), "merge"),
        (("feature",), "merge"),
        (("squash-me",), "squash"),
        (("SQUASH-me",), "squash"),
        (("one-commit", "squash-me"), "squash"),
        (("feature", "rebase-me"), "rebase"),
        (("squash-me", "rebase-me"), "merge"),
    ],
)
def test_labels_choose_the_method(labels: tuple[str, ...], method: str) -> None:
    assert judge(changed(labels=labels), WAYS).method == method


def test_the_team_chooses_the_method() -> None:
    assert judge(changed(), team(method="squash")).method == "squash"
    assert judge(changed(draft=True, labels=("rebase-me",)), WAYS).method == "rebase"
    assert judge(changed(labels=("rebase-me",)), team(method_labels={"Rebase-Me": "rebase"})).method == "rebase"


# fmt: off
WORDS = [
    (changed(merged=True), TEAM, "it is merged already"),
    (changed(base="main"), team(base=("develop", "release/*")),
     "its base main is not in automerge.base (develop, release/*)"),
    (changed(), team(base=()), "its base develop is not in automerge.base (empty)"),
    (changed(tested=EARLIER), TEAM, "this job tested bbbbbbbbbb, its head is aaaaaaaaaa now"),
    (changed(opinions=()), TEAM, "0 of 1 approvals at the current commit"),
    (changed(opinions=(yes("yuki"), yes("ken", EARLIER))), TWO,
     "1 of 2 approvals at the current commit (yuki); ken approved an earlier one"),
    (changed(opinions=(yes("yuki", EARLIER), yes("ken", None))), TEAM,
     "0 of 1 approvals at the current commit; ken, yuki approved an earlier one"),
    (changed(opinions=(yes("mallory", may_write=False), yes("hana"))), TEAM,
     "0 of 1 approvals at the current commit; without write access: mallory"),
    (changed(opinions=(yes("yuki"), no("mei"), no("ken", EARLIER))), TEAM, "changes requested by ken, mei"),
    (changed(labels=("WIP",)), TEAM, "the label WIP blocks it"),
    (changed(labels=("wip", "do-not-merge")), TEAM, "the labels do-not-merge, wip block it"),
    (changed(), WANTED, "the label automerge is missing"),
    (changed(labels=("squash-me", "rebase-me")), WAYS, "the labels rebase-me, squash-me ask for different ways to merge"),
    (changed(checks=(TEST, failed("test"), failed("lint"), failed("lint"))), TEAM, "checks failed: lint, test"),
    (changed(checks=(TEST, pending("e2e"), JOB)), TEAM, "checks not finished: e2e"),
    (changed(checks=()), TEAM, "required checks not reported: test"),
    (changed(state="blocked", checks=(TEST, REQUIRED_JOB)), TEAM,
     "the required check automerge is this job itself, and is not green before it ends"),
    (changed(**ADMIN_BLOCKED), TEAM, "a rule of develop blocks it, which this token would get past"),
    (changed(mergeable=None), TEAM, "GitHub has not worked out yet whether it can be merged"),
    (changed(state="unknown"), TEAM, "GitHub has not worked out yet whether it can be merged"),
    (changed(state=""), TEAM, "GitHub has not worked out yet whether it can be merged"),
    (changed(state="unstable", required_checks=(), checks=()), TEAM, "GitHub says that a check is not green, and does not show it"),
    (changed(state="sparkling"), TEAM, "its state on GitHub is sparkling, which reletan does not know"),
]
# fmt: on


@pytest.mark.parametrize(("facts", "policy", "text"), WORDS)
def test_the_words(facts: MergeFacts, policy: Policy, text: str) -> None:
    assert [reason.text for reason in judge(facts, policy).reasons] == [text]


# fmt: off
TURNS = [
    (changed(merged=True), TEAM, ["nobody"]),
    (changed(open=False), TEAM, ["nobody"]),
    (changed(base="main"), TEAM, ["nobody"]),
    (changed(draft=True, fork=True, mergeable=False, opinions=(no("ken"),)), TEAM, ["people"] * 5),
    (changed(state="behind", labels=("wip", "squash-me", "rebase-me")), WAYS, ["people"] * 3),
    (changed(), WANTED, ["people"]),
    (changed(checks=(TEST, failed("lint"))), TEAM, ["people"]),
    (changed(tested=EARLIER, checks=(pending("lint"),)), TEAM, ["checks"] * 3),
    (changed(state="blocked", checks=(TEST, REQUIRED_JOB)), TEAM, ["nobody"]),
    (changed(**ADMIN_BLOCKED), TEAM, ["people"]),
    (changed(queued=True, auto_merge=True, state="unknown"), TEAM, ["github"] * 3),
]
# fmt: on


@pytest.mark.parametrize(("facts", "policy", "waits"), TURNS)
def test_whose_turn_it_is(facts: MergeFacts, policy: Policy, waits: list[str]) -> None:
    assert [reason.waits for reason in judge(facts, policy).reasons] == waits
