"""Pull requests that automerge judges, with names of strangers in all of their parts: what is said of them is inert."""

import json
from typing import Any

from reletan.domain.merging import Check, Judged, MergeFacts, Opinion, Outcome, Policy, judge
from reletan.explaining import MAX_COMMENT, SUMMARY_BYTES, annotations, comment_body, step_summary, verdicts_json
from torture.fuzz_case import Family, require
from torture.fuzz_rules import OURS, live, obeyed, parsed
from torture.fuzz_source import Source

_STATES = ("clean", "blocked", "behind", "dirty", "unstable", "unknown", "draft", "", "has_hooks")
_URLS = (None, "https://github.com/acme/shop/pull/12")


def make_pull(source: Source) -> dict[str, Any]:
    return {
        "texts": [source.text(3) for _ in range(6)],
        "state": source.choice((*_STATES, source.text(1))),
        "checks": [
            [source.text(2), source.choice(("green", "pending", "failed"))] for _ in range(source.randint(0, 3))
        ],
        "opinions": [[source.text(1), source.choice((True, False))] for _ in range(source.randint(0, 3))],
        "flags": [source.chance(4) for _ in range(7)],
        "mergeable": source.choice((True, True, False, None)),
        "url": source.choice((*_URLS, source.text(2))),
    }


def judged(given: dict[str, Any]) -> Judged:
    title, author, base, branch, label, tested = given["texts"]
    draft, fork, queue, queued, auto, admin, gone = given["flags"]
    checks = tuple(Check(name=name, state=state, required=fork) for name, state in given["checks"])
    opinions = tuple(Opinion(by=by, approves=yes, commit="a" * 40) for by, yes in given["opinions"])
    facts = MergeFacts(
        number=12, title=title, author=author, base=base, head="a" * 40, branch=branch, labels=(label, "wip"), draft=draft,
        fork=fork, queue=queue, queued=queued, auto_merge=auto, auto_merge_ours=auto, admin=admin, state=given["state"],
        mergeable=given["mergeable"], checks=checks, opinions=opinions, tested=tested if gone else None, problem=tested or None,
    )  # fmt: skip
    policy = Policy(base=(base, "develop"), required_label=label, required_checks=(title,), block_labels=("wip",))
    verdict = judge(facts, policy)
    outcome: Outcome | None = "merged" if verdict.action == "merge" else None
    return Judged(facts=facts, verdict=verdict, outcome=outcome, commit=author, url=given["url"])


def check_pull(given: dict[str, Any]) -> None:
    entry = judged(given)
    acts = entry.verdict.action in ("merge", "enqueue")
    require(not (acts and entry.verdict.reasons), "what is merged has nothing against it", entry.verdict)
    require(not acts or (given["mergeable"] is True and not entry.facts.draft), "what is merged can be", entry.facts)
    told = json.loads(verdicts_json([entry]))
    require(not live(verdicts_json([entry])) and told["pull_requests"][0]["number"] == 12, "inert JSON", told)
    for line in annotations([entry]):
        require(
            not obeyed(line) and line.startswith(("::notice title=#12 ", "::warning title=#12 ")), "one command", line
        )
    _require_tables(entry)


def _require_tables(entry: Judged) -> None:
    summary = step_summary([entry] * 3)
    require(len(summary.encode()) <= SUMMARY_BYTES + 1000, "not too long", len(summary))
    for text in (summary, comment_body(entry, "en"), comment_body(entry, "ja")):
        require(len(text) <= MAX_COMMENT and not obeyed(text, "\n\u200b"), "nothing invisible", text)
        inner = [one for token in parsed(text) for one in token.children or ()]
        links = [str(one.attrs["href"]) for one in inner if one.type == "link_open"]
        require(all(link == entry.url for link in links), "no links but ours", links)
        tags = {one.content for one in inner if one.type == "html_inline"}
        require({one.type for one in inner} <= {*OURS, "html_inline"} and tags <= {"<br>"}, "no markup", (tags, text))
    rows = [token for token in parsed(summary) if token.type == "tr_open"]
    require(len(rows) == 4, "a row for each", len(rows))


FAMILIES = (Family(name="verdicts", weight=5, make=make_pull, check=check_pull),)
