"""What a tagged release still needs once it is pushed: its GitHub Release, and the news of it."""

import msgspec

from reletan.commands.announcing import tell
from reletan.commands.completing import FROM_GITHUB
from reletan.commands.composing import Subject, listing_of, release_notes, subject_of_found
from reletan.commands.github import github_slug, open_hub
from reletan.commands.publishing import is_missing, publish_step
from reletan.commands.task import Task
from reletan.commands.wording import released
from reletan.domain.errors import UsageError
from reletan.domain.listing import Listing
from reletan.domain.plan import DeleteRemoteBranch, Plan, PublishRelease, PushRefs
from reletan.domain.tagging import ReleaseFacts


def with_aftermath(
    plan: Plan, task: Task, release: ReleaseFacts, listing: Listing | None, *, publish: bool, notify: bool
) -> Plan:
    """``plan`` with the steps for the GitHub Release and Slack that are missing. ``listing``: of a release not tagged yet."""
    fresh = release.tagged is None
    subject = _subject(task, release)
    step, advice = _release(task, subject, listing, fresh=fresh) if publish else (None, None)
    steps = [*plan.steps, *([step] if step else [])]
    paste = None
    if notify:
        pushed = {back.branch for back in release.back_merges if back.merged}
        news = released(task.session, task.facts, subject, pushed)
        moved = any(isinstance(one, PushRefs | DeleteRemoteBranch) for one in plan.steps)
        telling = tell(task.session, task.facts, news, command="tag", fresh=fresh, moved=moved, listing=listing)
        steps += telling.steps
        paste = telling.paste
    return msgspec.structs.replace(
        plan, steps=tuple(steps), paste=paste, advice=(*plan.advice, *([advice] if advice else []))
    )


def tip_of(task: Task, release: ReleaseFacts) -> str:
    """Where the release's history ends: at its merge, as for each list from the tag on; at the branch's head before."""
    return (task.head if release.merge_is_new else None) or release.merge


def _subject(task: Task, release: ReleaseFacts) -> Subject:
    subject = subject_of_found(task.session, task.facts, task.found, tip_of(task, release))
    span = msgspec.structs.replace(subject.span, until=task.tag)
    return msgspec.structs.replace(subject, commit=release.merge, branch=None, span=span)


def _release(
    task: Task, subject: Subject, listing: Listing | None, *, fresh: bool
) -> tuple[PublishRelease | None, str | None]:
    """(the step, or what to type later)."""
    session, facts = task.session, task.facts
    slug = github_slug(session, facts.url)
    if slug is None or not session.settings.github.releases:
        return None, None
    later = f"reletan notes {subject.version} --publish"
    try:
        hub = open_hub(session, slug, facts.url)
    except UsageError as problem:
        return None, f"the GitHub Release was left out: {problem.message} Later: {later}" if fresh else None
    if hub is None:
        return (
            None,
            f"there is no token for GitHub, so the GitHub Release was left out; later: {later}" if fresh else None,
        )
    if not fresh and not is_missing(session, task.tag, subject.version or ""):
        return None, None
    language = session.settings.notes.language
    if listing is None:
        listing = listing_of(session, facts, subject)
        for warning in listing.warnings:
            if warning.code in FROM_GITHUB:
                session.terminal.warn(warning.message)
    notes = release_notes(session, facts, subject, listing, language)
    poor = any(warning.code == "github-failed" for warning in listing.warnings)
    advice = f"GitHub did not tell everything; once it does, better notes: {later}" if poor else None
    return publish_step(session, facts, subject, notes, language), advice
