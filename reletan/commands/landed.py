"""Releases that production has without their tags: what merged them tells which they are, else GitHub does."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from reletan.adapters.gitparse import lines
from reletan.commands.github import github_slug, open_hub
from reletan.commands.observing import Observed
from reletan.commands.session import Session, warn_once
from reletan.domain.errors import Blocked, ReletanError
from reletan.domain.flow import Kind, OpenBranch, Tag

if TYPE_CHECKING:
    from reletan.adapters.hubpr import PullText

# Where no release is tagged yet, all of production's history would be looked through.
MOST_COMMITS = 500


class Found(msgspec.Struct, kw_only=True):
    """A release as far as it has come.

    ``branch``: where it still exists; ``merge``: its merge commit on production, where known; ``squashed``: the head that
    was squashed, or rebased, into that commit, which is no merge then.
    """

    kind: Kind
    version: str
    branch: OpenBranch | None
    tagged: Tag | None
    merge: str | None = None
    squashed: str | None = None


def untagged_merges(session: Session, facts: Observed) -> list[Found]:
    """Releases that are in production, but have no tag yet, newest first: by pull request, or half a git-flow finish.

    GitHub is asked only where production has commits that do not tell what they merged. Raises what the tag prefix raises.
    """
    if facts.prefix_problem is not None:
        raise facts.prefix_problem
    found, unnamed = _by_subjects(facts)
    for pull in _pulls_of(session, facts, unnamed):
        which = facts.branches.kind_of(pull.branch)
        if which and which[1] not in found and not _is_tagged(facts, which[1]):
            found[which[1]] = found_by(facts, Found(kind=which[0], version=which[1], branch=None, tagged=None), pull)
    return list(found.values())


def named_merges(facts: Observed) -> list[Found]:
    """``untagged_merges`` as far as the subjects of production's merges tell, newest first."""
    return list(_by_subjects(facts)[0].values())


def _by_subjects(facts: Observed) -> tuple[dict[str, Found], list[str]]:
    """(version -> its merge, the commits of production's own line that do not tell what they merged)."""
    found: dict[str, Found] = {}
    unnamed: list[str] = []
    for commit, merges, subject in _since_releases(facts):
        which = release_merged_by(facts, subject) if merges else None
        if which is None:
            unnamed.append(commit)
        elif not _is_tagged(facts, which[1]):
            # merged more than once: the newest merge has all of it
            found.setdefault(which[1], Found(kind=which[0], version=which[1], branch=None, tagged=None, merge=commit))
    return found, unnamed


def require_nothing_before(session: Session, facts: Observed, version: str | None, merge: str | None = None) -> None:
    """Raises Blocked where production has another release without its tag, which ``version`` would swallow: the one that is
    tagged at ``merge``, or at a new commit (None).
    """
    for other in untagged_merges(session, facts):
        inside = merge is None or facts.repo.is_ancestor(other.merge or "", merge)
        if other.version != version and inside:
            raise Blocked(f"{other.version} is merged into {facts.branches.production}, but has no tag yet.",
                          next=f"finish it first: reletan tag {other.version}")  # fmt: skip


def _since_releases(facts: Observed) -> list[tuple[str, bool, str]]:
    """(commit, whether it is a merge, subject) of production's own line, newest first."""
    excluded = [f"^{release.commit}" for release in facts.releases]
    out = facts.repo.git.run(
        "log", "--first-parent", f"-{MOST_COMMITS}", "--format=%H%x00%P%x00%s", facts.production, *excluded, "--"
    ).out
    rows = (line.split("\0", 2) for line in lines(out))
    return [(commit, " " in parents, subject) for commit, parents, subject in rows]


def _is_tagged(facts: Observed, version: str) -> bool:
    return facts.tag_prefix + version in facts.refs.tags


def release_merged_by(facts: Observed, subject: str) -> tuple[Kind, str] | None:
    """Which release a merge commit with this subject brought."""
    match = re.match(r"Merge (?:pull request #\d+ from [^/\s]+/|(?:remote-tracking )?branch ')([^'\s]+)", subject)
    if match is None:
        return None
    return facts.branches.kind_of(match[1].removeprefix(f"{facts.remote}/"))


# as GitHub tells it: merged under a title of somebody's own, or squashed


def _pulls_of(session: Session, facts: Observed, commits: Iterable[str]) -> "list[PullText]":
    """The pull requests that made ``commits`` of production, newest first; none where GitHub cannot be asked."""
    wanted = set(commits)
    if not wanted or session.offline or session.trouble:
        return []
    if facts.production not in session.landed:
        session.landed[facts.production] = _ask(session, facts)
    return [pull for pull in session.landed[facts.production] if pull.commit in wanted]


def _ask(session: Session, facts: Observed) -> "list[PullText]":
    slug = github_slug(session, facts.url)
    try:
        hub = open_hub(session, slug, facts.url) if slug else None
        if hub is None:
            return []
        from reletan.adapters.hubpr import merged_pulls

        with session.terminal.progress("asking GitHub what was merged into production"):
            return merged_pulls(hub, facts.branches.production)
    except ReletanError as problem:
        warn_once(session, f"Whether a release was merged under another title is not known: {problem.message}")
        return []


def found_by(facts: Observed, found: Found, pull: "PullText") -> Found:
    """``found`` as ``pull``, which brought it into production, tells it."""
    squashed = None if facts.repo.is_ancestor(pull.head, pull.commit or "") else pull.head
    if squashed and facts.remote and facts.repo.resolve(squashed) is None:
        facts.repo.fetch_pulls(facts.remote, [pull.number])
    return msgspec.structs.replace(found, merge=pull.commit, squashed=squashed)
