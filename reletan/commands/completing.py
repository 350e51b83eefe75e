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

# Commits without a pull request that are looked up: each costs GitHub as much as a pull request.
MOST_COMMITS = 1_000
# What GitHub drops may leave commits that have not been asked about.
ROUNDS = 2
# Seconds to wait for what was merged just now.
PATIENCE = (1.0, 2.0)
FROM_GITHUB = ("no-token", "github-failed", "repository-moved", "many-commits")
UNASKED = (
    "There is no token for GitHub, so this is from the history alone, without labels and rebased pull requests: "
    "set GH_TOKEN, or run `gh auth login`."
)


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
    try:
        hub = open_hub(session, slug, facts.url)
        if hub is None:
            return survey, Completion(complete=False, warnings=(Warning("no-token", UNASKED),))
        with session.terminal.progress(f"asking GitHub about {slug}"):
            answers, problem = _answers(hub, survey)
    except ReletanError as error:
        session.offline = True  # one failure is enough for a run
        return survey, Completion(complete=False, warnings=(_failed(error),))
    session.offline = problem is not None
    corrected = correct(survey, answers)
    warnings = [_failed(problem)] if problem else []
    if answers.repository and answers.repository.casefold() != slug.casefold():
        moved = f"{slug} is now {answers.repository}: tell this clone with `git remote set-url`."
        warnings.append(Warning("repository-moved", moved))
    if not problem and (left := questions(corrected, answers).commits):
        many = f"There are many commits without a pull request: {len(left):,} of them were not looked up on GitHub."
        warnings.append(Warning("many-commits", many))
    return corrected, Completion("github" if answers.repository else "history", not problem, tuple(warnings))


def _failed(problem: ReletanError) -> Warning:
    text = f"{problem.message} So this is what the history says."
    return Warning("github-failed", f"{text} To mend it: {problem.next}." if problem.next else text)


def _answers(hub: "Hub", survey: Survey) -> tuple[Answers, ReletanError | None]:
    """Ask about the range, about what turned out to be no pull request, and again about what is very new."""
    from reletan.adapters.hublist import look_up

    answers, problem = Answers(), None
    for _ in range(ROUNDS):
        asked = _newest(questions(correct(survey, answers), answers))
        if asked and not problem:
            more, problem = look_up(hub, asked)
            answers = answers.joined(more)
    for seconds in PATIENCE:
        asked = too_fresh(survey, answers)
        if asked and not problem:
            hub.pause(seconds, "GitHub does not know the newest merges yet")
            more, problem = look_up(hub, asked)
            answers = answers.joined(more)
    return answers, problem


def _newest(asked: Asked) -> Asked:
    return Asked(asked.numbers, asked.commits[:MOST_COMMITS])
