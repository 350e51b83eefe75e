"""How protected branches refuse pushes: by a hook of origin. The sandbox's own merges do not run it."""

import shlex
from collections.abc import Iterator, Mapping, Sequence

from reletan.sandbox.github.model import Protection

QUEUE_ONLY = "Changes must be made through the merge queue"
NO_MERGE_COMMITS = "This branch must not contain merge commits."


def update_hook(protections: Mapping[str, Protection]) -> str | None:
    """The script for origin's ``update`` hook, for rules by branch; None where they ask for nothing.

    Nobody goes past it, whatever their right: git does not know who pushes.
    """
    cases = [_case(branch, rules) for branch, rules in protections.items() if push_refusal(rules)]
    return "\n".join(["#!/bin/sh", 'case "$1" in', *cases, "esac", ""]) if cases else None


def push_refusal(rules: Protection) -> str | None:
    """Why a change of the branch without a pull request is refused; None where the rules ask for nothing."""
    broken = list(_asked_for(rules))
    return in_one(rules, broken) if broken else None


def in_one(rules: Protection, broken: Sequence[str]) -> str:
    """What the broken rules of a branch have to say, as GitHub puts it into one message."""
    return "\n\n".join(["Repository rule violations found", *broken, ""]) if rules.by_ruleset else " ".join(broken)


def _asked_for(rules: Protection) -> Iterator[str]:
    if rules.queue:
        yield QUEUE_ONLY
    if rules.approvals:
        yield "Changes must be made through a pull request."
    if len(rules.checks) == 1:
        yield f'Required status check "{rules.checks[0]}" is expected.'
    elif rules.checks:
        yield f"{len(rules.checks)} of {len(rules.checks)} required status checks are expected."
    if rules.linear:
        yield NO_MERGE_COMMITS


def _case(branch: str, rules: Protection) -> str:
    ref = f"refs/heads/{branch}"
    law = "GH013: Repository rule violations found" if rules.by_ruleset else "GH006: Protected branch update failed"
    lines = [f"error: {law} for {ref}.", "", *(f"- {broken}" for broken in _asked_for(rules))]
    words = " ".join(shlex.quote(line) for line in lines)
    return rf"{shlex.quote(ref)}) printf '%s\n' {words} >&2; exit 1 ;;"
