"""What every command gets: the terminal, the clone, the settings, and how far it may go."""

import os
from typing import TYPE_CHECKING

import msgspec

from reletan.adapters.gitrepo import GitRepo
from reletan.adapters.settings import load
from reletan.domain.answers import Answers
from reletan.domain.config import Config
from reletan.domain.errors import ReletanError, UsageError
from reletan.terminal import Terminal

if TYPE_CHECKING:
    from reletan.adapters.hub import Hub
    from reletan.adapters.hubpr import PullText
    from reletan.adapters.slack import SlackBot, SlackWebhook


class Session(msgspec.Struct, kw_only=True):
    """``answers``: what GitHub told in this run; ``trouble``: why it is not asked any more. ``hub`` and ``slack``: the ways
    there, once they have been opened. ``landed``: production -> the pull requests that were merged into it, as GitHub told.
    """

    terminal: Terminal
    repo: GitRepo
    settings: Config
    dry_run: bool = False
    yes: bool = False
    offline: bool = False
    answers: Answers = Answers()
    trouble: ReletanError | None = None
    said: set[str] = msgspec.field(default_factory=set)
    hub: "Hub | None" = None
    slack: "SlackBot | SlackWebhook | None" = None
    landed: "dict[str, list[PullText]]" = msgspec.field(default_factory=dict)


def open_session(
    directory: str, terminal: Terminal, *, dry_run: bool = False, yes: bool = False, offline: bool = False
) -> Session:
    """Open the clone that ``directory`` is in and read its settings. Raises UsageError."""
    repo = GitRepo(directory, terminal.detail)
    settings = load(repo, os.environ, {})
    return Session(terminal=terminal, repo=repo, settings=settings, dry_run=dry_run, yes=yes, offline=offline)


def warn_once(session: Session, text: str) -> None:
    """A warning about what is read more than once in a run."""
    if text not in session.said:
        session.said.add(text)
        session.terminal.warn(text)


def require_writable(session: Session) -> None:
    """What a writing command needs before it looks at anything else: a git that can, and settings that agree."""
    session.repo.require_version()
    if session.settings.conflicts:
        raise UsageError(
            "git-flow's settings disagree with each other.",
            details=session.settings.conflicts,
            next="decide with `reletan init`, or under [flow] in .reletan.toml",
        )
