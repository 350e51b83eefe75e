"""The release that ``reletan tag`` is about: its head, and what the person wants done with it."""

import msgspec

from reletan.adapters.gitobjects import Signature
from reletan.commands.landed import Found
from reletan.commands.local import sharing
from reletan.commands.observing import Observed
from reletan.commands.session import Session
from reletan.commands.way import Way
from reletan.domain.errors import Blocked, ReletanError
from reletan.domain.tagging import Backmerge


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """What stays the same when the plan is made again: who and when, the text of the tag, and how far to go."""

    who: Signature
    message: str
    sign_merges: bool
    sign_tag: bool
    backmerge: Backmerge
    keep_branch: bool


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """The release at hand. ``head``: its branch's head; None where the branch is gone."""

    session: Session
    facts: Observed
    found: Found
    head: str | None
    intent: Intent
    way: Way

    @property
    def branch(self) -> str:
        return self.facts.branches.prefix(self.found.kind) + self.found.version

    @property
    def tag(self) -> str:
        return self.facts.tag_prefix + self.found.version

    def open_into(self) -> tuple[int, ...] | None:
        """The open pull requests into the release branch, asked for once in a run; None where GitHub does not tell."""
        branch = self.found.branch
        if self.way.hub is None or branch is None or not branch.published or self.intent.keep_branch:
            return ()
        try:
            return self.way.head_state(self.branch, self.head or branch.head).pulls
        except ReletanError:
            return None

    @property
    def by_pull(self) -> bool:
        """Whether the release has to get into production, and goes there by its pull request."""
        missing = self.found.tagged is None and self.found.merge is None and self.head is not None
        if not missing or self.session.repo.is_ancestor(self.head or "", self.facts.production):
            return False
        return self.way.goes_by_pull(self.facts.branches.production)


def release_head(session: Session, facts: Observed, found: Found, wanted: str | None) -> str | None:
    """The release head; refuses one that differs from ``wanted`` (--head), or lacks commits that this clone has."""
    branch = found.branch
    if wanted:
        _require_head(session, found, wanted.lower())
    if branch is None:
        return None
    local = facts.local.heads.get(branch.name)
    if not branch.published and found.tagged is None:
        _require_never_published(session, facts, branch.name)
        _require_known(session, facts, branch.name, branch.head)
    elif local and found.tagged is None and not session.repo.is_ancestor(local.oid, branch.head):
        push = sharing(session.repo, facts, branch.name, branch.head)
        raise Blocked(
            f"Your local {branch.name} has commits that the remote lacks; they would not be in the release.",
            details=_subjects(session, local.oid, branch.head),
            next=f"push them: {push} (or drop them), then run the command again",
        )
    return branch.head


def merged_head(session: Session, found: Found) -> str | None:
    """What production got by the commit that has the release; None where its parents do not tell."""
    commit = found.tagged.commit if found.tagged else found.merge
    return found.squashed or (session.repo.resolve(f"{commit}^2") if commit else None)


def _require_never_published(session: Session, facts: Observed, name: str) -> None:
    """A branch that follows one of the remote's, which is gone: somebody aborted the release, or merged it in their way."""
    follows = session.repo.setting(f"branch.{name}.remote"), session.repo.setting(f"branch.{name}.merge")
    if follows == (facts.remote, f"refs/heads/{name}"):
        raise Blocked(
            f"{name} is no longer on {facts.remote}: somebody aborted that release, or merged it another way.",
            next=f"delete your left-over with `git branch -D {name}`, or publish it again with "
            f"`git push {facts.remote} {name}`, then run the command again",
        )


def _require_head(session: Session, found: Found, wanted: str) -> None:
    done = found.tagged.commit if found.tagged else found.merge
    if found.branch is not None:
        where, heads = f"{found.branch.name} is at", [found.branch.head]
    else:
        where = f"{found.version} was merged from"
        merge, *parents = session.repo.git.run("rev-list", "--parents", "-1", done or "", "--").out.split()
        # the merge commit itself, for a release that was fast-forwarded; never the side of production
        heads = [found.squashed] if found.squashed else [*parents[1:], merge]
    if not any(len(wanted) >= 7 and head.startswith(wanted) for head in heads):
        raise Blocked(f"{where} {heads[0][:10]}, not {wanted[:10]}: it moved after you looked.",
                      next="look at what was added, then run the command again with the new head")  # fmt: skip


def _require_known(session: Session, facts: Observed, name: str, head: str) -> None:
    """A branch that only this clone has will do while it has no commits of its own."""
    if own := _subjects(session, head, facts.development, facts.production):
        raise Blocked(
            f"{name} is only in this clone, and so are these commits.",
            details=own,
            next=f"publish it with `reletan start {name.rsplit('/', 1)[-1]}`, then run the command again",
        )


def _subjects(session: Session, tip: str, *excluded: str) -> list[str]:
    return session.repo.git.run(
        "log", "--format=%h %s", "-10", tip, *(f"^{e}" for e in excluded), "--"
    ).out.splitlines()
