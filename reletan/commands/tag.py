"""``reletan tag``: merge the release into production, tag it, merge it back: one atomic push."""

import shlex

import msgspec

from reletan import render
from reletan.adapters.gitrepo import Conflict, Signature
from reletan.adapters.hooks import find_hook, hook_step, run_filter
from reletan.adapters.journal import Journal, JournalFolder
from reletan.commands.conflicts import explain
from reletan.commands.finding import Found, find_release
from reletan.commands.flowing import carry_out
from reletan.commands.listing import default_range, read_listing
from reletan.commands.local import LocalMoves, local_moves
from reletan.commands.observing import Observed, observe
from reletan.commands.session import Session, require_writable
from reletan.domain.errors import Blocked, UsageError
from reletan.domain.plan import Plan
from reletan.domain.tagging import (
    Backmerge,
    BackMerge,
    ReleaseFacts,
    back_merge_message,
    backmerge_name,
    merge_message,
    plan_tag,
)


class TagOptions(msgspec.Struct, frozen=True, kw_only=True):
    version: str | None = None
    head: str | None = None
    backmerge: Backmerge = "auto"
    keep_branch: bool = False
    sign: bool = False
    message: str | None = None
    via: str = "auto"
    fail_if_empty: bool = False


class Intent(msgspec.Struct, kw_only=True):
    """What stays the same when the plan is made again: who and when, and the text of the tag."""

    who: Signature
    message: str
    sign_merges: bool
    sign_tag: bool


def run(session: Session, options: TagOptions) -> None:
    require_writable(session)
    _check(session, options)
    with JournalFolder(session.repo.common_dir).lock():
        intents: dict[str, Intent] = {}
        beyond: list[str] = []

        def make_plan() -> Plan:
            beyond.clear()
            return _plan(session, options, intents, beyond)

        plan = carry_out(session, make_plan, lambda plan: _journal(options, plan, intents))
        if beyond:
            raise Blocked(
                f"{plan.version} is released, but its branch has commits beyond the tag; the branch was kept.",
                details=beyond,
                next="release them with a new version: merge the branch into development, or `reletan start hotfix`",
            )


def _check(session: Session, options: TagOptions) -> None:
    if options.backmerge not in ("auto", "pull-request", "none"):
        raise UsageError(f"--backmerge takes auto, pull-request or none, not {options.backmerge!r}.")
    if options.via not in ("auto", "push", "pull-request"):
        raise UsageError(f"--via takes auto, push or pull-request, not {options.via!r}.")
    wanted = options.via if options.via != "auto" else session.settings.flow.finish
    if wanted == "pull-request":
        raise UsageError("Finishing through the release pull request is not part of this version yet.",
                         next="use --via push, or merge the release pull request by hand and run `reletan tag` again")  # fmt: skip
    if options.message is not None and not options.message.strip():
        raise UsageError("The message of the tag is empty.", next="give one with --message, or leave it out")


def _journal(options: TagOptions, plan: Plan, intents: dict[str, Intent]) -> Journal:
    intent = intents[plan.version or ""]
    kept: dict[str, str | bool | None] = {
        "head": options.head, "backmerge": options.backmerge, "keep_branch": options.keep_branch, "sign": options.sign,
        "message": intent.message, "via": options.via,
    }  # fmt: skip
    return Journal(command="tag", version=plan.version or "", options=kept, author=intent.who.author,
                   committer=intent.who.committer, plan=plan)  # fmt: skip


def _plan(session: Session, options: TagOptions, intents: dict[str, Intent], beyond: list[str]) -> Plan:
    facts = observe(session, writing=True)
    if facts.prefix_problem is not None:
        raise facts.prefix_problem
    found = find_release(session, facts, options.version)
    if found is None:
        return _nothing_open(facts, options)
    head = _head(session, facts, found, options)
    if found.version not in intents:
        intents[found.version] = _intent(session, facts, found, options)
    release = _release_facts(session, facts, found, head, options, intents[found.version])
    if release.beyond and head:
        beyond += [f"{c[:10]}" for c in session.repo.ids_between(release.merge, head)[:10]]
    return plan_tag(release)


def _nothing_open(facts: Observed, options: TagOptions) -> Plan:
    last = facts.last
    if options.fail_if_empty:
        raise Blocked("No release is open, so there is nothing to tag.", next="begin one with `reletan start`")
    said = f"the last one is {last.tag}" if last else "there was none yet"
    return Plan(command="tag", version=None, steps=(), warnings=(f"no release is open; {said}",))


def _head(session: Session, facts: Observed, found: Found, options: TagOptions) -> str | None:
    """The release head; refuses one that differs from --head, or lacks commits that this clone has."""
    branch = found.branch
    head = branch.head if branch else None
    if options.head and head and not (len(options.head) >= 7 and head.startswith(options.head.lower())):
        raise Blocked(f"{branch.name if branch else ''} is at {head[:10]}, not at {options.head[:10]}: it moved after you looked.",
                      next="look at what was added, then run the command again with the new head")  # fmt: skip
    if options.head and head is None and found.tagged is None and found.merge:
        parents = session.repo.git.line("rev-list", "--parents", "-1", found.merge).split()[1:]
        if not any(p.startswith(options.head.lower()) for p in parents):
            raise Blocked(f"{found.version} was merged from another head than {options.head[:10]}.")
    if branch is None:
        return None
    local = facts.local.heads.get(branch.name)
    if not branch.published:
        _require_known(session, facts, branch.name, branch.head)
    elif local and not session.repo.is_ancestor(local.oid, branch.head) and found.tagged is None:
        ahead = session.repo.git.run("log", "--format=%h %s", "-10", local.oid, f"^{branch.head}", "--").out.splitlines()
        raise Blocked(
            f"Your local {branch.name} has commits that the remote lacks; they would not be in the release.",
            details=ahead,
            next=f"push them: git push {facts.remote} {branch.name} (or drop them), then run the command again",
        )
    return branch.head


def _require_known(session: Session, facts: Observed, name: str, head: str) -> None:
    """A branch that only this clone has will do while it has no commits of its own."""
    own = session.repo.git.run(
        "log", "--format=%h %s", "-10", head, f"^{facts.development}", f"^{facts.production}", "--"
    ).out.splitlines()
    if own:
        raise Blocked(
            f"{name} is only in this clone, and so are these commits.",
            details=own,
            next=f"publish it with `reletan start {name.rsplit('/', 1)[-1]}`, then run the command again",
        )


def _intent(session: Session, facts: Observed, found: Found, options: TagOptions) -> Intent:
    repo, kind = session.repo, found.kind
    journal = JournalFolder(repo.common_dir).read(found.version)
    if journal is not None and journal.command == "tag" and found.tagged is None:
        who = Signature(journal.author, journal.committer)
        kept = journal.options.get("message")
    else:
        who, kept = repo.signature(), None
    settings = {key: value.lower() in ("true", "yes", "on", "1") for key, value in repo.config()}
    message = options.message or repo.setting(f"gitflow.{kind}.finish.message") or f"{kind.capitalize()} {found.version}"
    if options.message is None and isinstance(kept, str):
        message = kept
    else:
        message = run_filter(repo, f"filter-flow-{kind}-finish-tag-message", message, facts.tag_prefix + found.version)
    sign_tag = options.sign or settings.get(f"gitflow.{kind}.finish.sign", False) or settings.get("tag.gpgsign", False)
    return Intent(who=who, message=message, sign_merges=settings.get("commit.gpgsign", False), sign_tag=sign_tag)


def _release_facts(
    session: Session, facts: Observed, found: Found, head: str | None, options: TagOptions, intent: Intent
) -> ReleaseFacts:
    repo, branches = session.repo, facts.branches
    tag = facts.tag_prefix + found.version
    branch = branches.prefix(found.kind) + found.version
    merge, is_new = _merge_commit(session, facts, found, head, tag, intent)
    tag_object = _tag_object(session, facts, found, tag, merge, intent)
    backs = _back_merges(session, facts, found, merge, tag, options, intent)
    local = facts.local.heads.get(branch)
    after = {b.branch: b.merged for b in backs if b.merged} | ({branches.production: merge} if is_new else {})
    moves = _local_moves(session, facts, after)
    contained = local is not None and (local.oid == head or repo.is_ancestor(local.oid, head or merge))
    waiting = facts.refs.heads.get(backmerge_name(found.version))
    pre, advice = _hooks(session, facts, found, tag, branch)
    if found.tagged is None and not session.terminal.json and not session.terminal.quiet:
        _show_contents(session, facts, found, head or merge)
    return ReleaseFacts(
        kind=found.kind, version=found.version, branch=branch, tag=tag, remote=facts.remote or "", branches=branches,
        production=facts.production, head=head, published=found.branch is not None and found.branch.published,
        beyond=head is not None and not is_new and not repo.is_ancestor(head, merge),
        merge=merge, merge_is_new=is_new, tagged=found.tagged, tag_object=tag_object, back_merges=tuple(backs),
        backmerge_branch=waiting, keep_branch=options.keep_branch or _keeps(session, found), local_branch=local.oid if local and contained else None,
        local_branch_checked_out=local is not None and local.worktree is not None,
        local_tag_missing=tag not in facts.local.tags and repo.git.run("cat-file", "-e", tag_object, ok=(0, 1, 128)).status == 0,
        configured_base=repo.setting(f"gitflow.branch.{branch}.base") is not None, pre_hook=pre,
        local_steps=tuple(moves.steps),
        advice=(*moves.advice, *advice, *_checked_out_advice(facts, branch, options)),
    )  # fmt: skip


def _keeps(session: Session, found: Found) -> bool:
    return (session.repo.setting(f"gitflow.{found.kind}.finish.keep") or "").lower() in ("true", "yes", "on", "1")


def _show_contents(session: Session, facts: Observed, found: Found, tip: str) -> None:
    name = found.branch.name if found.branch else found.version
    listing = read_listing(session, facts, default_range(facts, name, tip), kind=found.kind)
    render.listing_summary(session.terminal, listing)


def _merge_commit(
    session: Session, facts: Observed, found: Found, head: str | None, tag: str, intent: Intent
) -> tuple[str, bool]:
    """(the commit on production that has the release, whether it is still to be pushed)."""
    repo = session.repo
    if found.tagged is not None:
        _require_on_production(session, facts, found, tag, head)
        return found.tagged.commit, False
    if head is None:
        return found.merge or facts.production, False
    if repo.is_ancestor(head, facts.production):
        return _merged_at(session, facts, found, head), False
    name = facts.branches.prefix(found.kind) + found.version
    merged = repo.merge(
        facts.production, head, merge_message(name, facts.branches.production), intent.who, sign=intent.sign_merges
    )
    if isinstance(merged, Conflict):
        raise explain(session, facts, facts.branches.production, facts.production, head, merged,
                      next=f"merge {facts.branches.production} into {name}, push it, then run `reletan tag {found.version}` again")  # fmt: skip
    return merged.commit, True


def _require_on_production(session: Session, facts: Observed, found: Found, tag: str, head: str | None) -> None:
    assert_commit = found.tagged.commit if found.tagged else ""
    if session.repo.is_ancestor(assert_commit, facts.production):
        return
    raise Blocked(
        f"The tag {tag} is on the remote already, on a commit that is not on {facts.branches.production}.",
        details=[f"{tag}: {assert_commit}", f"the release: {head or 'no branch'}"],
        next="choose another version, or have that tag's owner remove it; reletan never moves a tag",
    )


def _merged_at(session: Session, facts: Observed, found: Found, head: str) -> str:
    """Where production got the head: the oldest commit of its first-parent line that contains it."""
    repo = session.repo
    if any(repo.is_ancestor(head, release.commit) for release in facts.releases):
        last = facts.releases[0]
        raise Blocked(
            f"There is nothing to release: everything on {found.branch.name if found.branch else found.version} is in {last.tag} already.",
            next=f"commit something to it, or drop it with `reletan abort {found.version}`",
        )
    line = repo.ids_between(head, facts.production, "--first-parent")
    descending = set(repo.ids_between(head, facts.production, "--ancestry-path"))
    return next((commit for commit in reversed(line) if commit in descending), head)


def _tag_object(session: Session, facts: Observed, found: Found, tag: str, merge: str, intent: Intent) -> str:
    if found.tagged is not None:
        return found.tagged.object
    local = facts.local.tags.get(tag)
    if local is not None and local.commit == merge:
        return local.object
    if local is not None:
        raise Blocked(
            f"This clone has a tag {tag} of its own, which the remote lacks, on another commit.",
            details=[f"here: {local.commit}", f"the release: {merge}"],
            next=f"if it is a left-over, delete it with `git tag -d {tag}`; then run the command again",
        )
    return session.repo.make_tag(tag, merge, intent.message, intent.who, sign=intent.sign_tag)


def _back_merges(
    session: Session, facts: Observed, found: Found, merge: str, tag: str, options: TagOptions, intent: Intent
) -> list[BackMerge]:
    if options.backmerge == "none":
        return []
    backs = []
    for branch in _back_merge_targets(facts, found):
        old = facts.refs.heads[branch]
        if session.repo.is_ancestor(merge, old):
            continue
        if options.backmerge == "pull-request":
            backs.append(BackMerge(branch=branch, old=old, merged=None))
            continue
        message = back_merge_message(tag, branch, intent.message)
        merged = session.repo.merge(old, merge, message, intent.who, sign=intent.sign_merges)
        if not isinstance(merged, Conflict):
            backs.append(BackMerge(branch=branch, old=old, merged=merged.commit))
        elif found.kind == "hotfix" or found.tagged is not None:
            backs.append(BackMerge(branch=branch, old=old, merged=None, conflicts=merged.paths))
        else:
            raise explain(session, facts, branch, old, merge, merged, next=(
                f"merge {facts.branches.production} and {branch} into {facts.branches.prefix(found.kind)}{found.version}, push it and run "
                f"`reletan tag {found.version}` again; or release now and merge back later: --backmerge pull-request"))  # fmt: skip
    return backs


def _back_merge_targets(facts: Observed, found: Found) -> list[str]:
    targets = [] if facts.branches.single else [facts.branches.development]
    if found.kind == "hotfix":
        targets += [b.name for b in facts.open if b.kind == "release"]
    return targets


def _local_moves(session: Session, facts: Observed, after: dict[str, str]) -> LocalMoves:
    long_lived = {facts.branches.production: facts.production, facts.branches.development: facts.development}
    targets = {name: after.get(name, old) for name, old in long_lived.items()}
    targets |= {name: new for name, new in after.items() if name in facts.local.heads}
    before = {new: facts.refs.heads[name] for name, new in after.items()}
    return local_moves(session, facts, targets, before)


def _hooks(session: Session, facts: Observed, found: Found, tag: str, branch: str):  # type: ignore[no-untyped-def]
    name = f"flow-{found.kind}-finish"
    arguments = (tag, facts.remote or "", branch)
    pre = hook_step(session.repo, f"pre-{name}", *arguments)
    post = find_hook(session.repo, f"post-{name}")
    if post is None or found.tagged is not None:
        return pre, []
    # git-flow's finish ends on the development branch; on another branch the hook could commit in the wrong place
    return pre, [f"git-flow's hook was not run; to run it on {facts.branches.development}: {shlex.join([post, *arguments])}"]


def _checked_out_advice(facts: Observed, branch: str, options: TagOptions) -> list[str]:
    local = facts.local.heads.get(branch)
    if local is None or local.worktree is None or options.keep_branch:
        return []
    return [f"{branch} is checked out, so it was kept here: git switch {facts.branches.development} && git branch -d {branch}"]
