"""What GitHub adds to a list that was read from history; without GitHub the list stands as it is."""

from typing import TYPE_CHECKING, Literal

import msgspec

from reletan.commands.github import github_slug, open_hub
from reletan.commands.observing import Observed
from reletan.commands.session import Session
from reletan.domain.answers import Answers, Asked
from reletan.domain.completing import correct, questions, too_fresh
from reletan.domain.errors import ReletanError
from reletan.domain.listing import Warning
from reletan.domain.pulls import Survey

if TYPE_CHECKING:
    from reletan.adapters.hub import Hub

# Commits without a pull request that are looked up in one list: each costs GitHub as much as a pull request.
MOST_COMMITS = 1_000
# What GitHub drops may leave commits that have not been asked about.
ROUNDS = 2
# Seconds to wait for what was merged just now.
PATIENCE = (1.0, 2.0)
FROM_GITHUB = ("no-token", "github-failed", "repository-moved", "many-commits", "fresh-merges")
UNASKED = (
    "There is no token for GitHub, so this is from the history alone, without labels and rebased pull requests: "
    "set GH_TOKEN, or run `gh auth login`."
)


LATE = "GitHub does not know yet what the newest commits came with: run it again in a minute."


class Completion(msgspec.Struct, frozen=True):
    """Whether GitHub answered anything, and all that it was asked; and what to say about it."""

    source: Literal["github", "history"] = "history"
    complete: bool = True
    warnings: tuple[Warning, ...] = ()


def complete(session: Session, facts: Observed, survey: Survey) -> tuple[Survey, Completion]:
    """``survey`` as GitHub knows it. Never fails: where GitHub does, the history's word stands, and a warning says so."""
    slug = github_slug(session, facts.url)
    if slug is None or session.offline or not questions(survey, Answers()):
        return survey, Completion()
    if questions(correct(survey, session.answers), session.answers) and session.trouble is None:
        try:
            hub = open_hub(session, slug, facts.url)
            if hub is None:
                return survey, Completion(complete=False, warnings=(Warning("no-token", UNASKED),))
            with session.terminal.progress(f"asking GitHub about {slug}"):
                _ask(session, hub, survey)
        except ReletanError as problem:
            session.trouble = problem
    return _completed(session, survey, slug)


def _completed(session: Session, survey: Survey, slug: str) -> tuple[Survey, Completion]:
    """What the answers make of ``survey``; what they leave open is said."""
    answers, trouble = session.answers, session.trouble
    corrected = correct(survey, answers)
    left, late = questions(corrected, answers), too_fresh(survey, answers)
    warnings = []
    if answers.repository and answers.repository.casefold() != slug.casefold():
        moved = f"{slug} is now {answers.repository}: tell this clone with `git remote set-url`."
        warnings.append(Warning("repository-moved", moved))
    source: Literal["github", "history"] = "github" if answers.pulls or answers.by_commit else "history"
    if trouble and (left or late):
        warnings.append(_failed(trouble, partly=source == "github"))
    elif left:
        many = f"There are many commits without a pull request: {len(left.commits):,} of them were not looked up on GitHub."
        warnings.append(Warning("many-commits", many))
    elif late:
        warnings.append(Warning("fresh-merges", LATE))
    return corrected, Completion(source, not left and not late, tuple(warnings))


def _failed(problem: ReletanError, *, partly: bool) -> Warning:
    text = f"{problem.message} So {'a part of ' if partly else ''}this is what the history says."
    return Warning("github-failed", f"{text} To mend it: {problem.next}." if problem.next else text)


def _ask(session: Session, hub: "Hub", survey: Survey) -> None:
    """Ask about the range, about what turned out to be no pull request, and again about what is very new."""
    budget = MOST_COMMITS
    for _ in range(ROUNDS):
        asked = questions(correct(survey, session.answers), session.answers)
        asked = Asked(asked.numbers, asked.commits[:budget])
        budget -= len(asked.commits)
        _look_up(session, hub, asked)
    for seconds in PATIENCE:
        if asked := too_fresh(survey, session.answers):
            hub.pause(seconds, "GitHub does not know the newest merges yet")
            _look_up(session, hub, asked)


def _look_up(session: Session, hub: "Hub", asked: Asked) -> None:
    from reletan.adapters.hublist import look_up

    if asked:
        answers, trouble = look_up(hub, asked)
        session.answers = session.answers.joined(answers)
        if trouble:
            raise trouble
