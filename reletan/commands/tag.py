"""``reletan tag``: merge the release into production, tag it, merge it back: one atomic push."""

import re

import msgspec

from reletan import render
from reletan.adapters.gitobjects import Signature
from reletan.adapters.hooks import run_filter
from reletan.adapters.journal import Journal, JournalFolder
from reletan.commands.afterwards import with_aftermath
from reletan.commands.completing import FROM_GITHUB
from reletan.commands.composing import listing_of, subject_of_found
from reletan.commands.finding import Found, find_release, untagged_merges
from reletan.commands.flowing import carry_out
from reletan.commands.local import is_on
from reletan.commands.observing import Observed, observe
from reletan.commands.session import Session, require_writable
from reletan.commands.tagging import gather
from reletan.commands.task import Intent, Task, release_head
from reletan.domain.errors import Blocked, UsageError
from reletan.domain.listing import Listing
from reletan.domain.plan import Plan
from reletan.domain.tagging import Backmerge, plan_tag


class TagOptions(msgspec.Struct, frozen=True, kw_only=True):
    version: str | None = None
    head: str | None = None
    backmerge: Backmerge = "auto"
    keep_branch: bool = False
    sign: bool = False
    message: str | None = None
    via: str = "auto"
    no_release: bool = False
    no_notify: bool = False
    fail_if_empty: bool = False


def run(session: Session, options: TagOptions) -> None:
    require_writable(session)
    _check(session, options)
    with JournalFolder(session.repo.common_dir).lock(needed=not session.dry_run):
        intents: dict[str, Intent] = {}
        beyond: list[str] = []

        def make_plan() -> Plan:
            beyond.clear()
            return _plan(session, options, intents, beyond)

        plan = carry_out(session, make_plan, lambda plan: _journal(options, plan, intents[plan.version or ""]))
        if beyond:
            raise Blocked(
                f"{plan.version} is released, but its branch has commits beyond the tag; the branch was kept.",
                details=beyond,
                next="release them with a new version: merge the branch into development, or `reletan start hotfix`",
                reported=True,
            )


def _check(session: Session, options: TagOptions) -> None:
    if options.backmerge not in ("auto", "pull-request", "none"):
        raise UsageError(f"--backmerge takes auto, pull-request or none, not {options.backmerge!r}.")
    if options.via not in ("auto", "push", "pull-request"):
        raise UsageError(f"--via takes auto, push or pull-request, not {options.via!r}.")
    wanted = options.via if options.via != "auto" else session.settings.flow.finish
    if wanted == "pull-request":
        raise UsageError("Finishing through the release pull request is not part of this version yet.",
                         next="use --via push, or merge the pull request and run the command again")  # fmt: skip
    if options.head is not None and not re.fullmatch(r"[0-9A-Fa-f]{7,64}", options.head):
        raise UsageError(f"--head takes the id of a commit, at least 7 characters of it, not {options.head!r}.",
                         next="give the commit that was tested")  # fmt: skip
    if options.message is not None and not options.message.strip():
        raise UsageError("The message of the tag is empty.", next="give one with --message, or leave it out")


def _journal(options: TagOptions, plan: Plan, intent: Intent) -> Journal:
    kept: dict[str, str | bool | None] = {
        "head": options.head, "backmerge": options.backmerge, "keep_branch": options.keep_branch, "sign": options.sign,
        "message": intent.message, "via": options.via, "no_release": options.no_release, "no_notify": options.no_notify,
    }  # fmt: skip
    return Journal(command="tag", version=plan.version or "", options=kept, author=intent.who.author,
                   committer=intent.who.committer, plan=plan)  # fmt: skip


def _plan(session: Session, options: TagOptions, intents: dict[str, Intent], beyond: list[str]) -> Plan:
    facts = observe(session, writing=True)
    if facts.prefix_problem is not None:
        raise facts.prefix_problem
    found = _as_far_as_it_came(session, facts, find_release(session, facts, options.version))
    if found is None:
        return _nothing_open(facts, options)
    head = release_head(session, facts, found, options.head)
    if found.version not in intents:
        intents[found.version] = _intent(session, facts, found, head, options)
    task = Task(session=session, facts=facts, found=found, head=head, intent=intents[found.version])
    release = gather(task)
    listing = _contents(session, facts, found, head or release.merge) if found.tagged is None else None
    if release.beyond and head:
        beyond += session.repo.git.run(
            "log", "--format=%h %s (%an)", "-10", head, f"^{release.merge}", "--"
        ).out.splitlines()
    return with_aftermath(
        plan_tag(release), task, release, listing, publish=not options.no_release, notify=not options.no_notify
    )


def _as_far_as_it_came(session: Session, facts: Observed, found: Found | None) -> Found | None:
    """A branch that only this clone still has may have been merged on GitHub: then that merge is the release."""
    if found is None or found.branch is None or found.branch.published or found.tagged is not None:
        return found
    merged = [
        merge for merge in untagged_merges(session, facts) if (merge.kind, merge.version) == (found.kind, found.version)
    ]
    return merged[0] if merged else found


def _nothing_open(facts: Observed, options: TagOptions) -> Plan:
    last = facts.last
    if options.fail_if_empty:
        raise Blocked("No release is open, so there is nothing to tag.", next="begin one with `reletan start`")
    said = f"the last one is {last.tag}" if last else "there was none yet"
    return Plan(command="tag", version=None, steps=(), warnings=(f"no release is open; {said}",))


def _contents(session: Session, facts: Observed, found: Found, tip: str) -> Listing:
    """What the release is going to hold, shown to the person."""
    listing = listing_of(session, facts, subject_of_found(session, facts, found, tip))
    if session.terminal.json or session.terminal.quiet:
        return listing
    for warning in listing.warnings:
        if warning.code in FROM_GITHUB:
            session.terminal.warn(warning.message)
    # that all of it is in this release needs no saying
    pulls = tuple(msgspec.structs.replace(pull, in_release=None) for pull in listing.pull_requests)
    render.listing_summary(session.terminal, msgspec.structs.replace(listing, pull_requests=pulls))
    return listing


def _intent(session: Session, facts: Observed, found: Found, head: str | None, options: TagOptions) -> Intent:
    """What the command line, an interrupted run and git-flow's settings ask for, in this order."""
    repo, finish = session.repo, f"gitflow.{found.kind}.finish"
    begun = JournalFolder(repo.common_dir).read(found.version)
    if begun is not None and (
        begun.command != "tag" or found.tagged is not None or begun.plan is None or begun.plan.head != head
    ):
        # of another release head: then it is another release, with its own time and text
        begun = None
    return Intent(
        who=Signature(begun.author, begun.committer) if begun else repo.signature(),
        message=_message(session, facts, found, options, begun),
        sign_merges=is_on(repo, "commit.gpgsign"),
        sign_tag=options.sign or is_on(repo, f"{finish}.sign") or is_on(repo, "tag.gpgsign"),
        backmerge=options.backmerge,
        keep_branch=options.keep_branch or is_on(repo, f"{finish}.keep"),
    )


def _message(session: Session, facts: Observed, found: Found, options: TagOptions, begun: Journal | None) -> str:
    """The tag's message, through git-flow's filter; an interrupted run's has been through it."""
    kept = begun.options.get("message") if begun else None
    if options.message is None and isinstance(kept, str):
        return kept
    configured = session.repo.setting(f"gitflow.{found.kind}.finish.message")
    message = options.message or configured or f"{found.kind.capitalize()} {found.version}"
    return run_filter(
        session.repo, f"filter-flow-{found.kind}-finish-tag-message", message, facts.tag_prefix + found.version
    )
