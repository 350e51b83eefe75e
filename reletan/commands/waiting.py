"""What the open releases wait for on GitHub: ticks, checks, reviews, and pull requests that bring a release back."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from reletan.commands.bypull import judge_for_release
from reletan.commands.composing import subject_of
from reletan.commands.listing import read_listing
from reletan.commands.observing import Observed
from reletan.commands.releasepull import progress_of
from reletan.commands.session import Session
from reletan.commands.way import Way, open_way
from reletan.domain.errors import ReletanError
from reletan.domain.listing import Warning
from reletan.domain.merging import Judged
from reletan.domain.progress import Author
from reletan.domain.status import BackMergePull, OpenRelease, ReleasePull
from reletan.domain.tagging import backmerge_name, is_backmerge_of
from reletan.domain.text import Text


def with_waiting(
    session: Session, facts: Observed, opened: Sequence[OpenRelease]
) -> tuple[list[OpenRelease], tuple[Warning, ...]]:
    """``opened`` with what GitHub tells about their pull requests; where it fails, as they are, and a warning."""
    asking = [entry for entry in opened if _may_wait(facts, entry)]
    if session.offline or session.trouble or not asking:
        return list(opened), ()
    try:
        way = open_way(session, facts, "auto")
        if way.hub is None:
            return list(opened), ()
        with session.terminal.progress("asking GitHub what is waited for"):
            return [_asked(session, facts, way, entry) if entry in asking else entry for entry in opened], ()
    except ReletanError as problem:
        return list(opened), (
            Warning("github-failed", f"What is waited for on GitHub is not known: {problem.message}"),
        )


def _may_wait(facts: Observed, entry: OpenRelease) -> bool:
    return any(name == entry.branch or is_backmerge_of(name, entry.version) for name in facts.refs.heads)


def _asked(session: Session, facts: Observed, way: Way, entry: OpenRelease) -> OpenRelease:
    if facts.tag_prefix + entry.version in facts.refs.tags:
        return msgspec.structs.replace(entry, back_merges=_back_merges(session, facts, way, entry.version))
    return msgspec.structs.replace(entry, pull_request=_release_pull(session, facts, way, entry.branch))


def _release_pull(session: Session, facts: Observed, way: Way, branch: str) -> ReleasePull | None:
    from reletan.adapters.hubpr import find_pull

    production = facts.branches.production
    pull = find_pull(way.hub, branch, production)
    if pull is None:
        return None
    subject = subject_of(session, facts, branch)
    now = progress_of(session, subject, read_listing(session, facts, subject.span, kind=subject.kind), pull)
    judged = judge_for_release(session, way, pull.number, production, "merge")
    states = Counter(check.state for check in judged.facts.checks)
    return ReleasePull(
        number=pull.number, url=pull.url, done=now.done, all=now.all, missing=tuple(map(_name, now.waiting)),
        checks={state: states[state] for state in ("green", "pending", "failed")}, waits_for=_reasons(judged),
    )  # fmt: skip


def _back_merges(session: Session, facts: Observed, way: Way, version: str) -> tuple[BackMergePull, ...]:
    from reletan.adapters.hubpr import find_pull

    found = []
    for base in facts.targets("hotfix"):
        via = backmerge_name(version, None if base == facts.branches.development else base)
        if via in facts.refs.heads and (pull := find_pull(way.hub, via, base)):
            judged = judge_for_release(session, way, pull.number, base, "merge", by_rules=way.is_protected(base))
            found.append(BackMergePull(number=pull.number, url=pull.url, base=base, waits_for=_reasons(judged)))
    return tuple(found)


def _reasons(judged: Judged) -> tuple[str, ...]:
    return tuple(reason.text for reason in judged.verdict.reasons)


def _name(person: Author) -> Text:
    return Text(person.login) if person.login else person.name or Text("?")
