"""``reletan start``: cut a release or hotfix branch from the remote's state and publish it."""

import shlex

import msgspec

from reletan import render
from reletan.adapters.hooks import hook_step
from reletan.adapters.journal import Journal, JournalFolder
from reletan.commands.choosing import choose, given, interrupted, opened, through_filter
from reletan.commands.finding import push_command
from reletan.commands.flowing import carry_out
from reletan.commands.landed import require_nothing_before
from reletan.commands.listing import Range, default_range, read_listing, resolve
from reletan.commands.local import is_on, local_moves
from reletan.commands.observing import Observed, observe
from reletan.commands.session import Session, require_writable
from reletan.commands.starting import Beginning, with_news, with_pull
from reletan.domain.errors import Blocked, UsageError
from reletan.domain.flow import Kind, OpenBranch
from reletan.domain.listing import Listing
from reletan.domain.plan import Plan, PushRefs, RefUpdate, RunHook, SetConfig, Step, Switch
from reletan.domain.version import check_above, check_word


class StartOptions(msgspec.Struct, frozen=True, kw_only=True):
    """``version`` is a version, a level (major, minor, patch) or None: then it is proposed.

    ``settled``: the version is the journal's, so it has been through git-flow's filter already.
    """

    kind: Kind = "release"
    version: str | None = None
    base: str | None = None
    switch: bool = False
    fail_if_empty: bool = False
    settled: bool = False
    duty: str | None = None
    no_pr: bool = False
    no_notify: bool = False


def run(session: Session, options: StartOptions) -> None:
    require_writable(session)
    who = session.repo.signature()
    with JournalFolder(session.repo.common_dir).lock(needed=not session.dry_run):
        # What was decided once stays decided when the plan has to be made again.
        decided: dict[str, str] = {}
        kept: dict[str, str | bool | None] = {
            "kind": options.kind,
            "base": options.base,
            "switch": options.switch,
            "duty": options.duty,
            "no_pr": options.no_pr,
            "no_notify": options.no_notify,
        }
        carry_out(
            session,
            lambda: _plan(session, options, decided),
            lambda plan: Journal(command="start", version=plan.version or "", options=kept, author=who.author,
                                 committer=who.committer, plan=plan),
        )  # fmt: skip


def _plan(session: Session, options: StartOptions, decided: dict[str, str]) -> Plan:
    facts = observe(session, writing=True)
    # what is refused anyway is refused before the list
    it = _named(session, facts, options, decided)
    if it is None:
        _refuse_second(session, facts, options)
    listing = read_listing(session, facts, _range(session, facts, options), kind=options.kind)
    _show_listing(session, listing, options.kind)
    if options.kind == "release" and listing.empty and not (it and it.adopted):
        if options.fail_if_empty:
            raise Blocked(f"There is nothing to release since {listing.since}.")
        return Plan(command="start", version=None, steps=(), warnings=(f"nothing to release since {listing.since}",))
    if it is None:
        chosen = choose(session, facts, options.kind, options.version, listing)
        decided["version"] = through_filter(session, facts, options.kind, chosen)
        it = _beginning(session, facts, options, decided["version"])
    plan = _plan_start(session, facts, options, it)
    known = listing if listing.until_sha == it.at else None
    if session.settings.checklist.pull_request and not options.no_pr:
        plan = with_pull(session, facts, plan, it, known)
    if not options.no_notify:
        plan = with_news(session, facts, plan, it, options.duty, known)
    there = () if plan.steps else (f"nothing to do: {it.branch} is on {facts.remote} already",)
    return msgspec.structs.replace(plan, warnings=(*plan.warnings, *there))


def _named(session: Session, facts: Observed, options: StartOptions, decided: dict[str, str]) -> Beginning | None:
    """What the command line names, an interrupted run, or the plan before this one; None where it is to be chosen."""
    check_word(options.version)
    if "version" not in decided:
        version = given(facts, options.version) or interrupted(session, facts, options.kind)
        if version is None:
            return None
        decided["version"] = through_filter(session, facts, options.kind, version, settled=options.settled)
    return _beginning(session, facts, options, decided["version"])


def _range(session: Session, facts: Observed, options: StartOptions) -> Range:
    usual = default_range(facts)
    if options.kind == "hotfix":
        usual = default_range(facts, f"{facts.remote}/{facts.branches.production}", facts.production)
    if options.base:
        return msgspec.structs.replace(usual, until=options.base, until_sha=resolve(session, facts, options.base))
    return usual


def _show_listing(session: Session, listing: Listing, kind: Kind) -> None:
    if kind == "release" and not session.terminal.quiet and not session.terminal.json:
        render.listing_summary(session.terminal, listing)
    for warning in listing.warnings:
        session.terminal.warn(warning.message)


# -- whether it may begin, and where


def _beginning(session: Session, facts: Observed, options: StartOptions, version: str) -> Beginning:
    kind = options.kind
    branch = facts.branches.prefix(kind) + version
    _require_untagged(session, facts, version)
    for found in (*opened(facts, "release"), *opened(facts, "hotfix")):
        if found.version == version:
            return _adopted(session, facts, found, kind)
    _refuse_second(session, facts, options)
    check_above(version, facts.releases)
    _require_room(facts, kind)
    at = resolve(session, facts, options.base) if options.base else facts.refs.heads[facts.branches.base(kind)]
    return Beginning(kind=kind, version=version, branch=branch, at=at)


def _require_untagged(session: Session, facts: Observed, version: str) -> None:
    name = facts.tag_prefix + version
    if tag := facts.refs.tags.get(name):
        released = session.repo.is_ancestor(tag.commit, facts.production)
        raise Blocked(f"{version} is released already: {name} is on {tag.commit[:10]}." if released
                      else f"The tag {name} exists already, on {tag.commit[:10]}.",
                      next=f"choose another version; to finish that one: reletan resume {version}")  # fmt: skip
    if tag := facts.local.tags.get(name):
        raise Blocked(f"This clone has a tag {name}, on {tag.commit[:10]}, that the remote lacks.",
                      next=f"{push_command(facts, version)}; if it is a left-over: git tag -d {name}")  # fmt: skip


def _adopted(session: Session, facts: Observed, found: OpenBranch, kind: Kind) -> Beginning:
    """A branch that exists is taken as it is; a left-over of one that was merged is not published again."""
    if not found.published:
        require_nothing_before(session, facts, None)
    if found.kind != kind:
        raise Blocked(f"{found.version} is open already, as {found.name}.", next="choose another version")
    return Beginning(
        kind=found.kind,
        version=found.version,
        branch=found.name,
        at=found.head,
        adopted=True,
        published=found.published,
    )


def _refuse_second(session: Session, facts: Observed, options: StartOptions) -> None:
    """One release at a time, as in git-flow: each of two would be merged back into a development that has the other.

    A second hotfix has to be named, or allowed by ``gitflow.multi-hotfix``.
    """
    require_nothing_before(session, facts, None)
    found = opened(facts, options.kind)
    hotfix = options.kind == "hotfix"
    if not found or (hotfix and (given(facts, options.version) or is_on(session.repo, "gitflow.multi-hotfix"))):
        return
    if not found[0].published:
        raise Blocked(
            f"A {options.kind} is open already, but only in this clone: {found[0].name}.",
            next=f"publish it with `reletan start {options.kind} {found[0].version}`, "
            f"or delete it with `git branch -D {found[0].name}`",
        )
    raise Blocked(
        f"A {options.kind} is open already: {found[0].name}.",
        next=f"finish it with `reletan tag {found[0].version}`, or drop it with `reletan abort {found[0].version}`"
        + ("; for a second one, name its version" if hotfix else ""),
    )


def _require_room(facts: Observed, kind: Kind) -> None:
    folder = facts.branches.prefix(kind).rstrip("/")
    if folder in facts.local.heads:
        raise UsageError(f"This clone has a branch named {folder}, so git cannot have branches below {folder}/.",
                         next=f"rename it: git branch -m {folder} NEW-NAME")  # fmt: skip


# -- the plan


def _plan_start(session: Session, facts: Observed, options: StartOptions, it: Beginning) -> Plan:
    """The steps that are missing: the pre hook before any write, the remote first, then this clone."""
    repo = session.repo
    if options.switch and repo.top and repo.head_branch() != it.branch and not repo.clean(repo.top):
        raise Blocked("--switch needs a work tree without changes, so nothing was done.",
                      next="commit or stash them, or leave --switch out")  # fmt: skip
    moves = local_moves(session, facts, _targets(facts, it), {})
    pre, post = _hooks(session, facts, options, it)
    steps: list[Step] = [pre] if pre else []
    if not it.published:
        steps.append(PushRefs(facts.remote or "", (RefUpdate(f"refs/heads/{it.branch}", None, it.at),)))
    steps += moves.steps
    steps += [step for step in _configuration(facts, it) if repo.setting(step.key) != step.value]
    if options.switch and repo.head_branch() != it.branch:
        steps.append(Switch(it.branch))
    if post and options.switch:
        steps.append(post)
    return Plan(
        command="start", version=it.version, steps=tuple(steps), head=it.at if it.adopted else None, mode="push",
        result=f"{it.branch} is on {facts.remote}.",
        advice=(*moves.advice, *_advice(options, it, post), _next(session, facts, options, it)),
    )  # fmt: skip


def _targets(facts: Observed, it: Beginning) -> dict[str, str]:
    """Where this clone's branches belong; a branch that has more than the remote is left alone, and said."""
    return {
        facts.branches.production: facts.production,
        facts.branches.development: facts.development,
        it.branch: it.at,
    }


def _hooks(
    session: Session, facts: Observed, options: StartOptions, it: Beginning
) -> tuple[RunHook | None, RunHook | None]:
    """git-flow's hooks around a new branch, with git-flow's arguments."""
    if it.adopted:
        return None, None
    base = options.base or facts.branches.base(it.kind)
    arguments = (facts.tag_prefix + it.version, facts.remote or "", it.branch, base)
    name = f"flow-{it.kind}-start"
    return hook_step(session.repo, f"pre-{name}", *arguments), hook_step(session.repo, f"post-{name}", *arguments)


def _configuration(facts: Observed, it: Beginning) -> list[SetConfig]:
    """What ``git flow … start`` and ``… publish`` leave in the clone's configuration.

    The base is the flow's, wherever the branch began: it is where git-flow's finish merges to.
    """
    return [
        SetConfig(f"gitflow.branch.{it.branch}.base", facts.branches.base(it.kind)),
        SetConfig(f"branch.{it.branch}.remote", facts.remote),
        SetConfig(f"branch.{it.branch}.merge", f"refs/heads/{it.branch}"),
    ]


def _advice(options: StartOptions, it: Beginning, post: RunHook | None) -> list[str]:
    if post is None or options.switch:
        return []
    command = shlex.join([post.path, *post.arguments])
    return [f"git-flow's hook was not run, since {it.branch} is not checked out: {command}"]


def _next(session: Session, facts: Observed, options: StartOptions, it: Beginning) -> str:
    if it.kind == "release" or not session.repo.is_ancestor(it.at, facts.production):
        return f"when it is tested: reletan tag {it.version}"
    there = options.switch or session.repo.head_branch() == it.branch
    return f"{'' if there else f'git switch {it.branch}, '}commit the fix, git push, then reletan tag {it.version}"
