"""What to ask GitHub about a range, and how its answers correct what the history says."""

from collections.abc import Collection, Iterator, Mapping

import msgspec

from reletan.domain.answers import Answers, Asked, PullFacts
from reletan.domain.history import UNREACHED, Lineage
from reletan.domain.pulls import Survey, listed, loose
from reletan.domain.subjects import How, Said, trailing_number

# Seconds: GitHub finds out a little later which pull request a new commit came with.
FRESH = 600
CUT = "…"
# What GitHub calls the home of a branch whose fork is gone
NOBODY_KNOWN = "unknown repository"


def questions(survey: Survey, answers: Answers) -> Asked:
    """What is still open: the pull requests that the history names, and the commits that it knows none for."""
    numbers = dict.fromkeys(word.number for word in listed(survey).values() if word.number not in survey.facts)
    asked = Asked(tuple(numbers), tuple(commit.sha for commit in loose(survey)))
    return answers.unanswered(asked)


def too_fresh(survey: Survey, answers: Answers) -> Asked:
    """What was answered as if it had not been merged, but is so new that GitHub may not know it yet."""
    lineage, since = survey.lineage, answers.now - FRESH
    numbers = [
        word.number
        for at, word in survey.found.items()
        # A squash commit's number may only mention it
        if word.how == "merge" and lineage.commits[at].committed >= since and _is_unmerged(answers, word.number)
    ]
    commits = [
        sha
        for sha, pulls in answers.by_commit.items()
        if (at := lineage.index.get(sha)) is not None
        and lineage.commits[at].committed >= since
        and not any(pull.merged for pull in pulls)
    ]
    told = {pull.commit for pull in answers.recent}
    # Where GitHub has merged a commit that it cannot tell the pull request of, it lags; else these were pushed directly
    lagging = [sha for sha in commits if sha not in told] if told.intersection(commits) else []
    return Asked(tuple(dict.fromkeys(numbers)), tuple(lagging))


def _is_unmerged(answers: Answers, number: int) -> bool:
    facts = answers.pulls.get(number)
    return facts is not None and not facts.merged


def correct(survey: Survey, answers: Answers) -> Survey:
    """``survey`` with what GitHub knows better. What GitHub did not answer stays as the history has it."""
    lineage = survey.lineage
    found = {at: word for at, word in survey.found.items() if _stands(lineage, at, word, answers)}
    facts = {number: pull for number, pull in answers.pulls.items() if pull is not None}
    covered: dict[int, set[int]] = {}
    for sha, pull in [*_came_with(answers), *((pull.commit or "", pull) for pull in answers.recent)]:
        landed = _landed(lineage, pull, answers.repository)
        if landed is not None:
            facts[pull.number] = pull
            found.setdefault(landed, Said(pull.number, "rebase", pull.title))
            covered.setdefault(pull.number, {landed}).update([lineage.index[sha]] if sha in lineage.index else [])
    found = {
        at: _told(word, facts.get(word.number), _how(lineage, at, word, facts.get(word.number), covered))
        for at, word in found.items()
    }
    brought = {number: frozenset(positions) for number, positions in covered.items()}
    return msgspec.structs.replace(survey, found=found, facts=facts, brought=brought)


def _came_with(answers: Answers) -> Iterator[tuple[str, PullFacts]]:
    return ((sha, pull) for sha, pulls in answers.by_commit.items() for pull in pulls)


def _stands(lineage: Lineage, at: int, word: Said, answers: Answers) -> bool:
    """Whether a commit's word that it merged a pull request is true, as far as GitHub knows."""
    if word.number not in answers.pulls:
        return True
    facts = answers.pulls[word.number]
    if facts is None:
        return False
    commit = lineage.commits[at]
    if facts.head in commit.parents[1:] or (facts.merged and facts.commit in (commit.sha, None)):
        return True
    # Merged by another commit: then this is a copy of that one, or it only speaks of the pull request
    return facts.merged and (word.title == facts.title or _is_headline(facts.headline, commit.subject))


def _is_headline(headline: str | None, subject: str) -> bool:
    if not headline or not headline.endswith(CUT):
        return headline == subject
    return subject.startswith(headline.removesuffix(CUT))


def _landed(lineage: Lineage, pull: PullFacts, repository: str) -> int | None:
    """Where in the range a pull request was merged; None when it was merged elsewhere, or not at all."""
    at = lineage.index.get(pull.commit or "")
    if at is None or not pull.merged or pull.repository != repository or lineage.into[at] == UNREACHED:
        return None
    return at


def _how(lineage: Lineage, at: int, word: Said, facts: PullFacts | None, covered: Mapping[int, Collection[int]]) -> How:
    """A pull request that landed as all of its commits was rebased; one commit alone tells by the number in its subject."""
    if lineage.commits[at].is_merge:
        return "merge"
    landed, had = len(covered.get(word.number, ())), facts.commits if facts else None
    # More than it had: the commits of its branch are in the range too, beside the one that they were squashed into
    if landed > 1 and (had is None or landed <= had):
        return "rebase"
    if had is None or trailing_number(lineage.commits[at].subject):
        return word.how
    return "rebase" if had == 1 else "squash"


def _told(word: Said, facts: PullFacts | None, how: How) -> Said:
    if facts is None or facts.branch is None:
        return msgspec.structs.replace(word, how=how)
    # GitHub does not know whose a branch was when the account or the fork is gone; then it was not ours
    owner = facts.owner or word.owner or NOBODY_KNOWN
    return msgspec.structs.replace(word, how=how, title=facts.title, owner=owner, branch=facts.branch)
