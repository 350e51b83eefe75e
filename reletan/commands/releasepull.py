"""The release pull request and its checklist: as it should be, and as it is on GitHub."""

from typing import TYPE_CHECKING

import msgspec

from reletan.adapters import files
from reletan.commands.composing import Subject, place_of
from reletan.commands.github import github_slug, require_hub
from reletan.commands.listing import read_listing
from reletan.commands.observing import Observed
from reletan.commands.session import Session
from reletan.domain.checklist import Entry, entries_of, everything, named_in, read, settle
from reletan.domain.errors import UsageError
from reletan.domain.listing import Listing
from reletan.domain.plan import ChecklistText, OwnTemplate, SetStatus, WritePull
from reletan.domain.progress import CONTEXT, Progress, PullLink, progress, status_word

if TYPE_CHECKING:
    from reletan.adapters.hubpr import PullText


def write_pull_step(
    session: Session, facts: Observed, subject: Subject, listing: Listing | None = None, *, number: int | None = None
) -> WritePull:
    """The step that opens the release pull request of ``subject``, whose branch is open, or brings its checklist up to date.

    ``listing``: of ``subject``, where it has been read; ``number``: of the pull request that is open. No request of its own
    but those for the listing. Raises UsageError for a template that is not there, and what GitHub failed at where an open one
    would lose items by that.
    """
    listing = listing or read_listing(session, facts, subject.span, kind=subject.kind)
    if number is not None and session.trouble and not listing.complete:
        # what the history does not tell would lose its items, and their ticks
        raise session.trouble
    notes = everything(listing, place_of(session, facts, subject, listing))
    return WritePull(
        repository=github_slug(session, facts.url) or "",
        branch=subject.branch or "",
        base=facts.branches.production,
        number=number,
        title=f"{subject.kind.capitalize()} {subject.version}",
        text=ChecklistText(
            entries=entries(session, subject, listing),
            notes=msgspec.structs.replace(notes, sections=(), contributors=None),
        ),
        language=session.settings.notes.language,
        template=own_template(session, "checklist.template"),
        head=subject.span.until_sha,
        status=subject.span.until_sha if session.settings.checklist.status else None,
    )


def entries(session: Session, subject: Subject, listing: Listing) -> tuple[Entry, ...]:
    """What has to be confirmed, with the commits that landed for it."""
    log = session.repo.log([subject.span.until_sha], subject.span.excluded)
    return entries_of(listing, named_in(log))


def progress_of(session: Session, subject: Subject, listing: Listing, pull: "PullText") -> Progress:
    """How far the checklist of ``subject`` is as it is now, with what is ticked in its pull request."""
    items = settle(entries(session, subject, listing), read(pull.body))
    return progress(subject.version or "", PullLink(pull.number, pull.url), items)


def status_step(slug: str, commit: str, now: Progress) -> SetStatus:
    """What branch protection can wait for: how far the checklist is."""
    word, url = status_word(now.done, now.all), now.pull_request.url
    return SetStatus(
        repository=slug, commit=commit, context=CONTEXT, state=word.state, description=word.text, url=url
    )  # fmt: skip


def own_template(session: Session, key: str) -> OwnTemplate | None:
    """The team's own template that ``key`` (``checklist.template``) names, where it names one."""
    section, _, name = key.partition(".")
    configured = getattr(getattr(session.settings, section), name)
    if configured is None or session.repo.top is None:
        return None
    content = files.read(session.repo.top, configured)
    if content is None:
        source = session.settings.sources.get(key, key)
        raise UsageError(f"There is no template {configured}, which {source} names.", next="mend the path")
    return OwnTemplate(files.decode(content, configured), configured)


def release_pull(session: Session, facts: Observed, branch: str) -> "PullText | None":
    """The open release pull request of ``branch``. One request; raises as ``require_hub``, and HubError."""
    from reletan.adapters.hubpr import find_pull

    with session.terminal.progress("asking GitHub about the release pull request"):
        return find_pull(require_hub(session, facts), branch, facts.branches.production)


def due(step: WritePull, pull: "PullText | None") -> tuple[WritePull, ...]:
    """``step`` where ``pull`` is not yet as it should be. Raises what its template, or text without room for it, raises."""
    from reletan.adapters.hubbody import text_of

    text = text_of(step, pull.body if pull else None)
    # what the commit status says is looked at only when it is written
    return () if pull and pull.body == text and not step.status else (step,)
