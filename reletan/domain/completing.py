"""What to ask GitHub about a range, and how its answers correct what the history says."""

from collections.abc import Iterator

import msgspec

from reletan.domain.answers import Answers, Asked, PullFacts
from reletan.domain.history import UNREACHED, Lineage
from reletan.domain.pulls import Survey, loose
from reletan.domain.subjects import Said

# Seconds: GitHub finds out a little later which pull request a new commit came with.
FRESH = 600
CUT = "…"


def questions(survey: Survey, answers: Answers) -> Asked:
    """What is still open: the pull requests that the history names, and the commits that it knows none for."""
    numbers = dict.fromkeys(word.number for word in survey.listed().values() if word.number not in survey.facts)
    asked = Asked(tuple(numbers), tuple(commit.sha for commit in loose(survey)))
    return answers.unanswered(asked)


def too_fresh(survey: Survey, answers: Answers) -> Asked:
    """What was answered as if it had not been merged, but is so new that GitHub may not know it yet."""
    lineage, since = survey.lineage, answers.now - FRESH
    numbers = [
        word.number
        for at, word in survey.found.items()
        if lineage.commits[at].committed >= since and _is_unmerged(answers, word.number)
    ]
    commits = {
        sha
        for sha, pulls in answers.by_commit.items()
        if lineage.commits[lineage.index[sha]].committed >= since and not any(pull.merged for pull in pulls)
    }
    told = {pull.commit for pull in answers.recent}
    # Where GitHub has merged a commit that it cannot tell the pull request of, it lags; else these were pushed directly
    lagging = commits - told if commits & told else ()
    return Asked(tuple(dict.fromkeys(numbers)), tuple(lagging))


def _is_unmerged(answers: Answers, number: int) -> bool:
    facts = answers.pulls.get(number)
    return facts is not None and not facts.merged


def correct(survey: Survey, answers: Answers) -> Survey:
    """``survey`` with what GitHub knows better. What GitHub did not answer stays as the history has it."""
    lineage = survey.lineage
    found = {at: word for at, word in survey.found.items() if _stands(lineage, at, word, answers)}
    facts = {number: pull for number, pull in answers.pulls.items() if pull is not None}
    covered = set()
    for sha, pull in [*_came_with(answers), *((pull.commit or "", pull) for pull in answers.recent)]:
        at = _landed(lineage, pull, answers.repository)
        if at is not None:
            facts[pull.number] = pull
            found.setdefault(at, _said(lineage, at, pull))
            covered.add(sha)
    found = {at: _told(word, facts.get(word.number)) for at, word in found.items()}
    return msgspec.structs.replace(survey, found=found, facts=facts, covered=frozenset(covered))


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
    return facts.merged and (word.title == facts.title or _begins(commit.subject, facts.headline))


def _begins(subject: str, headline: str | None) -> bool:
    return headline is not None and subject.startswith(headline.removesuffix(CUT))


def _landed(lineage: Lineage, pull: PullFacts, repository: str) -> int | None:
    """Where in the range a pull request was merged; None when it was merged elsewhere, or not at all."""
    at = lineage.index.get(pull.commit or "")
    if at is None or not pull.merged or pull.repository != repository or lineage.into[at] == UNREACHED:
        return None
    return at


def _said(lineage: Lineage, at: int, pull: PullFacts) -> Said:
    # A squash commit's subject ends in the number: whatever the history did not recognise was rebased
    return Said(pull.number, "merge" if lineage.commits[at].is_merge else "rebase", pull.title)


def _told(word: Said, facts: PullFacts | None) -> Said:
    if facts is None or facts.branch is None:
        return word
    return msgspec.structs.replace(word, title=facts.title, owner=facts.owner, branch=facts.branch)
