"""``reletan notes``: the release notes, and the GitHub Release that holds them."""

import msgspec

from reletan import render
from reletan.commands.composing import (
    Subject,
    listing_of,
    markdown,
    release_notes,
    subject_of,
    subject_of_range,
)
from reletan.commands.flowing import carry_out
from reletan.commands.github import require_hub
from reletan.commands.observing import Observed, observe
from reletan.commands.publishing import publish_step
from reletan.commands.session import Session, require_writable
from reletan.commands.wording import text_to_paste
from reletan.domain.config import Language
from reletan.domain.errors import Blocked, UsageError
from reletan.domain.listing import Listing
from reletan.domain.notes import MARKDOWN, Notes, context
from reletan.domain.plan import Plan

FORMATS = ("markdown", "slack", "json")


class NotesOptions(msgspec.Struct, frozen=True, kw_only=True):
    """``template``: a file's path; ``context``: print what a template is given."""

    version: str | None = None
    since: str | None = None
    until: str | None = None
    format: str = "markdown"
    template: str | None = None
    language: Language | None = None
    context: bool = False
    publish: bool = False
    fetch: bool = True


def run(session: Session, options: NotesOptions) -> None:
    _check(session, options)
    if options.publish:
        require_writable(session)
        carry_out(session, lambda: _plan(session, options), None)
        return
    facts = observe(session, fetch=options.fetch)
    subject = _subject(session, facts, options)
    listing = listing_of(session, facts, subject)
    notes = release_notes(session, facts, subject, listing, _language(session, options), strict=True)
    session.terminal.out(_text(session, subject, notes, options, listing.warnings))
    if not session.terminal.json:
        _warn(session, listing)


def _check(session: Session, options: NotesOptions) -> None:
    if options.format not in FORMATS:
        raise UsageError(f"--format takes markdown, slack or json, not {options.format!r}.")
    if options.language not in (None, "en", "ja"):
        raise UsageError(f"--language takes en or ja, not {options.language!r}.")
    if options.version and (options.since or options.until):
        raise UsageError("Give a VERSION, or --since and --until, not both.", next="reletan notes --help")
    if options.publish and (options.since or options.until or options.context or options.format != "markdown"):
        raise UsageError(
            "--publish takes a VERSION and no other range or format.", next="reletan notes VERSION --publish"
        )
    if options.publish and session.offline:
        raise UsageError("--publish writes to GitHub, which --offline leaves alone.", next="leave one of them out")
    if session.terminal.json and options.format == "slack":
        raise UsageError("--json and --format slack are two formats.", next="leave one of them out")
    data = options.context or options.format != "markdown" or (session.terminal.json and not options.publish)
    if options.template and data:
        raise UsageError("--template is for Markdown, and for --publish.", next="leave the other format out")


def _language(session: Session, options: NotesOptions) -> Language:
    if options.language:
        return options.language
    settings = session.settings
    return settings.slack.language if options.format == "slack" else settings.notes.language


def _subject(session: Session, facts: Observed, options: NotesOptions) -> Subject:
    if options.since or options.until:
        return subject_of_range(session, facts, options.since, options.until)
    return subject_of(session, facts, options.version)


def _text(session: Session, subject: Subject, notes: Notes, options: NotesOptions, warnings: object) -> str:
    if options.context:
        return render.to_json({**context(notes, MARKDOWN), "for_release": False})
    if session.terminal.json or options.format == "json":
        return render.to_json({"schema": 1, **msgspec.structs.asdict(notes), "warnings": warnings})
    language = _language(session, options)
    if options.format == "slack":
        return text_to_paste(session, subject, notes, language)
    return markdown(session, notes, language, template=options.template)


def _warn(session: Session, listing: Listing) -> None:
    for warning in listing.warnings:
        # that it is the first release, the notes say themselves
        if warning.code != "first-release":
            session.terminal.warn(warning.message)


def _plan(session: Session, options: NotesOptions) -> Plan:
    facts = observe(session, writing=True)
    subject = _subject(session, facts, options)
    if not subject.released or subject.version is None:
        named = subject.version or "What is on the development branch"
        raise Blocked(f"{named} is not released yet, so there is no tag for a GitHub Release.",
                      next=f"release it first: reletan tag {subject.version or ''}".rstrip())  # fmt: skip
    require_hub(session, facts)
    listing = listing_of(session, facts, subject)
    if session.trouble is not None:
        # What GitHub tells only now and then must not replace notes that had all of it
        raise session.trouble
    notes = release_notes(session, facts, subject, listing, _language(session, options), strict=True)
    _warn(session, listing)
    step = publish_step(session, facts, subject, notes, _language(session, options), template=options.template)
    return Plan(command="notes", version=subject.version, steps=(step,), head=subject.commit, mode="push")
