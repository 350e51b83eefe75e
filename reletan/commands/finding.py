"""Which release a command is about: an open branch, a merged one without its tag, or one that is tagged already."""

import re

import msgspec

from reletan import prompts
from reletan.commands.observing import Observed
from reletan.commands.session import Session
from reletan.domain.errors import UsageError
from reletan.domain.flow import Kind, OpenBranch, Tag, open_branches
from reletan.domain.version import check_version


class Found(msgspec.Struct, kw_only=True):
    """A release as far as it has come. ``branch``: where it still exists; ``merge``: its merge commit on production, where known."""

    kind: Kind
    version: str
    branch: OpenBranch | None
    tagged: Tag | None
    merge: str | None = None


def find_release(session: Session, facts: Observed, version: str | None) -> Found | None:
    """The release named by ``version``, else the only open one; asks when there are several. None: nothing is open."""
    if version is not None:
        return _named(session, facts, version)
    candidates = _open(facts) or untagged_merges(session, facts)
    if not candidates:
        return None
    if len(candidates) == 1:
        return candidates[0]
    names = [found.version for found in candidates]
    if not session.terminal.interactive or session.yes:
        raise UsageError(f"Several releases are open: {', '.join(names)}.", next="name one: VERSION is an argument")
    chosen = prompts.choose(session.terminal, "Which release?", names, flag="VERSION")
    return next(found for found in candidates if found.version == chosen)


def _open(facts: Observed) -> list[Found]:
    return [_of_branch(facts, branch) for branch in open_branches(facts.branches, facts.refs, facts.local)]


def _of_branch(facts: Observed, branch: OpenBranch) -> Found:
    tag = facts.refs.tags.get(facts.tag_prefix + branch.version)
    return Found(kind=branch.kind, version=branch.version, branch=branch, tagged=tag)


def _named(session: Session, facts: Observed, given: str) -> Found:
    version = given
    if which := facts.branches.kind_of(given):
        version = which[1]
    elif facts.tag_prefix and given.startswith(facts.tag_prefix):
        version = given.removeprefix(facts.tag_prefix)
    check_version(version, facts.tag_prefix, facts.branches.release_prefix)
    matching = [found for found in _open(facts) if found.version == version and (not which or found.kind == which[0])]
    if len(matching) > 1:
        raise UsageError(
            f"There is a release and a hotfix {version}.", next=f"name the branch: {' or '.join(f.branch.name for f in matching if f.branch)}"
        )
    if matching:
        return matching[0]
    if tag := facts.refs.tags.get(facts.tag_prefix + version):
        merged = re.search(r"Merge (?:branch|pull request).*" + re.escape(facts.branches.hotfix_prefix),
                           _subject(session, tag.commit))  # fmt: skip
        return Found(kind="hotfix" if merged else "release", version=version, branch=None, tagged=tag)
    for found in untagged_merges(session, facts):
        if found.version == version:
            return found
    known = ", ".join(found.version for found in _open(facts)) or "none"
    raise UsageError(f"There is no release {version}: no branch, no merge and no tag.", details=[f"open: {known}"],
                     next=f"begin it with `reletan start {version}`")  # fmt: skip


def _subject(session: Session, commit: str) -> str:
    return session.repo.git.run("log", "-1", "--format=%s", commit, "--", ok=(0, 128)).out.strip()


def untagged_merges(session: Session, facts: Observed) -> list[Found]:
    """Release branches that were merged into production, but have no tag yet: by pull request, or half a git-flow finish."""
    if facts.prefix_problem is not None:
        raise facts.prefix_problem
    excluded = [f"^{release.commit}" for release in facts.releases]
    if not excluded:
        return []
    out = session.repo.git.run(
        "log", "--first-parent", "--merges", "--format=%H %s", facts.production, *excluded, "--"
    ).out
    found = []
    for line in out.splitlines():
        commit, _, subject = line.partition(" ")
        which = _merged_release(facts, subject)
        if which and facts.tag_prefix + which[1] not in facts.refs.tags:
            found.append(Found(kind=which[0], version=which[1], branch=None, tagged=None, merge=commit))
    return found


def _merged_release(facts: Observed, subject: str) -> tuple[Kind, str] | None:
    match = re.match(r"Merge (?:pull request #\d+ from [^/\s]+/|(?:remote-tracking )?branch ')([^'\s]+)", subject)
    if match is None:
        return None
    which = facts.branches.kind_of(match[1].removeprefix(f"{facts.remote}/"))
    if which is None or not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z.+_-]*", which[1]):
        return None
    return which
