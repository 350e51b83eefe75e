"""Observe: one look at the remote, one fetch, and what they mean for the flow."""

import re
import shlex
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property

import msgspec

from reletan.adapters.gitrepo import GitRepo
from reletan.commands.session import Session
from reletan.domain.errors import UsageError, Vanished
from reletan.domain.flow import (
    Branches,
    Kind,
    LocalRefs,
    OpenBranch,
    RemoteRefs,
    find_branches,
    open_branches,
    unnamed_development,
)
from reletan.domain.refs import problem_with
from reletan.domain.toml import literal
from reletan.domain.version import Release, final_releases, infer_prefix

# So many `merge-base` calls cost about as much as reading all of production's ids once.
PATIENCE = 12
LOOKS = 4


class Observed(msgspec.Struct, kw_only=True, dict=True):
    """The facts. ``remote`` is None where the clone has none; then its own branches and tags stand for the remote's.

    ``looked``: by a look at the remote, and not only by what this clone remembers of it.

    ``unnamed_development``: what to say first where a branch looks like development and nobody named it (production stands in).
    ``prefix_problem``: why no tag prefix is known (then ``releases`` is empty and whoever needs them raises it).
    """

    repo: GitRepo
    remote: str | None
    url: str | None
    refs: RemoteRefs
    local: LocalRefs
    branches: Branches
    looked: bool
    tag_prefix: str = ""
    prefix_problem: UsageError | None = None
    unnamed_development: UsageError | None = None

    @property
    def by_memory(self) -> bool:
        """Whether the remote is only what this clone remembers of it: tags may be missing, since they are not fetched."""
        return self.remote is not None and not self.looked

    @property
    def production(self) -> str:
        return self.refs.heads[self.branches.production]

    @property
    def development(self) -> str:
        return self.refs.heads[self.branches.development]

    @cached_property
    def releases(self) -> list[Release]:
        """The final releases on production that none of the others contains, the newest version first.

        Looked up when first asked for: production may be long, and a list between two given tags does not need them.
        """
        if self.prefix_problem is not None:
            return []
        return _reachable(self.repo, final_releases(self.refs.tags, self.tag_prefix), self.production)

    @property
    def last(self) -> Release | None:
        if self.prefix_problem is not None:
            raise self.prefix_problem
        return self.releases[0] if self.releases else None

    @property
    def prefixes(self) -> tuple[str, str]:
        return self.branches.release_prefix, self.branches.hotfix_prefix

    def targets(self, kind: Kind) -> list[str]:
        """The branches that have to have the tag of a release or a hotfix in the end."""
        targets = [] if self.branches.single else [self.branches.development]
        if kind == "hotfix":
            targets += [branch.name for branch in self.open if branch.kind == "release" and not self._is_past(branch)]
        return targets

    def _is_past(self, branch: OpenBranch) -> bool:
        """Whether production has the branch, its tag perhaps still missing: with more on it, it would be merged once more."""
        return self.is_tagged(branch) or self.repo.is_ancestor(branch.head, self.production)

    def is_tagged(self, branch: OpenBranch) -> bool:
        """Whether that branch's version is released: then the branch is a left-over."""
        return self.tag_prefix + branch.version in self.refs.tags

    @property
    def open(self) -> list[OpenBranch]:
        return open_branches(self.branches, self.refs)


def observe(session: Session, *, fetch: bool = True, writing: bool = False, pulls: bool = True) -> Observed:
    """Look at the remote once and fetch what is new; ``fetch`` false looks at this clone only.

    Looks again where a branch is deleted in between, as at the end of somebody else's release; Vanished when that goes on.
    """
    for _ in range(LOOKS - 1):
        with suppress(Vanished):
            return _observe(session, fetch, writing, pulls)
    return _observe(session, fetch, writing, pulls)


def _observe(session: Session, fetch: bool, writing: bool, pulls: bool) -> Observed:
    repo, flow = session.repo, session.settings.flow
    remote = remote_of(session, writing)
    url = repo.remote_url(remote) if remote else None
    local = repo.local_refs(remote)
    if remote and fetch:
        with session.terminal.progress(f"looking at {remote}"):
            refs = repo.remote_refs(remote, pulls=pulls)
    else:
        refs = _as_remote(local, remote)
    where = remote or "this clone"
    branches = find_branches(session.settings, refs, where)
    unnamed = unnamed_development(session.settings, branches.production, refs.heads.keys(), where)
    if unnamed and writing:
        raise unnamed
    if branches.single and branches.production != "develop" and "develop" in local.tracking and not unnamed:
        session.terminal.warn(
            f"the remote no longer has develop; {branches.production} is taken for development, so nothing is merged back"
        )
    if remote and fetch:
        _fetch(session, remote, refs, local, branches)
    elif repo.shallow:
        raise UsageError(
            "This clone is shallow, so its history ends too early.",
            next="run `git fetch --unshallow`; in CI set fetch-depth: 0 (GitHub Actions) or a full checkout",
        )
    facts = Observed(
        repo=repo, remote=remote, url=url, refs=refs, local=local, branches=branches, looked=bool(remote and fetch),
        unnamed_development=unnamed,
    )  # fmt: skip
    _find_prefix(facts, flow.tag_prefix)
    return facts


def remote_of(session: Session, writing: bool) -> str | None:
    remotes, wanted = session.repo.remotes(), session.settings.flow.remote
    if wanted in remotes:
        return wanted
    source = session.settings.sources.get("flow.remote")
    if source or (remotes and len(remotes) > 1):
        raise UsageError(
            f"There is no remote {wanted} in this clone.",
            details=[f"the remotes here: {', '.join(remotes) or 'none'}"],
            next=f"{source} says remote = {literal(wanted)}; correct it there, or: {shlex.join(['git', 'remote', 'add', wanted])} URL"
            if source
            else "name the one to use: reletan init --remote NAME",
        )
    if remotes:
        if problem := problem_with(remotes[0]):
            raise UsageError(f"The remote is named {remotes[0]!r}; a remote's name {problem}.",
                             next="give it another name with `git remote rename`")  # fmt: skip
        return remotes[0]
    if writing:
        raise UsageError("This repository has no remote, so there is nothing to release to.",
                         next="add one: git remote add origin URL")  # fmt: skip
    return None


def _as_remote(local: LocalRefs, remote: str | None) -> RemoteRefs:
    """What this clone remembers of the remote; its own branches where it remembers nothing."""
    heads = local.tracking if remote and local.tracking else {n: b.oid for n, b in local.heads.items()}
    return RemoteRefs(heads=dict(heads), tags=local.tags)


def _fetch(session: Session, remote: str, refs: RemoteRefs, local: LocalRefs, branches: Branches) -> None:
    """Fetch the flow's branches that moved. Refuses names that git should not see."""
    wanted = {branches.production, branches.development}
    for branch in open_branches(branches, refs):
        if problem := problem_with(branch.name):
            raise UsageError(f"The remote has a branch named {branch.name!r}; a branch's name {problem}.",
                             next="delete or rename it on the remote")  # fmt: skip
        wanted.add(branch.name)
    _forget_deleted(session, remote, refs, local, branches)
    moved = sorted(name for name in wanted if local.tracking.get(name) != refs.heads[name])
    if moved or session.repo.shallow:
        with session.terminal.progress(f"fetching from {remote}"):
            session.repo.fetch(remote, moved or sorted(wanted))


def _forget_deleted(session: Session, remote: str, refs: RemoteRefs, local: LocalRefs, branches: Branches) -> None:
    """Tracking refs of release branches that the remote no longer has; one named ``hotfix`` would also be in the way."""
    folders = {branches.release_prefix.rstrip("/"), branches.hotfix_prefix.rstrip("/")}
    for name in local.tracking:
        if name not in refs.heads and (name in folders or branches.kind_of(name)):
            session.repo.forget_tracking(remote, name)


def _find_prefix(facts: Observed, configured: str | None) -> None:
    try:
        facts.tag_prefix = used_prefix(facts.repo, facts.refs, facts.production) if configured is None else configured
    except UsageError as error:
        facts.prefix_problem = error


def used_prefix(repo: GitRepo, refs: RemoteRefs, production: str) -> str:
    """The prefix of the release tags. Where that of all tags differs, only those on ``production`` (an object id that is
    here) count. Raises UsageError where it differs among these too.
    """
    names = [name for name in refs.tags if re.search(r"\d\.\d", name)]
    try:
        return infer_prefix(names)
    except UsageError:
        known = set(repo.git.run("rev-list", production, "--").out.split())
        return infer_prefix(name for name in names if refs.tags[name].commit in known)


def releases_before(facts: Observed, commit: str) -> list[Release]:
    """The final releases in the history of ``commit``, without those on ``commit`` itself; as ``Observed.releases``."""
    known = final_releases(facts.refs.tags, facts.tag_prefix)
    return _reachable(facts.repo, [release for release in known if release.commit != commit], commit)


def _reachable(repo: GitRepo, candidates: Sequence[Release], production: str) -> list[Release]:
    """The newest version on production, then those that it does not contain (a hotfix tagged before a release)."""
    known: set[str] | None = None
    for tried, newest in enumerate(candidates):
        if tried == PATIENCE:
            known = set(repo.git.run("rev-list", production, "--").out.split())
        if newest.commit in known if known is not None else repo.is_ancestor(newest.commit, production):
            alone = len(candidates) == 1 or newest.commit == production
            later = set() if alone else set(repo.ids_between(newest.commit, production))
            return [newest, *(r for r in candidates if r is not newest and r.commit in later)]
    return []
