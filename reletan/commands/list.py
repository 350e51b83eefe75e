"""``reletan list``: what is new since the last release."""

import msgspec

from reletan import render
from reletan.commands.contributors import with_contributors
from reletan.commands.listing import chosen_range, read_listing
from reletan.commands.observing import observe
from reletan.commands.session import Session
from reletan.domain.errors import Blocked, UsageError


class ListOptions(msgspec.Struct, frozen=True, kw_only=True):
    since: str | None = None
    until: str | None = None
    markdown: bool = False
    group_by: str = "none"
    fetch: bool = True
    fail_if_empty: bool = False


def run(session: Session, options: ListOptions) -> None:
    if options.group_by not in ("label", "author", "none"):
        raise UsageError(f"--group-by takes label, author or none, not {options.group_by!r}.")
    facts = observe(session, fetch=options.fetch)
    span = chosen_range(session, facts, options.since, options.until)
    listing = with_contributors(session, read_listing(session, facts, span), span)
    if session.terminal.json:
        session.terminal.out(render.to_json(listing))
    elif options.markdown:
        session.terminal.out(render.listing_markdown(listing, options.group_by, session.settings.notes.language))
    else:
        render.listing_table(session.terminal, listing, options.group_by)
    for warning in () if session.terminal.json else listing.warnings:
        session.terminal.warn(warning.message)
    if listing.empty and options.fail_if_empty:
        raise Blocked(f"There is nothing to release since {listing.since or 'the beginning'}.", reported=True)
