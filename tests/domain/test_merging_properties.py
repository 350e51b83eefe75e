"""What holds for every verdict of automerge's judge, whatever GitHub tells it."""

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import CLEAN, EARLIER, HEAD, JOB, REQUIRED_JOB, TEST, WAYS, changed, codes, failed, no, pending, team, yes

from reletan.domain.merging import Check, MergeFacts, Opinion, Policy, judge

# fmt: off
ORDER = [
    "merged", "closed", "draft", "fork", "base-not-allowed", "not-tested", "conflict", "behind", "approvals",
    "changes-requested", "blocked-by-label", "label-missing", "method-labels", "check-failed", "check-pending",
    "check-missing", "own-check", "protection", "queue", "auto-merge-on", "unknown",
]
# fmt: on

# code -> what brings it about; the state is GitHub's one word, so only one of those that set it fits at a time
SPOILERS: dict[str, dict[str, Any]] = {
    "draft": {"draft": True},
    "fork": {"fork": True},
    "base-not-allowed": {"base": "main"},
    "not-tested": {"tested": "c" * 40},
    "conflict": {"mergeable": False},
    "approvals": {"opinions": (yes("yuki", EARLIER),)},
    "changes-requested": {"opinions": (no("ken"),)},
    "blocked-by-label": {"labels": ("wip",)},
    "method-labels": {"labels": ("squash-me", "rebase-me")},
    "check-failed": {"checks": (failed("lint"),)},
    "check-pending": {"checks": (pending("e2e"),)},
    "check-missing": {"required_checks": ("build",)},
    "queue": {"queued": True},
    "auto-merge-on": {"auto_merge": True},
}
STATES: dict[str, dict[str, Any]] = {
    "": {},
    "behind": {"state": "behind"},
    "unknown": {"state": "unknown"},
    "own-check": {"state": "blocked", "checks": (REQUIRED_JOB,)},
}


def spoilt(facts: MergeFacts, change: dict[str, Any]) -> MergeFacts:
    """``facts`` with ``change``; what is a list gets longer."""
    longer = {key: (*getattr(facts, key), *value) for key, value in change.items() if isinstance(value, tuple)}
    return msgspec.structs.replace(facts, **(change | longer))


@settings(deadline=None)
@given(chosen=st.sets(st.sampled_from(sorted(SPOILERS))), state=st.sampled_from(sorted(STATES)), wanted=st.booleans())
def test_every_reason_is_told_in_one_order(chosen: set[str], state: str, wanted: bool) -> None:
    facts = changed(opinions=()) if "approvals" in chosen else CLEAN
    for change in [*(SPOILERS[code] for code in sorted(chosen)), STATES[state]]:
        facts = spoilt(facts, change)
    policy = team(required_label="automerge" if wanted else "", method_labels=WAYS.method_labels)
    expected = chosen | {state} | ({"label-missing"} if wanted else set())
    if "conflict" in expected:
        expected -= {"unknown"}
    assert codes(judge(facts, policy)) == [code for code in ORDER if code in expected]


names = st.sampled_from(["hana", "Hana", "yuki", "YUKI", "ken", "mei", "ﬁ", "\ud800", ""])
shas = st.sampled_from([HEAD, EARLIER, ""])
words = st.sampled_from(["develop", "release/1", "test", "TEST", "wip", "İ", "*", "[", "[z-a]", "[!", "", "a\n\x1b[2J"])
lists = st.lists(words, max_size=4).map(tuple)
opinions = st.builds(
    Opinion, by=names, approves=st.booleans(), commit=st.none() | shas, may_write=st.sampled_from([True, True, False])
)
checks = st.builds(
    Check, name=words, state=st.sampled_from(["green", "pending", "failed"]), required=st.booleans(), ours=st.booleans()
)
rarely = st.sampled_from([False, False, False, True])
usual = st.sampled_from(["clean", "has_hooks", "unstable", "blocked"])
odd = st.sampled_from(["behind", "dirty", "draft", "unknown", "", "CLEAN"])
anything = st.builds(
    MergeFacts,
    number=st.integers(),
    title=words,
    author=st.none() | names,
    open=st.sampled_from([True, True, False]),
    merged=rarely,
    draft=rarely,
    base=words,
    head=shas,
    fork=rarely,
    labels=lists,
    mergeable=st.sampled_from([True, True, False, None]),
    state=usual | odd,
    opinions=st.lists(opinions, max_size=5).map(tuple),
    checks=st.lists(checks, max_size=5).map(tuple),
    required_checks=lists,
    required_approvals=st.integers(-1, 3),
    queue=rarely,
    queued=rarely,
    auto_merge=rarely,
    admin=st.booleans(),
    tested=st.none() | shas,
)
methods = st.sampled_from(["merge", "squash", "rebase"])
policies = st.builds(
    Policy,
    base=lists,
    approvals=st.integers(-1, 3),
    required_label=words,
    block_labels=lists,
    forks=st.booleans(),
    ignore_checks=lists,
    update_branch=st.booleans(),
    native=st.booleans(),
    method=methods,
    method_labels=st.dictionaries(words, methods, max_size=4),
)


@settings(deadline=None)
@given(facts=anything, policy=policies)
def test_whatever_comes_there_is_a_verdict_in_order(facts: MergeFacts, policy: Policy) -> None:
    verdict = judge(facts, policy)
    found = codes(verdict)
    assert found == [code for code in ORDER if code in found]
    assert (verdict.action in ("merge", "enqueue")) == (not found)
    assert {"auto-merge": ["own-check"], "update": ["behind"]}.get(verdict.action, found) == found
    assert all(reason.text and not reason.text.endswith(".") for reason in verdict.reasons)


approving = st.builds(Opinion, by=names, approves=st.just(True), commit=shas, may_write=st.booleans())
nearly = st.builds(
    changed,
    draft=rarely,
    open=st.sampled_from([True, True, True, False]),
    merged=rarely,
    fork=rarely,
    mergeable=st.sampled_from([True, True, True, False, None]),
    state=usual | usual | odd,
    opinions=st.lists(approving, max_size=4).map(lambda some: (yes("mei"), *some)),
    checks=st.sampled_from(
        [(TEST,), (TEST, JOB), (TEST, REQUIRED_JOB), (TEST, failed("lint")), (TEST, pending("e2e"))]
    ),
    required_approvals=st.integers(0, 3),
    tested=st.sampled_from([None, HEAD, HEAD, EARLIER]),
    admin=st.booleans(),
)


@settings(deadline=None)
@given(facts=nearly, forks=st.booleans())
def test_nothing_is_done_without_all_that_it_takes(facts: MergeFacts, forks: bool) -> None:
    if judge(facts, team(forks=forks, update_branch=True)).action == "leave":
        return
    assert facts.open
    assert facts.mergeable
    assert facts.state in ("clean", "has_hooks", "unstable", "blocked", "behind")
    assert not facts.merged
    assert not facts.draft
    assert forks or not facts.fork
    assert facts.tested in (None, HEAD)
    current = {some.by.lower() for some in facts.opinions if some.may_write and some.commit == HEAD} - {"hana"}
    assert len(current) >= max(1, facts.required_approvals)
    assert all(check.state == "green" or check.ours for check in facts.checks)


@settings(deadline=None)
@given(facts=anything, policy=policies, data=st.data())
def test_the_order_of_the_facts_does_not_matter(facts: MergeFacts, policy: Policy, data: st.DataObject) -> None:
    lists_of_it = ("labels", "opinions", "checks", "required_checks")
    shuffled = {name: tuple(data.draw(st.permutations(getattr(facts, name)))) for name in lists_of_it}
    assert judge(msgspec.structs.replace(facts, **shuffled), policy) == judge(facts, policy)


@settings(deadline=None)
@given(
    facts=anything, policy=policies, spoiler=st.sampled_from(sorted({*SPOILERS} - {"base-not-allowed", "approvals"}))
)
def test_one_more_trouble_hides_no_other(facts: MergeFacts, policy: Policy, spoiler: str) -> None:
    """Apart from what it explains; and a label that is there is not missing any more."""
    before, after = codes(judge(facts, policy)), codes(judge(spoilt(facts, SPOILERS[spoiler]), policy))
    assert set(before) - {"protection", "unknown", "label-missing"} <= set(after)
