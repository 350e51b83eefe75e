"""Which release a command is about: an open branch, a merged one without its tag, or one that is tagged already."""

import re
from collections.abc import Sequence

from reletan import prompts
from reletan.adapters.journal import JournalFolder
from reletan.commands.landed import Found, release_merged_by, untagged_merges
from reletan.commands.observing import Observed
from reletan.commands.session import Session
from reletan.domain.errors import Blocked, UsageError
from reletan.domain.flow import Kind, OpenBranch, open_branches
from reletan.domain.tagging import is_backmerge_of
from reletan.domain.version import check_version, final_releases


def find_release(session: Session, facts: Observed, version: str | None) -> Found | None:
    """The release named by ``version``, else the only open one; asks when there are several. None: nothing is open."""
    if version is not None:
        return _named(session, facts, version)
    candidates = [found for found in _open(facts) if found.tagged is None] or untagged_merges(session, facts)
    candidates = candidates or _interrupted(session, facts) or _waiting(session, facts) or _beyond(session, facts)
    if not candidates:
        _refuse_finished_here(session, facts)
        return None
    if len(candidates) == 1:
        return candidates[0]
    if not session.terminal.interactive or session.yes:
        raise several_open(candidates)
    names = [found.version for found in candidates]
    chosen = prompts.choose(session.terminal, "Which release?", names, flag="VERSION")
    return next(found for found in candidates if found.version == chosen)


def several_open(candidates: Sequence[Found]) -> UsageError:
    """A command without a version, where any of ``candidates`` may be meant."""
    return UsageError(
        f"Several releases are open: {', '.join(found.version for found in candidates)}.",
        next="name one of them after the command: " + " or ".join(f"{f.version} ({f.kind})" for f in candidates),
    )


def _open(facts: Observed) -> list[Found]:
    return [_of_branch(facts, branch) for branch in open_branches(facts.branches, facts.refs, facts.local)]


def _interrupted(session: Session, facts: Observed) -> list[Found]:
    """Released, but this clone was stopped before the clean-up; other left-overs were kept on purpose."""
    versions = {
        journal.version for journal in JournalFolder(session.repo.common_dir).unfinished() if journal.command == "tag"
    }
    return [
        _named(session, facts, version) for version in sorted(versions) if facts.tag_prefix + version in facts.refs.tags
    ]


def _waiting(session: Session, facts: Observed) -> list[Found]:
    """Released, and waiting for a pull request that brings it back."""
    return [
        _named(session, facts, release.version) for release in facts.releases
        if any(is_backmerge_of(name, release.version) for name in facts.refs.heads)
    ]  # fmt: skip


def _beyond(session: Session, facts: Observed) -> list[Found]:
    """Open, though its tag is there: that is on something else, or the branch has more than was released."""
    return [
        found for found in _open(facts)
        if found.tagged and found.branch and found.branch.published
        and not session.repo.is_ancestor(found.branch.head, found.tagged.commit)
    ]  # fmt: skip


def _of_branch(facts: Observed, branch: OpenBranch) -> Found:
    tag = facts.refs.tags.get(facts.tag_prefix + branch.version)
    return Found(kind=branch.kind, version=branch.version, branch=branch, tagged=tag)


def kind_and_version(facts: Observed, given: str) -> tuple[Kind | None, str]:
    """What a person means by ``1.4.0``, ``v1.4.0`` or ``release/1.4.0``; the kind where the branch's name says it."""
    if which := facts.branches.kind_of(given):
        return which
    version = given.removeprefix(facts.tag_prefix)
    return None, version[1:] if re.match(r"v\d", version) else version


def _named(session: Session, facts: Observed, given: str) -> Found:
    kind, version = kind_and_version(facts, given)
    check_version(version, facts.tag_prefix, facts.branches.release_prefix)
    matching = [found for found in _open(facts) if found.version == version and kind in (None, found.kind)]
    if len(matching) > 1:
        raise UsageError(
            f"There is a release and a hotfix {version}.",
            next=f"name the branch: {' or '.join(f.branch.name for f in matching if f.branch)}",
        )
    if matching:
        return matching[0]
    if tag := facts.refs.tags.get(facts.tag_prefix + version):
        return Found(kind=kind_of_tagged(session, facts, tag.commit), version=version, branch=None, tagged=tag)
    for found in untagged_merges(session, facts):
        if found.version == version:
            return found
    if facts.tag_prefix + version in facts.local.tags:
        raise _finished_here(facts, version)
    known = " or ".join(found.version for found in _open(facts) if found.tagged is None)
    raise UsageError(
        f"There is no release {version}: no branch, no merge and no tag.",
        next=f"name one that is open: {known}" if known else "see what there is: reletan status",
    )


def finished_here(session: Session, facts: Observed) -> list[str]:
    """The versions that git-flow merged and tagged in this clone, on production as it is, and did not push."""
    here = final_releases({n: t for n, t in facts.local.tags.items() if n not in facts.refs.tags}, facts.tag_prefix)
    return [r.version for r in here if session.repo.resolve(f"{r.commit}^1") == facts.production]


def _refuse_finished_here(session: Session, facts: Observed) -> None:
    for version in finished_here(session, facts):
        raise _finished_here(facts, version)


def _finished_here(facts: Observed, version: str) -> Blocked:
    name = facts.tag_prefix + version
    return Blocked(
        f"{version} was finished in this clone only: the tag {name} is here, on {facts.local.tags[name].commit[:10]}, "
        "and not on the remote.",
        next=push_command(facts, version),
    )


def push_command(facts: Observed, version: str) -> str:
    """How to publish what `git flow … finish` made in this clone, all or nothing."""
    branches = dict.fromkeys([facts.branches.production, facts.branches.development])
    return f"if git-flow made it, publish it: git push --atomic {facts.remote} {' '.join(branches)} {facts.tag_prefix}{version}"


def kind_of_tagged(session: Session, facts: Observed, commit: str) -> Kind:
    """What a tagged commit released, as far as its subject tells."""
    subject = session.repo.git.run("log", "-1", "--format=%s", commit, "--", ok=(0, 128)).out.strip()
    which = release_merged_by(facts, subject)
    return which[0] if which else "release"
