"""What the plan of ``reletan tag`` depends on: the merges (objects, on no branch yet) and this clone's own refs."""

import shlex
from collections.abc import Iterator

import msgspec

from reletan.adapters.gitobjects import Conflict
from reletan.adapters.hooks import find_hook, hook_step
from reletan.commands.conflicts import Side, explain, how_to_solve
from reletan.commands.local import LocalMoves, is_on, local_moves
from reletan.commands.task import Task, merged_head
from reletan.domain.errors import Blocked
from reletan.domain.plan import RunHook
from reletan.domain.tagging import (
    BackMerge,
    ReleaseFacts,
    back_merge_message,
    backmerge_name,
    is_backmerge_of,
    merge_message,
    squash_warning,
)


def gather(task: Task) -> ReleaseFacts:
    """The facts for ``plan_tag``; makes the objects that are going to be pushed. Raises Blocked on a conflict."""
    facts, found, head = task.facts, task.found, task.head
    merge, is_new = _merge_commit(task)
    backs = _back_merges(task, merge, is_new=is_new)
    after = {back.branch: back.merged for back in backs if back.merged} | (
        {facts.branches.production: merge} if is_new else {}
    )
    moves = _local_moves(task, after)
    tag_object = _tag_object(task, merge)
    for back in backs:
        _require_own(task, back, merge)
    return ReleaseFacts(
        kind=found.kind, version=found.version, branch=task.branch, tag=task.tag, remote=facts.remote or "",
        branches=facts.branches, production=facts.production, head=head,
        published=found.branch is not None and found.branch.published,
        beyond=head not in (None, found.squashed) and not is_new and not task.session.repo.is_ancestor(head or "", merge),
        merge=merge, merge_is_new=is_new, tagged=found.tagged, tag_object=tag_object, back_merges=tuple(backs),
        back_in=() if is_new else tuple(_back_in(task, merge)),
        done_with=tuple(_done_with(task, backs, merge)), open_into=task.open_into(),
        keep_branch=task.intent.keep_branch, local_branch=_left_over(task, merge),
        local_branch_checked_out=_checked_out(task), local_tag_missing=_lacks_tag(task, tag_object),
        released_head=merged_head(task.session, found), mode="pull-request" if task.by_pull else "push",
        repository=task.way.slug if task.way.hub else None,
        configured_base=task.session.repo.setting(f"gitflow.branch.{task.branch}.base") is not None,
        warnings=(*_ignored_settings(task), *_squash(task)), pre_hook=_pre_hook(task), local_steps=tuple(moves.steps),
        advice=(*moves.advice, *_post_hook_advice(task), *_checked_out_advice(task)),
    )  # fmt: skip


# -- production and the tag


def _merge_commit(task: Task) -> tuple[str, bool]:
    """(the commit on production that has the release, whether it is still to be pushed)."""
    session, facts, found, head = task.session, task.facts, task.found, task.head
    if found.tagged is not None:
        return found.tagged.commit, not _on_production(task, found.tagged.commit)
    if head is None or found.squashed:
        return found.merge or facts.production, False
    if session.repo.is_ancestor(head, facts.production):
        return _merged_at(task, head), False
    if not task.by_pull and (finished := _finished_here(task, head)) is not None:
        return finished, True
    message = merge_message(task.branch, facts.branches.production)
    merged = session.repo.merge(facts.production, head, message, task.intent.who, sign=task.intent.sign_merges)
    if isinstance(merged, Conflict):
        production, remote = facts.branches.production, facts.remote or ""
        sides = [
            Side(branch=production, tip=facts.production, without=(head,)),
            Side(branch=task.branch, tip=head, without=(facts.production,)),
        ]
        raise explain(
            session, facts, merged, sides,
            next=how_to_solve(facts, task.branch, [f"{remote}/{production}"], found.version),
        )  # fmt: skip
    return merged.commit, True


def _finished_here(task: Task, head: str) -> str | None:
    """The merge that git-flow's finish made and tagged in this clone, but did not push."""
    local, repo = task.facts.local.tags.get(task.tag), task.session.repo
    if local is None or local.object == local.commit or repo.resolve(f"{local.commit}^1") != task.facts.production:
        return None
    return local.commit if repo.resolve(f"{local.commit}^2") == head else None


def _on_production(task: Task, commit: str) -> bool:
    """Whether production has the tagged commit. If not, it may still be its next merge: a dying server took only the tag."""
    repo, production = task.session.repo, task.facts.production
    if repo.is_ancestor(commit, production):
        return True
    if task.head and (repo.resolve(f"{commit}^1"), repo.resolve(f"{commit}^2")) == (production, task.head):
        return False
    raise Blocked(
        f"The tag {task.tag} is on the remote already, on a commit that is not on {task.facts.branches.production}.",
        details=[f"{task.tag}: {commit}", f"the release: {task.head or 'no branch'}"],
        next="choose another version, or have that tag's owner remove it; reletan never moves a tag",
    )


def _merged_at(task: Task, head: str) -> str:
    """Where production got the head: the oldest commit of its first-parent line that contains it."""
    repo, facts = task.session.repo, task.facts
    if any(repo.is_ancestor(head, release.commit) for release in facts.releases):
        raise Blocked(
            f"There is nothing to release: everything on {task.branch} is in {facts.releases[0].tag} already.",
            next=f"commit something to it, or drop it with `reletan abort {task.found.version}`",
        )
    line = repo.git.run(
        "rev-list", "--first-parent", facts.production, *(f"^{r.commit}" for r in facts.releases), "--"
    ).out.split()
    if head in line:
        # production was fast-forwarded to the release, and has gone on since
        return head
    descending = set(repo.ids_between(head, facts.production, "--ancestry-path"))
    return next((commit for commit in reversed(line) if commit in descending), head)


def _tag_object(task: Task, merge: str) -> str:
    if task.found.tagged is not None:
        return task.found.tagged.object
    local = task.facts.local.tags.get(task.tag)
    if local is None or (local.commit == merge and local.object == local.commit):
        return task.session.repo.make_tag(
            task.tag, merge, task.intent.message, task.intent.who, sign=task.intent.sign_tag
        )
    if local.commit == merge:
        return local.object
    raise Blocked(
        f"This clone has a tag {task.tag} of its own, which the remote lacks, on another commit.",
        details=[f"here: {local.commit}", f"the release: {merge}"],
        next=f"if it is a left-over, delete it with `git tag -d {task.tag}`; then run the command again",
    )


# -- back into development, and into an open release


def _back_merges(task: Task, merge: str, *, is_new: bool) -> list[BackMerge]:
    if task.intent.backmerge == "none":
        return []
    heads = task.facts.refs.heads
    targets = task.facts.targets(task.found.kind)
    missing = [branch for branch in targets if not task.session.repo.is_ancestor(merge, heads[branch])]
    return [_back_merge(task, merge, branch, heads[branch], is_new=is_new) for branch in missing]


def _back_in(task: Task, merge: str) -> Iterator[str]:
    """The branches that have it already."""
    for branch in task.facts.targets(task.found.kind):
        if task.session.repo.is_ancestor(merge, task.facts.refs.heads[branch]):
            yield branch


def _back_merge(task: Task, merge: str, branch: str, old: str, *, is_new: bool) -> BackMerge:
    """Merged, or left to a pull request: where it is protected; for a hotfix, which is never held up; and for what
    production has already.
    """
    via = backmerge_name(task.found.version, None if branch == task.facts.branches.development else branch)
    by_pull = BackMerge(branch=branch, old=old, merged=None, via=via, waiting=task.facts.refs.heads.get(via))
    if task.intent.backmerge == "pull-request" or task.way.is_protected(branch):
        return by_pull
    session, found, message = task.session, task.found, back_merge_message(task.tag, branch, task.intent.message)
    merged = session.repo.merge(old, merge, message, task.intent.who, sign=task.intent.sign_merges)
    if not isinstance(merged, Conflict):
        return BackMerge(branch=branch, old=old, merged=merged.commit)
    if found.kind == "hotfix" or found.tagged is not None or not is_new:
        return msgspec.structs.replace(by_pull, conflicts=merged.paths)
    raise explain(session, task.facts, merged, _sides(task, branch, old), next=_way_back(task, branch, old))


def _sides(task: Task, branch: str, old: str) -> list[Side]:
    """The branch, and what comes back to it: from the release, and from production before it."""
    head, production = task.head or "", task.facts.production
    return [
        Side(branch=branch, tip=old, without=(head, production)),
        Side(branch=task.branch, tip=head, without=(old, production)),
        Side(branch=task.facts.branches.production, tip=production, without=(old, head)),
    ]


def _way_back(task: Task, branch: str, old: str) -> str:
    """The release goes into the branch, and not the other way round: that would release what is there for later."""
    facts, version = task.facts, task.found.version
    published = task.found.branch is not None and task.found.branch.published
    others = [f"{facts.remote}/{task.branch}" if published else task.branch]
    if not task.session.repo.is_ancestor(facts.production, old):
        others.insert(0, f"{facts.remote}/{facts.branches.production}")
    steps = how_to_solve(facts, branch, others, version)
    return f"{steps}\nor: reletan tag {version} --backmerge pull-request"


def _require_own(task: Task, back: BackMerge, merge: str) -> None:
    """A branch with that name, but without the tag, is somebody's own; merging it would bring other things, and no tag."""
    repo, waiting, name = task.session.repo, back.waiting, back.via
    if back.merged or waiting is None:
        return
    if repo.resolve(waiting) is None:
        repo.fetch(task.facts.remote or "", [name])
    if repo.is_ancestor(merge, waiting):
        return
    raise Blocked(
        f"There is a branch {name} on {task.facts.remote}, which the way back of {task.tag} needs, and it does not have that tag.",
        details=repo.git.run("log", "-1", "--format=%h %s (%an)", waiting, "--").out.splitlines(),
        next=f"rename it, or merge it and delete it; then run `reletan tag {task.found.version}` again",
    )


def _done_with(task: Task, backs: list[BackMerge], merge: str) -> Iterator[tuple[str, str]]:
    """The branches of back-merge pull requests that nobody waits for, and that have nothing that is not elsewhere."""
    repo, heads, needed = task.session.repo, task.facts.refs.heads, [back.via for back in backs]
    targets = task.facts.targets(task.found.kind)
    for name, head in heads.items():
        if name in needed or not is_backmerge_of(name, task.found.version):
            continue
        if head == merge or any(repo.is_ancestor(head, heads[branch]) for branch in targets):
            yield name, head


# -- this clone


def _local_moves(task: Task, after: dict[str, str]) -> LocalMoves:
    facts = task.facts
    names = {facts.branches.production: None, facts.branches.development: None}
    # also what an earlier run, or another clone, pushed to them
    names |= {name: None for name in facts.targets(task.found.kind) if name in facts.local.heads}
    targets = {name: after.get(name, facts.refs.heads[name]) for name in names}
    before = {new: facts.refs.heads[name] for name, new in after.items()}
    return local_moves(task.session, facts, targets, before)


def _left_over(task: Task, merge: str) -> str | None:
    """The local release branch, where the release has all of it."""
    local = task.facts.local.heads.get(task.branch)
    if local is None:
        return None
    has_all = local.oid == task.head or task.session.repo.is_ancestor(
        local.oid, task.head or task.found.squashed or merge
    )
    return local.oid if has_all else None


def _checked_out(task: Task) -> bool:
    local = task.facts.local.heads.get(task.branch)
    return local is not None and local.worktree is not None


def _lacks_tag(task: Task, tag_object: str) -> bool:
    # a tag that somebody else made was not fetched, so there is nothing here to point at
    if task.tag in task.facts.local.tags:
        return False
    made_here = task.found.tagged is None
    return made_here or task.session.repo.git.run("cat-file", "-e", tag_object, ok=(0, 1, 128)).status == 0


def _checked_out_advice(task: Task) -> list[str]:
    if task.intent.keep_branch or not _checked_out(task):
        return []
    development = task.facts.branches.development
    return [
        f"{task.branch} is checked out, so it was kept here: git switch {development} && git branch -d {task.branch}"
    ]


def _ignored_settings(task: Task) -> tuple[str, ...]:
    names = (
        f"gitflow.{task.found.kind}.finish.{name}"
        for name in ("notag", "nobackmerge", "nodevelopmerge", "squash", "ff-master")
    )
    return tuple(
        f"git-flow's setting {name} is on, and is not followed" for name in names if is_on(task.session.repo, name)
    )


def _squash(task: Task) -> list[str]:
    squashed = task.found.squashed is not None and task.found.tagged is None
    return [squash_warning(task.branch, task.facts.branches.production)] if squashed else []


# -- git-flow's hooks


def _pre_hook(task: Task) -> RunHook | None:
    return hook_step(
        task.session.repo, f"pre-flow-{task.found.kind}-finish", task.tag, task.facts.remote or "", task.branch
    )


def _post_hook_advice(task: Task) -> list[str]:
    post = find_hook(task.session.repo, f"post-flow-{task.found.kind}-finish")
    if post is None or task.found.tagged is not None:
        return []
    # git-flow's finish ends on the development branch; on another branch the hook could commit in the wrong place
    command = shlex.join([post, task.tag, task.facts.remote or "", task.branch])
    return [f"git-flow's hook was not run; to run it on {task.facts.branches.development}: {command}"]
