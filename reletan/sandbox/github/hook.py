"""Origin's ``update`` hook: git runs it for each ref of a push, and takes the ref only where it exits 0.

It sees the rules as they were written down beside it. Over HTTP it knows who pushes; else rules let nobody past.
"""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from reletan.sandbox.github.model import Permission, Protection, Standing
from reletan.sandbox.github.protection import broken_by, change, fits, holding, may_bypass
from reletan.sandbox.origin import Origin

LAWS = "laws.json"
_NOTHING = "0" * 40


class Laws(msgspec.Struct):
    """``rules`` by patterns of full names, first the ones that go first; ``rights`` by login; ``standings`` of checks by
    commit and name.
    """

    rules: list[tuple[str, Protection]]
    rights: dict[str, Permission]
    standings: dict[str, dict[str, Standing]]


def script(laws: Laws) -> str:
    """What stands in the file of the hook. Python takes long to start: only for what a rule may be about."""
    root = Path(__file__).parents[3]
    # up to what the shell may read in another way; the judge sees more exactly what a rule is about
    ruled = "|".join(re.sub(r"[^\w./-].*", "*", pattern, flags=re.ASCII | re.DOTALL) for pattern, _ in laws.rules)
    judge = f'PYTHONPATH="{root}" exec "{sys.executable}" -P -m {__name__} "$0" "$@"'
    return f'#!/bin/sh\ncase "$1" in {ruled}) {judge} ;; esac\n'


def judged(laws: Laws, origin: Origin, ref: str, old: str, new: str, login: str | None) -> tuple[bool, list[str]]:
    """Whether the ref may go from ``old`` to ``new`` (forty zeros: nothing), and the lines to say."""
    rules = next((rules for pattern, rules in laws.rules if fits(pattern, ref)), None)
    if rules is None:
        return True, []
    moved = change(origin, ref, *(None if sha == _NOTHING else sha for sha in (old, new)))
    broken = broken_by(moved, rules, laws.standings.get(new, {}))
    refused = holding(rules, broken, may_bypass(rules, login, laws.rights.get(login or "", "none")))
    words = ["", *(f"- {one}" for one in refused or broken), ""]
    if refused:
        return False, [f"error: {_law(rules)} for {ref}.", *words]
    return True, [f"Bypassed rule violations for {ref}:", *words] if broken else []


def _law(rules: Protection) -> str:
    usual = "GH013: Repository rule violations found" if rules.by_ruleset else "GH006: Protected branch update failed"
    return rules.message or usual


def main(file: str, ref: str, old: str, new: str, *, env: Mapping[str, str]) -> int:
    """The exit code, for git: the hook's file, the ref, its old and its new object."""
    laws = msgspec.json.decode(Path(file).with_name(LAWS).read_bytes(), type=Laws)
    passes, lines = judged(laws, Origin(Path(), env), ref, old, new, env.get("REMOTE_USER"))
    print(*lines, sep="\n", end="\n" if lines else "", file=sys.stderr)
    return 0 if passes else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:], env=os.environ))
