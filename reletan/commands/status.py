"""``reletan status``: where the release is, what comes next, who is waited for."""

import msgspec

from reletan import render
from reletan.adapters.gitparse import lines, seconds
from reletan.adapters.journal import JournalFolder
from reletan.commands.finding import finished_here, kind_of_tagged, push_command
from reletan.commands.landed import Found, untagged_merges
from reletan.commands.listing import Range, default_range, read_listing
from reletan.commands.local import sharing
from reletan.commands.observing import Observed, observe
from reletan.commands.session import Session
from reletan.commands.waiting import with_waiting
from reletan.domain.flow import Kind, OpenBranch, open_branches
from reletan.domain.pulls import utc
from reletan.domain.status import OpenRelease, Status
from reletan.domain.tagging import backmerge_name
from reletan.domain.text import Text

MERGED = "merged, not tagged"
PERHAPS_TAGGED = "merged; whether it is tagged, this clone does not know"
NOT_BACK = "released, not merged back into"


def run(session: Session, *, fetch: bool) -> None:
    facts = observe(session, fetch=fetch)
    merged = untagged_merges(session, facts)
    listing = read_listing(session, facts, _beyond_releases(facts, merged))
    opened = [*_branches(session, facts, merged), *_merged(session, facts, merged), *_not_merged_back(session, facts)]
    opened.sort(key=_turn)
    opened, missing = with_waiting(session, facts, [*_finished_here(session, facts), *opened])
    warnings = (*listing.warnings, *missing)
    last = facts.last
    unfinished = tuple(journal.version for journal in JournalFolder(session.repo.common_dir).unfinished())
    status = Status(
        production=facts.branches.production,
        development=facts.branches.development,
        last_release=last.tag if last else None,
        last_release_at=_date(session, last.commit) if last else None,
        open=tuple(opened),
        unfinished=unfinished,
        waiting_pull_requests=len(listing.pull_requests),
        waiting_commits=len(listing.commits_without_pull_request),
        suggested_version=listing.suggested_version,
        next=_to_settle(facts) or _next(opened, unfinished, waiting=not listing.empty),
        warnings=warnings,
    )
    if session.terminal.json:
        session.terminal.out(render.to_json(status))
    else:
        render.status(session.terminal, status)
        for warning in warnings:
            session.terminal.warn(warning.message)


def _beyond_releases(facts: Observed, merged: list[Found]) -> Range:
    """What development has and no release, be it final, merged or open."""
    usual = default_range(facts)
    heads = [branch.head for branch in facts.open if branch.kind == "release"] + [
        found.merge for found in merged if found.merge
    ]
    return msgspec.structs.replace(usual, excluded=tuple(dict.fromkeys([*usual.excluded, *heads])))


def _turn(entry: OpenRelease) -> int:
    """What production has already comes first: a later tag would swallow it. A hotfix waits for nothing, and a release for
    what has to come back into it.
    """
    if entry.state in (MERGED, PERHAPS_TAGGED):
        return 0
    if entry.state.startswith(NOT_BACK):
        return 2
    return 1 if entry.kind == "hotfix" else 3


def _to_settle(facts: Observed) -> str | None:
    """What comes before any release."""
    if facts.remote is None:
        return "git remote add origin URL"
    return facts.unnamed_development.next if facts.unnamed_development else None


def _next(opened: list[OpenRelease], unfinished: tuple[str, ...], *, waiting: bool) -> str:
    if opened:
        return opened[0].next
    if unfinished:
        return f"reletan resume {unfinished[0]}"
    return "reletan start" if waiting else "nothing: everything is released"


def _branches(session: Session, facts: Observed, merged: list[Found]) -> list[OpenRelease]:
    """The branches of the remote, and those that only this clone has and that were never released."""
    versions = {found.version for found in merged}
    here = [
        branch for branch in open_branches(facts.branches, facts.refs, facts.local)
        if branch.published or not (facts.is_tagged(branch) or branch.version in versions)
    ]  # fmt: skip
    return [_open(session, facts, branch, merged=branch.version in versions) for branch in here]


def _open(session: Session, facts: Observed, branch: OpenBranch, *, merged: bool) -> OpenRelease:
    state, next = _state(session, facts, branch, merged=merged)
    since, by = _beginning(session, facts, branch)
    listing = read_listing(session, facts, default_range(facts, branch.name, branch.head), kind=branch.kind)
    return OpenRelease(
        kind=branch.kind, version=branch.version, branch=branch.name, head=branch.head, state=state, since=since, by=by,
        pull_requests=len(listing.pull_requests), next=next,
    )  # fmt: skip


def _state(session: Session, facts: Observed, branch: OpenBranch, *, merged: bool) -> tuple[str, str]:
    """(state, next command) of a branch."""
    tag = facts.refs.tags.get(facts.tag_prefix + branch.version)
    if tag is not None:
        contained = session.repo.is_ancestor(branch.head, tag.commit)
        state = "released, the branch is left over" if contained else "released, with commits beyond the tag"
        return state, f"reletan resume {branch.version}"
    if not branch.published:
        return "only in this clone", f"reletan start {branch.kind} {branch.version}"
    return _merged_state(facts, branch.version) if merged else ("open", _next_of_open(session, facts, branch))


def _merged_state(facts: Observed, version: str) -> tuple[str, str]:
    return (PERHAPS_TAGGED, "reletan status") if facts.by_memory else (MERGED, f"reletan tag {version}")


def _next_of_open(session: Session, facts: Observed, branch: OpenBranch) -> str:
    repo, local = session.repo, facts.local.heads.get(branch.name)
    here = len(repo.ids_between(branch.head, local.oid)) if local and local.oid != branch.head else 0
    if local and here:
        are = "commit is" if here == 1 else "commits are"
        return f"{here} {are} only in this clone: {sharing(repo, facts, branch.name, branch.head)}"
    if not any(repo.is_ancestor(branch.head, release.commit) for release in facts.releases):
        return f"reletan tag {branch.version}"
    if branch.kind == "hotfix":
        return f"commit the fix on {branch.name} and push it"
    # a later release brought it out
    return f"reletan abort {branch.version}"


def _beginning(session: Session, facts: Observed, branch: OpenBranch) -> tuple[str | None, Text | None]:
    """Since when and by whom: by this clone's reflog, if it began the branch; else the branch's first own commit."""
    began = session.repo.beginning_of(branch.name)
    if began is not None and branch.published:
        return utc(began[0]), Text(began[1])
    own = session.repo.git.run(
        "log", "--reverse", "--format=%ct %an", branch.head, f"^{facts.development}", f"^{facts.production}", "--"
    ).out
    if not own:
        return None, None
    moment, _, author = lines(own)[0].partition(" ")
    return utc(seconds(moment)), Text(author)


def _merged(session: Session, facts: Observed, merged: list[Found]) -> list[OpenRelease]:
    """Releases that production has without their tags, and whose branches are gone."""
    known = {branch.version for branch in facts.open}
    return [
        _public(session, facts, found.kind, found.version, found.merge, *_merged_state(facts, found.version))
        for found in merged if found.merge and found.version not in known
    ]  # fmt: skip


def _finished_here(session: Session, facts: Observed) -> list[OpenRelease]:
    """What git-flow finished in this clone and nobody pushed."""
    return [
        _public(session, facts, kind_of_tagged(session, facts, tag.commit), version, tag.commit,
                "finished in this clone only", push_command(facts, version))
        for version in finished_here(session, facts) if (tag := facts.local.tags[facts.tag_prefix + version])
    ]  # fmt: skip


def _not_merged_back(session: Session, facts: Observed) -> list[OpenRelease]:
    """The last release, where a branch that needs its tag does not have it and no branch of it tells already."""
    last = facts.last
    if last is None or last.version in {branch.version for branch in facts.open}:
        return []
    kind, heads = kind_of_tagged(session, facts, last.commit), facts.refs.heads
    lacking = [name for name in facts.targets(kind) if not session.repo.is_ancestor(last.commit, heads[name])]
    if not lacking:
        return []
    state = f"{NOT_BACK} {' and '.join(lacking)}"
    return [_public(session, facts, kind, last.version, last.commit, state, _way_back(facts, last.version, lacking))]


def _way_back(facts: Observed, version: str, lacking: list[str]) -> str:
    """The next step for a release that ``lacking`` branches do not have: people's, where a branch waits for them."""
    ways = {name: backmerge_name(version, None if name == facts.branches.development else name) for name in lacking}
    waiting = [f"{via} into {name}" for name, via in ways.items() if via in facts.refs.heads]
    resume = f"reletan resume {version}"
    return f"merge {' and '.join(waiting)} by a pull request, then {resume}" if waiting else resume


def _public(
    session: Session, facts: Observed, kind: Kind, version: str, commit: str, state: str, next: str
) -> OpenRelease:
    listing = read_listing(session, facts, default_range(facts, version, commit), kind=kind)
    return OpenRelease(
        kind=kind, version=version, branch=facts.branches.prefix(kind) + version, head=None, state=state,
        since=_date(session, commit), by=None, pull_requests=len(listing.pull_requests), next=next,
    )  # fmt: skip


def _date(session: Session, commit: str) -> str | None:
    moment = session.repo.git.run("log", "-1", "--format=%ct", commit, "--", ok=(0, 128)).out.strip()
    return utc(seconds(moment)) if moment else None
