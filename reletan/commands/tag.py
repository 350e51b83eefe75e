"""``reletan tag``: merge the release into production, tag it, merge it back: one atomic push."""

import re

import msgspec

from reletan import render
from reletan.adapters.gitobjects import Signature
from reletan.adapters.gitparse import PushRefused
from reletan.adapters.hooks import run_filter
from reletan.adapters.journal import Journal, JournalFolder
from reletan.commands.afterwards import tip_of, with_aftermath
from reletan.commands.bypull import back_pulls, merged_on_github, plan_by_pull, require_accepted
from reletan.commands.completing import FROM_GITHUB
from reletan.commands.composing import listing_of, subject_of_found
from reletan.commands.finding import find_release
from reletan.commands.flowing import carry_out
from reletan.commands.landed import Found, require_nothing_before, untagged_merges
from reletan.commands.local import is_on
from reletan.commands.observing import Observed, observe
from reletan.commands.readiness import check_head, check_ticks
from reletan.commands.session import Session, require_writable
from reletan.commands.tagging import gather
from reletan.commands.task import Intent, Task, merged_head, release_head
from reletan.commands.way import Way, open_way
from reletan.domain.bypull import refused_branches, with_back_pulls
from reletan.domain.config import Finish
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
    via: Finish = "auto"
    no_release: bool = False
    no_notify: bool = False
    fail_if_empty: bool = False
    accept_squash: bool = False


def run(session: Session, options: TagOptions) -> None:
    require_writable(session)
    _check(options)
    with JournalFolder(session.repo.common_dir).lock(needed=not session.dry_run):
        work = _Work(session=session, options=options)
        plan = carry_out(session, work.plan, work.journal, work.another_way)
        if work.beyond:
            raise Blocked(
                f"{plan.version} is released, but its branch has commits beyond the tag; the branch was kept.",
                details=work.beyond,
                next="release them with a new version: merge the branch into development, or `reletan start hotfix`",
                reported=True,
            )


def _check(options: TagOptions) -> None:
    if options.backmerge not in ("auto", "pull-request", "none"):
        raise UsageError(f"--backmerge takes auto, pull-request or none, not {options.backmerge!r}.")
    if options.via not in ("auto", "push", "pull-request"):
        raise UsageError(f"--via takes auto, push or pull-request, not {options.via!r}.")
    if options.head is not None and not re.fullmatch(r"[0-9A-Fa-f]{7,64}", options.head):
        raise UsageError(f"--head takes the id of a commit, at least 7 characters of it, not {options.head!r}.",
                         next="give the commit that was tested")  # fmt: skip
    if options.message is not None and not options.message.strip():
        raise UsageError("The message of the tag is empty.", next="give one with --message, or leave it out")


class _Work(msgspec.Struct, kw_only=True):
    """One run, which may plan several times. What was settled by the first plan stays: which release, the way, who and when, the
    text of the tag.

    ``branch``: the name of the release's branch; ``begun``: version -> release head and mode of the last plan; ``shown``: the heads
    whose contents the person has seen; ``hooked``: versions whose hook runs before they are merged; ``made``: tag objects of this
    run; ``beyond``: commits that came after the tag.
    """

    session: Session
    options: TagOptions
    way: Way | None = None
    branch: str | None = None
    production: str = ""
    intents: dict[str, Intent] = {}
    begun: dict[str, tuple[str | None, str | None]] = {}
    shown: set[str | None] = set()
    hooked: set[str] = set()
    made: set[str] = set()
    beyond: list[str] = []

    def plan(self) -> Plan:
        session, options = self.session, self.options
        self.beyond.clear()
        facts = observe(session, writing=True)
        if facts.prefix_problem is not None:
            raise facts.prefix_problem
        self.production = facts.branches.production
        if self.way is None:
            asked = options.via if options.via != "auto" else session.settings.flow.finish
            self.way = open_way(session, facts, asked)
        found = self._find(facts, self.way)
        if found is None:
            return _nothing_open(facts, options)
        self.branch = facts.branches.prefix(found.kind) + found.version
        head = release_head(session, facts, found, options.head)
        merged = head if found.merge is None and found.tagged is None else merged_head(session, found)
        if found.version not in self.intents:
            self.intents[found.version] = _intent(session, facts, found, merged, options)
        intent = self.intents[found.version]
        task = Task(session=session, facts=facts, found=found, head=head, intent=intent, way=self.way)
        plan = self._plan(task)
        return self._as_begun(plan, found.version)

    def _as_begun(self, plan: Plan, version: str) -> Plan:
        """Once production has the release, nothing tells any more how it got there, and perhaps not from which head."""
        head, mode = self.begun.get(version, (plan.head, plan.mode))
        if plan.public:
            plan = msgspec.structs.replace(plan, head=plan.head or head, mode=mode)
        self.begun[version] = (plan.head, plan.mode)
        return plan

    def _plan(self, task: Task) -> Plan:
        release = gather(task)
        if release.tagged is None:
            at = None if release.merge_is_new else release.merge
            require_nothing_before(task.session, task.facts, task.found.version, at)
        listing = (
            self._contents(task, tip_of(task, release), release.merge_is_new) if task.found.tagged is None else None
        )
        if release.mode == "pull-request" and release.merge_is_new and listing is not None:
            self.hooked.add(task.found.version)
            return plan_by_pull(task, release, listing, accept_squash=self.options.accept_squash)
        if task.found.version in self.hooked:
            release = msgspec.structs.replace(release, pre_hook=None)
        if release.beyond and task.head:
            self.beyond += task.session.repo.git.run(
                "log", "--format=%h %s (%an)", "-10", task.head, f"^{release.merge}", "--"
            ).out.splitlines()
        if task.found.tagged is None:
            self.made.add(release.tag_object)
        plan = plan_tag(release, ours=task.found.tagged is not None and release.tag_object in self.made)
        plan = with_back_pulls(plan, release, back_pulls(task, release))
        return with_aftermath(
            plan, task, release, listing, publish=not self.options.no_release, notify=not self.options.no_notify
        )

    def _find(self, facts: Observed, way: Way) -> Found | None:
        found = find_release(self.session, facts, self.branch or self.options.version)
        found = _as_far_as_it_came(self.session, facts, found)
        if found is not None and _may_be_squashed(facts, way, found, accepted=self.options.accept_squash):
            found = merged_on_github(facts, way, found) or found
        if found is not None:
            require_accepted(facts, found, accept_squash=self.options.accept_squash)
        return found

    def _contents(self, task: Task, tip: str, production_lacks_it: bool) -> Listing:
        """What the release is going to hold; shown to the person once."""
        session, head = self.session, task.head or merged_head(task.session, task.found)
        subject = subject_of_found(session, task.facts, task.found, tip)
        listing = listing_of(session, task.facts, subject)
        if head not in self.shown:
            _show(session, listing)
            if production_lacks_it:
                check_ticks(session, task.facts, subject, listing)
                if task.found.branch and task.found.branch.published and task.head:
                    check_head(session, task.way, task.branch, task.head)
        self.shown.add(head)
        return listing

    def journal(self, plan: Plan) -> Journal:
        options, intent = self.options, self.intents[plan.version or ""]
        kept: dict[str, str | bool | None] = {
            "head": options.head, "backmerge": options.backmerge, "keep_branch": options.keep_branch, "sign": options.sign,
            "message": intent.message, "via": options.via, "no_release": options.no_release, "no_notify": options.no_notify,
            "accept_squash": options.accept_squash,
        }  # fmt: skip
        return Journal(command="tag", version=plan.version or "", options=kept, author=intent.who.author,
                       committer=intent.who.committer, plan=plan)  # fmt: skip

    def another_way(self, plan: Plan, refusal: PushRefused) -> str | None:
        """By pull request, where a rule of a branch refused the push; the option that asks for that."""
        if self.way is None or not self.way.asks:
            return None
        refused = refused_branches(plan, refusal.details) - self.way.refused
        self.way.refused |= refused
        if not refused:
            return None
        return "--via pull-request" if self.production in refused else "--backmerge pull-request"


def _may_be_squashed(facts: Observed, way: Way, found: Found, *, accepted: bool) -> bool:
    """Whether only GitHub can tell what became of a branch whose head production, or the tag, does not have."""
    if found.branch is None or found.merge is not None or not (way.asks or (way.hub and accepted)):
        return False
    where = found.tagged.commit if found.tagged else facts.production
    return not facts.repo.is_ancestor(found.branch.head, where)


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
    return Plan(command="tag", version=None, steps=(), warnings=(f"no release is open; {said}",),
                advice=("reletan start",))  # fmt: skip


def _show(session: Session, listing: Listing) -> None:
    if session.terminal.json or session.terminal.quiet:
        return
    for warning in listing.warnings:
        if warning.code in FROM_GITHUB:
            session.terminal.warn(warning.message)
    # that all of it is in this release needs no saying
    pulls = tuple(msgspec.structs.replace(pull, in_release=None) for pull in listing.pull_requests)
    loose = tuple(msgspec.structs.replace(commit, in_release=None) for commit in listing.commits_without_pull_request)
    shown = msgspec.structs.replace(listing, pull_requests=pulls, commits_without_pull_request=loose)
    render.listing_summary(session.terminal, shown)


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
