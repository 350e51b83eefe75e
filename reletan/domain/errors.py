"""Errors that a person reads: what failed, why, and the next command. Each kind has one exit code."""

from collections.abc import Sequence


class ReletanError(Exception):
    """Something failed (exit 1). ``next`` is what to type or do now; ``details`` are lines of evidence.
    ``reported``: stdout has the command's JSON object already, and only one may stand there.

    Texts may hold values from outside: whoever prints them makes them inert (see ``domain.text``).
    """

    exit_code = 1
    kind = "failed"

    def __init__(
        self, message: str, *, next: str | None = None, details: Sequence[str] = (), reported: bool = False
    ) -> None:
        super().__init__(message)
        self.reported = reported
        self.message = message
        self.next = next
        self.details = tuple(details)


class Declined(ReletanError):
    """The person said no at the prompt: nothing was done (exit 1)."""

    kind = "declined"


class UsageError(ReletanError):
    """Wrong arguments or configuration, found before anything was done (exit 2)."""

    exit_code = 2
    kind = "usage"


class Blocked(ReletanError):
    """The world does not allow it yet: people, checks, a conflict, a changed plan (exit 3)."""

    exit_code = 3
    kind = "blocked"


class Vanished(Blocked):
    """A branch that the remote had a moment ago is gone."""


class Unauthorized(ReletanError):
    """The remote wants a credential, or the one given has no right to do it (exit 4)."""

    exit_code = 4
    kind = "unauthorized"


class Incomplete(ReletanError):
    """The release is public, but a later part of it is not done (exit 5)."""

    exit_code = 5
    kind = "incomplete"


class Interrupted(ReletanError):
    """The person, or the system, stopped the run (exit 130 or 143)."""

    exit_code = 130
    kind = "interrupted"
