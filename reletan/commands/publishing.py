"""The GitHub Release: the step that publishes it, and whether it is there already."""

from reletan.adapters.journal import JournalFolder
from reletan.adapters.templates import render_template
from reletan.commands.composing import Subject, markdown
from reletan.commands.github import github_slug
from reletan.commands.observing import Observed
from reletan.commands.session import Session
from reletan.domain.config import Language
from reletan.domain.errors import ReletanError
from reletan.domain.notes import Notes
from reletan.domain.plan import PublishRelease
from reletan.domain.version import is_final, sort_key


def is_missing(session: Session, tag: str, version: str) -> bool:
    """Whether the release of ``tag`` is to be published; also where GitHub does not tell."""
    from reletan.adapters.hubrelease import find_published

    assert session.hub is not None  # noqa: S101 - whoever asks has opened it
    try:
        there = find_published(session.hub, tag)
    except ReletanError as problem:
        session.terminal.detail(f"whether {tag} has a GitHub Release is not known: {problem.message}")
        return True
    # Somebody else made it: an interrupted run still has its notes to add, any other leaves it alone
    return there is None or (not there.has_notes and JournalFolder(session.repo.common_dir).read(version) is not None)


def publish_step(
    session: Session,
    facts: Observed,
    subject: Subject,
    notes: Notes,
    language: Language,
    *,
    template: str | None = None,
) -> PublishRelease:
    version, tag = subject.version or "", subject.tag or ""
    return PublishRelease(
        repository=github_slug(session, facts.url) or "",
        tag=tag,
        commit=subject.commit or "",
        name=tag,
        notes=markdown(session, notes, language, template=template, for_release=True),
        more=render_template("notes_more.j2", language, {"compare_url": notes.place.compare_url}).strip(),
        prerelease=not is_final(version),
        latest=_is_latest(facts, version),
    )


def _is_latest(facts: Observed, version: str) -> bool:
    """A hotfix of an old line, or notes that come late, are not what GitHub shows as the latest release."""
    if not is_final(version):
        return False
    return all(sort_key(release.version) <= sort_key(version) for release in facts.releases)
