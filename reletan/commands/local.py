"""What to do with this clone's own branches once the remote has moved: bring them forward where that is safe."""

import os
import shlex
from collections.abc import Mapping

import msgspec

from reletan.adapters.gitrepo import GitRepo
from reletan.commands.observing import Observed
from reletan.commands.session import Session
from reletan.domain.plan import Step, UpdateBranch


class LocalMoves(msgspec.Struct):
    """Steps, and what the person has to type where reletan leaves a branch alone."""

    steps: list[Step]
    advice: list[str]


def local_moves(session: Session, facts: Observed, targets: Mapping[str, str], made: Mapping[str, str]) -> LocalMoves:
    """Bring local branches to ``targets`` (branch -> commit).

    ``made`` maps a commit of this plan, which contains the remote's branch, to that branch's commit now: what is an
    ancestor of the one is an ancestor of the other.
    """
    moves = LocalMoves([], [])
    for branch, new in targets.items():
        local = facts.local.heads.get(branch)
        if local is None:
            moves.steps.append(UpdateBranch(branch, None, new))
        elif local.oid == new:
            continue
        elif local.worktree is not None and not os.path.isdir(local.worktree):
            moves.advice.append(
                f"{branch} is checked out in {local.worktree}, which is gone; it was left alone: git worktree prune"
            )
        elif not session.repo.is_ancestor(local.oid, made.get(new, new)):
            moves.advice.append(
                f"your local {branch} has commits that the remote lacks, so it was left alone; to bring it up to date: "
                + _rebasing(session.repo, facts, branch)
            )
        elif local.worktree is not None and not session.repo.clean(local.worktree):
            moves.advice.append(
                f"{branch} is checked out with changes, so it was left alone; when you are done: "
                f"{_git_in(session.repo, local.worktree)} merge --ff-only {facts.remote}/{branch}"
            )
        else:
            moves.steps.append(UpdateBranch(branch, local.oid, new, local.worktree))
    return moves


def sharing(repo: GitRepo, facts: Observed, branch: str, head: str) -> str:
    """How the commits that only the local ``branch`` has get to the remote, which has it at ``head``."""
    push = f"git push {facts.remote} {branch}"
    if repo.is_ancestor(head, facts.local.heads[branch].oid):
        return push
    return f"{_rebasing(repo, facts, branch)} && {push}"


def _rebasing(repo: GitRepo, facts: Observed, branch: str) -> str:
    worktree = facts.local.heads[branch].worktree
    pull = f"pull --rebase {facts.remote} {branch}"
    if worktree is None or worktree == repo.top:
        return f"git switch {branch} && git {pull}"
    return f"{_git_in(repo, worktree)} {pull}"


def _git_in(repo: GitRepo, worktree: str) -> str:
    return "git" if worktree == repo.top else f"git -C {shlex.quote(worktree)}"


def is_on(repo: GitRepo, key: str) -> bool:
    """Whether a yes-or-no setting of git's configuration is on."""
    return (repo.setting(key) or "").lower() in ("true", "yes", "on", "1")
