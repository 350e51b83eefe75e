"""`reletan init`: look, ask, show, write the settings and git-flow's keys."""

from typing import TYPE_CHECKING

import msgspec

from reletan.adapters.files import decode, read
from reletan.adapters.settings import OWN_FILE, PYPROJECT, SHARED_GIT_FLOW, own_layers, pyproject_table
from reletan.domain import gitflow, setup, takeover
from reletan.domain.errors import UsageError
from reletan.domain.flow import some
from reletan.domain.plan import Plan
from reletan.domain.rules import problem_with_value, shown
from reletan.domain.setup import Existing, Found, Guess
from reletan.domain.toml import literal
from reletan.prompts import ask_text, choose

if TYPE_CHECKING:
    from reletan.adapters.gitrepo import GitRepo
    from reletan.commands.session import Session

QUESTIONS = {
    "production": "Which branch holds what is released?",
    "development": "Which branch does the next release grow on?",
    "release_prefix": "What do the names of release branches begin with?",
    "hotfix_prefix": "What do the names of hotfix branches begin with?",
    "tag_prefix": "What do release tags begin with (may be empty)?",
}
BRANCHES = ("production", "development")


class InitAnswers(msgspec.Struct, frozen=True, kw_only=True):
    """The answers given as flags (``--tag-prefix`` …); None: not given."""

    remote: str | None = None
    production: str | None = None
    development: str | None = None
    release_prefix: str | None = None
    hotfix_prefix: str | None = None
    tag_prefix: str | None = None


class Interview(msgspec.Struct, frozen=True):
    """Who may be asked, and what was answered before: by flags, and by the file."""

    session: "Session"
    answers: InitAnswers
    existing: Existing
    git_flow: list[gitflow.GitFlow]
    pr_release: takeover.PrRelease | None
    defaults: bool


def run(session: "Session", answers: InitAnswers, defaults: bool) -> None:
    """Set the repository up; where it is already, change nothing. ``defaults``: ask nothing, take what was found."""
    from reletan.commands.flowing import show_and_apply

    plan = prepare(session, answers, defaults)
    if not plan.steps:
        session.terminal.say("This repository is already set up; nothing to change.")
    show_and_apply(plan, session)


def prepare(session: "Session", answers: InitAnswers, defaults: bool) -> Plan:
    """Observe, ask what is not known, and plan. Raises UsageError for an answer that cannot be or is missing."""
    repo = session.repo
    if repo.top is None:
        raise UsageError("This repository has no work tree to write settings into.")
    existing = observe_file(repo.top)
    config, shared = dict(repo.config()), _pairs(repo, SHARED_GIT_FLOW) or []
    git_flow = [gitflow.read(shared), gitflow.read(config.items())]
    pr_release = _pr_release(session)
    interview = Interview(session, answers, existing, git_flow, pr_release, defaults)
    _check_flags(answers, existing)
    remote = _remote(interview, sorted(repo.remotes()))
    found = look(repo, remote)
    values = {"remote": remote} if remote is not None else {}
    for name in QUESTIONS:
        values[name] = _value(interview, name, found, values)
    if values["release_prefix"] == values["hotfix_prefix"]:
        raise UsageError("Release and hotfix branches must begin differently.", next="give another --hotfix-prefix")
    if pr_release is not None:
        values["finish"] = "pull-request"
    not_taken = [*(pr_release.warnings if pr_release else ()),
                 *takeover.not_taken_from_git_flow([*config.items(), *shared])]  # fmt: skip
    return setup.plan(values, existing, config, git_flow, pr_release, not_taken, repo.head_branch())


def observe_file(top: str) -> Existing:
    """The file that settings stand in, or will: ``.reletan.toml``, unless only pyproject.toml has them."""
    written = {
        key.removeprefix("flow."): given.value
        for layer in own_layers(top)
        for key, given in layer.items()
        if key.startswith("flow.")
    }
    own, pyproject = read(top, OWN_FILE), read(top, PYPROJECT)
    if own is None and pyproject is not None and pyproject_table(pyproject) is not None:
        return Existing(PYPROJECT, "tool.reletan.flow", decode(pyproject, PYPROJECT), written)
    return Existing(OWN_FILE, "flow", None if own is None else decode(own, OWN_FILE), written)


def look(repo: "GitRepo", remote: str | None) -> Found:
    """Branches and tags of the remote; the clone's own where there is no remote, or nothing in it yet."""
    if remote is not None:
        theirs = repo.remote_refs(remote, pulls=False)
        if theirs.heads:
            return Found(remote, frozenset(theirs.heads), theirs.default, tuple(theirs.tags))
    ours = repo.local_refs(remote)
    if not ours.heads:
        raise UsageError(
            "There are no branches yet, so there is nothing to release from.",
            next="make the first commit (and push it), then run reletan init again",
        )
    return Found(remote, frozenset(ours.heads), None, tuple(ours.tags))


def _pairs(repo: "GitRepo", name: str) -> list[tuple[str, str]] | None:
    """What a committed file in git's format says; None where there is none."""
    there = repo.top is not None and read(repo.top, name) is not None
    return repo.config_file(f"{repo.top}/{name}") if there else None


def _pr_release(session: "Session") -> takeover.PrRelease | None:
    try:
        pairs = _pairs(session.repo, takeover.PR_RELEASE)
    except UsageError as problem:
        # git-pr-release does without a file that git cannot read
        session.terminal.warn(f"{takeover.PR_RELEASE} is not taken over: {problem.message}")
        return None
    return None if pairs is None else takeover.read_pr_release(pairs)


def _check_flags(answers: InitAnswers, existing: Existing) -> None:
    """Flags must be values that can be, and may not contradict what a person wrote."""
    for name, answer in msgspec.structs.asdict(answers).items():
        if answer is None:
            continue
        if problem := problem_with_value(f"flow.{name}", answer):
            raise UsageError(f"{_flag(name)} {shown(answer)} {problem}.")
        if name in existing.written and existing.written[name] != answer:
            raise UsageError(
                f"{existing.path} already says {name} = {literal(existing.written[name])}; init changes nothing there.",
                next=f"edit {existing.path}, or leave {_flag(name)} out",
            )


def _remote(interview: Interview, remotes: list[str]) -> str | None:
    session = interview.session
    named = interview.answers.remote or interview.existing.written.get("remote")
    if named is None and "flow.remote" in session.settings.sources:
        named = session.settings.flow.remote
    if named is not None:
        if named not in remotes:
            known = f"there is {', '.join(remotes)}" if remotes else "there is none"
            raise UsageError(f"There is no remote {named} here; {known}.", next="give another with --remote")
        return str(named)
    if "origin" in remotes or len(remotes) < 2:
        return "origin" if "origin" in remotes else next(iter(remotes), None)
    if interview.defaults:
        raise UsageError(f"Which remote do releases go to? There are {', '.join(remotes)}.", next="give --remote NAME")
    return choose(session.terminal, "Which remote do releases go to?", remotes, flag="--remote")


def _value(interview: Interview, name: str, found: Found, values: dict[str, str]) -> str:
    """One answer: as the file or the flag says, else as the person says, who sees the guess."""
    session, existing = interview.session, interview.existing
    if name in existing.written:
        return _written_branch(existing, name, found)
    if (given := getattr(interview.answers, name)) is not None:
        return _existing_branch(name, given, found)
    if existing.complete:
        return str(getattr(session.settings.flow, name))
    guess = _guess(interview, name, found, values)
    if disagreement := _disagreement(interview, name):
        guess = Guess(guess.value, disagreement)
    if interview.defaults:
        if guess.doubt:
            raise UsageError(f"{QUESTIONS[name]} It is not certain: {guess.doubt}.", next=f"give {_flag(name)}")
        return guess.value
    return _ask(session, name, guess, found)


def _disagreement(interview: Interview, name: str) -> str | None:
    """How the tools that the team used before disagree about ``name``."""
    if between := gitflow.conflicts(*interview.git_flow).get(f"flow.{name}"):
        return between
    git_flow, pr_release = interview.git_flow, interview.pr_release
    return None if pr_release is None else takeover.disagreement(name, git_flow, pr_release)


def _guess(interview: Interview, name: str, found: Found, values: dict[str, str]) -> Guess:
    settings = interview.session.settings
    current = getattr(settings.flow, name)
    configured = current if f"flow.{name}" in settings.sources else None
    if configured is None and interview.pr_release and name in interview.pr_release.branches:
        configured = interview.pr_release.branches[name].value
    if name == "production":
        return setup.guess_production(found, configured)
    if name == "development":
        return setup.guess_development(found, configured, values["production"])
    if name == "tag_prefix":
        return setup.guess_tag_prefix(found, configured)
    return Guess(current)


def _ask(session: "Session", name: str, guess: Guess, found: Found) -> str:
    def problem(answer: str) -> str | None:
        answer = answer.strip()
        if wrong := problem_with_value(f"flow.{name}", answer):
            return f"It {wrong}."
        return "There is no such branch." if name in BRANCHES and answer not in found.heads else None

    if guess.doubt:
        session.terminal.say(f"Not certain: {guess.doubt}.")
    flag = f"{_flag(name)}, or take what was found with --defaults"
    return ask_text(session.terminal, QUESTIONS[name], default=guess.value, flag=flag, check=problem)


def _existing_branch(name: str, value: str, found: Found) -> str:
    if name in BRANCHES and value not in found.heads:
        from difflib import get_close_matches

        nearest = get_close_matches(value, sorted(found.heads), n=1, cutoff=0)[0]
        where = f"on {found.remote}" if found.remote else "here"
        raise UsageError(f"{_flag(name)}: there is no branch {value} {where}; the nearest is {nearest}.")
    return value


def _written_branch(existing: Existing, name: str, found: Found) -> str:
    value = str(existing.written[name])
    if name in BRANCHES and value not in found.heads:
        where = found.remote or "this clone"
        raise UsageError(
            f"{existing.path} says {name} = {literal(value)}, and {where} has no such branch.",
            next=f"correct it there, or push the branch ({where} has {some(found.heads)})",
        )
    return value


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"
