"""``reletan status``: where the release is, what comes next, who is waited for."""

import msgspec

from reletan import render
from reletan.adapters.journal import JournalFolder
from reletan.commands.finding import untagged_merges
from reletan.commands.listing import default_range, read_listing
from reletan.commands.observing import Observed, observe
from reletan.commands.session import Session
from reletan.domain.flow import OpenBranch
from reletan.domain.pulls import utc
from reletan.domain.tagging import backmerge_name
from reletan.domain.text import Text


class OpenRelease(msgspec.Struct, frozen=True, kw_only=True):
    """A branch that is open, or a release that is merged or public but not complete. ``since``: "2026-11-20T10:00:00Z"."""

    kind: str
    version: str
    branch: str
    head: str | None
    state: str
    since: str | None
    by: Text | None
    pull_requests: int
    next: str


class Status(msgspec.Struct, frozen=True, kw_only=True):
    schema: int = 1
    production: str
    development: str
    last_release: str | None
    last_release_at: str | None
    open: tuple[OpenRelease, ...]
    unfinished: tuple[str, ...]
    waiting_pull_requests: int
    waiting_commits: int
    suggested_version: str | None
    next: str


def run(session: Session, *, fetch: bool) -> None:
    facts = observe(session, fetch=fetch)
    listing = read_listing(session, facts, default_range(facts))
    waiting = [pull for pull in listing.pull_requests if pull.in_release is None]
    opened = [*_branches(session, facts), *_merged(session, facts), *_incomplete(session, facts)]
    last = facts.last
    status = Status(
        production=facts.branches.production,
        development=facts.branches.development,
        last_release=last.tag if last else None,
        last_release_at=_date(session, last.commit) if last else None,
        open=tuple(opened),
        unfinished=tuple(j.version for j in JournalFolder(session.repo.common_dir).unfinished()),
        waiting_pull_requests=len(waiting),
        waiting_commits=len(listing.commits_without_pull_request),
        suggested_version=listing.suggested_version,
        next=_next(opened, bool(waiting or listing.commits_without_pull_request)),
    )
    if session.terminal.json:
        session.terminal.out(render.to_json(status))
    else:
        render.status(session.terminal, status)
        for warning in listing.warnings:
            session.terminal.warn(warning.message)


def _next(opened: list[OpenRelease], waiting: bool) -> str:
    if opened:
        return opened[0].next
    return "reletan start" if waiting else "nothing: everything is released"


def _branches(session: Session, facts: Observed) -> list[OpenRelease]:
    return [_open(session, facts, branch) for branch in facts.open]


def _open(session: Session, facts: Observed, branch: OpenBranch) -> OpenRelease:
    tag = facts.refs.tags.get(facts.tag_prefix + branch.version)
    if tag is not None:
        contained = session.repo.is_ancestor(branch.head, tag.commit)
        state = "released, the branch is left over" if contained else "released, with commits beyond the tag"
        next = f"reletan resume {branch.version}"
    elif session.repo.is_ancestor(branch.head, facts.production) and not session.repo.is_ancestor(branch.head, facts.development):
        state, next = "merged, not tagged", f"reletan tag {branch.version}"
    else:
        state, next = "open", f"reletan tag {branch.version}"
    since, by = _beginning(session, facts, branch)
    listing = read_listing(session, facts, default_range(facts, branch.name, branch.head), kind=branch.kind)
    return OpenRelease(
        kind=branch.kind, version=branch.version, branch=branch.name, head=branch.head, state=state, since=since, by=by,
        pull_requests=len(listing.pull_requests), next=next,
    )  # fmt: skip


def _beginning(session: Session, facts: Observed, branch: OpenBranch) -> tuple[str | None, Text | None]:
    """Since when and by whom: what this clone's journal knows, else the first commit of the branch's own, else its head."""
    journal = JournalFolder(session.repo.common_dir).read(branch.version)
    if journal is not None and journal.command == "start":
        name, _, rest = journal.committer.partition(" <")
        return utc(int(rest.rsplit(" ", 2)[1])), Text(name)
    own = session.repo.git.run(
        "log", "--reverse", "--format=%ct %an", branch.head, f"^{facts.development}", f"^{facts.production}", "--"
    ).out.splitlines()
    line = own[0] if own else session.repo.git.line("log", "-1", "--format=%ct %an", branch.head, "--")
    seconds, _, author = line.partition(" ")
    return utc(int(seconds)), Text(author) if own else None


def _merged(session: Session, facts: Observed) -> list[OpenRelease]:
    known = {branch.version for branch in facts.open}
    return [
        OpenRelease(kind=found.kind, version=found.version, branch=facts.branches.prefix(found.kind) + found.version, head=None,
                    state="merged, not tagged", since=_date(session, found.merge or ""), by=None, pull_requests=0,
                    next=f"reletan tag {found.version}")
        for found in untagged_merges(session, facts) if found.version not in known
    ]  # fmt: skip


def _incomplete(session: Session, facts: Observed) -> list[OpenRelease]:
    """The last release, where it was not merged back yet and a pull request for that is open."""
    found = []
    for release in facts.releases[:1]:
        waiting = backmerge_name(release.version) in facts.refs.heads
        if waiting and facts.branches.prefix("release") + release.version not in facts.refs.heads:
            found.append(OpenRelease(
                kind="release", version=release.version, branch=backmerge_name(release.version), head=release.commit,
                state="released, not merged back", since=_date(session, release.commit), by=None, pull_requests=0,
                next=f"reletan resume {release.version}",
            ))  # fmt: skip
    return found


def _date(session: Session, commit: str) -> str | None:
    seconds = session.repo.git.run("log", "-1", "--format=%ct", commit, "--", ok=(0, 128)).out.strip()
    return utc(int(seconds)) if seconds else None
