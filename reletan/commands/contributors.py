"""The contributors of a list: what GitHub calls them, and whether the history knows them already."""

import msgspec

from reletan.commands.listing import Range
from reletan.commands.session import Session
from reletan.domain.contributors import contributors
from reletan.domain.listing import Listing


def with_contributors(session: Session, listing: Listing, span: Range) -> Listing:
    """``listing`` with its contributors; as it is where GitHub was not there to tell who is who."""
    if listing.source != "github" or not listing.pull_requests:
        return listing
    # A merge's own author only pressed the button
    commits = [f"{pull.commit}^2" if pull.how == "merge" else pull.commit for pull in listing.pull_requests]
    people = session.repo.authors_of(commits)
    writers = {pull.number: person for pull, person in zip(listing.pull_requests, people, strict=True)}
    earlier = session.repo.authors_before(span.excluded) if span.excluded else ()
    return msgspec.structs.replace(listing, contributors=contributors(listing.pull_requests, writers, earlier))
