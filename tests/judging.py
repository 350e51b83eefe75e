"""Words for tests of automerge's judge: a pull request with nothing against it, opinions and checks."""

from typing import Any

import msgspec

from reletan.domain.merging import Check, MergeFacts, Opinion, Policy, Verdict

HEAD = "a" * 40
EARLIER = "b" * 40


def yes(by: str, commit: str | None = HEAD, may_write: bool = True) -> Opinion:
    return Opinion(by=by, approves=True, commit=commit, may_write=may_write)


def no(by: str, commit: str | None = HEAD, may_write: bool = True) -> Opinion:
    return Opinion(by=by, approves=False, commit=commit, may_write=may_write)


def green(name: str, required: bool = False, ours: bool = False) -> Check:
    return Check(name=name, state="green", required=required, ours=ours)


def pending(name: str, required: bool = False, ours: bool = False) -> Check:
    return Check(name=name, state="pending", required=required, ours=ours)


def failed(name: str, required: bool = False, ours: bool = False) -> Check:
    return Check(name=name, state="failed", required=required, ours=ours)


TEST = green("test", required=True)
JOB = pending("automerge", ours=True)
REQUIRED_JOB = pending("automerge", ours=True, required=True)
# hana's pull request, approved by yuki, tested, and GitHub would merge it
CLEAN = MergeFacts(
    number=7,
    title="Wish list",
    author="hana",
    base="develop",
    head=HEAD,
    branch="feature/wish-list",
    opinions=(yes("yuki"),),
    checks=(TEST,),
    required_checks=("test",),
    required_approvals=1,
)
TEAM = Policy()


def team(**changes: Any) -> Policy:
    return msgspec.structs.replace(TEAM, **changes)


WAYS = team(method_labels={"squash-me": "squash", "one-commit": "squash", "rebase-me": "rebase"})


def changed(**facts: Any) -> MergeFacts:
    return msgspec.structs.replace(CLEAN, **facts)


def codes(verdict: Verdict) -> list[str]:
    return [reason.code for reason in verdict.reasons]
