"""``reletan abort``: undo ``start``, as long as nothing was released and nothing would be lost."""

from itertools import islice

from reletan.adapters.journal import Journal, JournalFolder
from reletan.commands.announcing import Telling, tell
from reletan.commands.composing import subject_of_found
from reletan.commands.finding import find_release, kind_and_version
from reletan.commands.flowing import carry_out
from reletan.commands.github import github_slug, open_hub
from reletan.commands.landed import Found
from reletan.commands.observing import Observed, observe
from reletan.commands.session import Session, require_writable
from reletan.commands.slack import open_slack
from reletan.commands.wording import News
from reletan.domain.errors import Blocked, ReletanError, UsageError
from reletan.domain.flow import KINDS, OpenBranch
from reletan.domain.plan import (
    Announce,
    ClosePull,
    DeleteBranch,
    Plan,
    PushRefs,
    RefUpdate,
    SendMessage,
    SetConfig,
    Step,
)
from reletan.domain.version import check_version

MOST_NAMED = 10


def run(session: Session, version: str | None) -> None:
    require_writable(session)
    folder = JournalFolder(session.repo.common_dir)
    with folder.lock(needed=not session.dry_run):
        who = session.repo.signature()
        carry_out(
            session,
            lambda: _plan(session, version),
            lambda plan: Journal(command="abort", version=plan.version or "", options={}, author=who.author,
                                 committer=who.committer, plan=plan),
        )  # fmt: skip


def _plan(session: Session, version: str | None) -> Plan:
    facts = observe(session, writing=True, pulls=False)
    if version is not None and not _exists(facts, version):
        return _gone(session, facts, kind_and_version(facts, version)[1])
    found = find_release(session, facts, version)
    if found is None:
        return _nothing_open(session, facts)
    if found.tagged is not None:
        raise Blocked(f"{found.version} is released already, so it is not undone.",
                      next=f"go forward: reletan resume {found.version}, and a hotfix for what is wrong")  # fmt: skip
    if found.branch is None or _merged(session, facts, found.branch.head):
        raise Blocked(f"{found.version} is in {facts.branches.production} already, so it is not undone.",
                      next=f"go forward: reletan tag {found.version}")  # fmt: skip
    branch = found.branch
    _refuse_if_lost(session, facts, branch.name, branch.head)
    steps = (*_steps(session, facts, branch), *_pull(session, facts, branch))
    news = _news(session, facts, found)
    return Plan(
        command="abort", version=found.version, head=branch.head, mode="push", advice=tuple(_advice(facts, branch)),
        steps=(*steps, *news.steps), paste=news.paste, result=f"{found.version} is undone; nothing was released.",
    )  # fmt: skip


def _gone(session: Session, facts: Observed, version: str) -> Plan:
    """Somebody may have aborted it, and nothing tells: that is fine, unless it looks like a part of an open one."""
    check_version(version, facts.tag_prefix, facts.branches.release_prefix)
    untold = _untold(session, version)
    opened = [branch for branch in facts.open if not facts.is_tagged(branch)]
    for branch in opened:
        if branch.version.startswith(f"{version}.") and not untold:
            raise UsageError(f"There is no open release {version}, but {branch.name} is open.",
                             next=f"reletan abort {branch.version}")  # fmt: skip
    names = ", ".join(branch.name for branch in opened)
    said = f"there is no open release {version}" + (f"; open: {names}" if names else "")
    return Plan(command="abort", version=version, steps=untold, warnings=() if untold else (said,))


def _nothing_open(session: Session, facts: Observed) -> Plan:
    """What a ``start`` left in its journal that never reached the remote goes too."""
    begun = [j.version for j in JournalFolder(session.repo.common_dir).unfinished() if j.command == "start"]
    lost = next((version for version in begun if not _exists(facts, version)), None)
    said = f"; {lost} was begun in this clone, but there is nothing of it to undo" if lost else ""
    return Plan(command="abort", version=lost, steps=(), warnings=(f"no release is open{said}",))


def _exists(facts: Observed, version: str) -> bool:
    plain = kind_and_version(facts, version)[1]
    names = {facts.branches.prefix(kind) + plain for kind in KINDS}
    tagged = facts.tag_prefix + plain in facts.refs.tags
    return tagged or any(name in facts.refs.heads or name in facts.local.heads for name in names)


def _merged(session: Session, facts: Observed, head: str) -> bool:
    """Whether production got the head by a merge; a branch that only began on production did not get there."""
    repo = session.repo
    if not repo.is_ancestor(head, facts.production):
        return False
    began_there = head in repo.git.run("rev-list", "--first-parent", facts.production, "--").out.split()
    return not began_there and not any(repo.is_ancestor(head, release.commit) for release in facts.releases)


def _refuse_if_lost(session: Session, facts: Observed, name: str, head: str) -> None:
    repo = session.repo
    alone = (
        f"{commit.sha[:7]} {commit.subject} ({commit.author})"
        for commit in repo.log([head], [facts.development, facts.production])
        # a merge of what is elsewhere, as of a hotfix's tag, brings nothing by itself
        if repo.has_own_content(commit.sha, commit.parents)
    )
    if lost := list(islice(alone, MOST_NAMED)):
        raise Blocked(
            f"{name} has commits that are nowhere else, so it is not deleted.",
            details=lost,
            next=f"keep them first: merge {name} into {facts.branches.development}, push, and run the command again",
        )


def _steps(session: Session, facts: Observed, branch: OpenBranch) -> list[Step]:
    steps: list[Step] = []
    if branch.published and facts.remote:
        # Not housekeeping here: it is what the person asked for, so a refusal is an error.
        steps.append(PushRefs(facts.remote, (RefUpdate(f"refs/heads/{branch.name}", branch.head, None),)))
    local = facts.local.heads.get(branch.name)
    if local is not None:
        _refuse_if_lost(session, facts, f"your local {branch.name}", local.oid)
        if local.worktree is None:
            steps.append(DeleteBranch(branch.name, local.oid))
    key = f"gitflow.branch.{branch.name}.base"
    if session.repo.setting(key) is not None and (local is None or local.worktree is None):
        steps.append(SetConfig(key, None))
    return steps


def _pull(session: Session, facts: Observed, branch: OpenBranch) -> tuple[ClosePull, ...]:
    """The release pull request; GitHub closes it by itself when it notices that the branch is gone."""
    from reletan.adapters.hubpr import find_pull

    slug = github_slug(session, facts.url)
    if not branch.published or slug is None:
        return ()
    try:
        hub = open_hub(session, slug, facts.url)
        pull = find_pull(hub, branch.name, facts.branches.production, merged=True) if hub else None
    except ReletanError as problem:
        session.terminal.warn(f"whether {branch.name} has a release pull request is not known: {problem.message}")
        return ()
    if pull is not None and pull.commit and pull.head == branch.head:
        # By squash: the history does not show it
        production, version = facts.branches.production, branch.version
        raise Blocked(f"{version} is in {production} already, by #{pull.number}, so it is not undone.",
                      next=f"go forward: reletan tag {version} --accept-squash")  # fmt: skip
    return (ClosePull(repository=slug, number=pull.number),) if pull and not pull.commit else ()


def _news(session: Session, facts: Observed, found: Found) -> Telling:
    """The team hears of it where it has heard of the release; a text that cannot be written does not hold it up."""
    if found.branch is None or not found.branch.published:
        return Telling(steps=_untold(session, found.version))
    try:
        news = News(subject=subject_of_found(session, facts, found), stage="aborted")
    except ReletanError as problem:
        session.terminal.warn(f"the news of this cannot be written, so tell your team yourself: {problem.message}")
        return Telling(steps=_untold(session, found.version))
    return tell(session, facts, news, command="abort", fresh=True)


def _untold(session: Session, version: str) -> tuple[Step, ...]:
    """What an earlier run, which did the rest, could not tell the team."""
    journal = JournalFolder(session.repo.common_dir).read(version)
    if journal is None or journal.command != "abort" or journal.plan is None or open_slack(session) is None:
        return ()
    return tuple(
        step
        for step, state in zip(journal.plan.steps, journal.states, strict=False)
        if (isinstance(step, Announce) and state not in ("done", "skipped"))
        # a message by webhook that may be there is not sent again
        or (isinstance(step, SendMessage) and state in ("todo", "conflict"))
    )


def _advice(facts: Observed, branch: OpenBranch) -> list[str]:
    local = facts.local.heads.get(branch.name)
    if local is None or local.worktree is None:
        return []
    base = facts.branches.base(branch.kind)
    return [f"{branch.name} is checked out, so it was kept here: git switch {base} && reletan abort {branch.version}"]
