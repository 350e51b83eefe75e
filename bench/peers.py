"""Other programs of this field that can be installed: see ``make bench-peers``."""

import re
import subprocess
from dataclasses import dataclass

from bench.timing import program


@dataclass(frozen=True)
class Peer:
    """``version``: what it is run with to tell its version."""

    name: str
    program: str
    version: tuple[str, ...] = ("--version",)

    @property
    def argv(self) -> list[str]:
        return [program(self.program) or self.program, *self.version]

    @property
    def installed(self) -> str | None:
        """The version that is installed, None where none is."""
        if program(self.program) is None:
            return None
        done = subprocess.run(self.argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        found = re.search(r"\d+(\.\d+)+", done.stdout)
        return found.group() if found and not done.returncode else None


GIT_FLOW = Peer("git-flow AVH", "git", ("flow", "version"))
GH = Peer("gh", "gh")
TOWNCRIER = Peer("towncrier", "towncrier")
PEERS = (
    GIT_FLOW,
    GH,
    Peer("git-cliff", "git-cliff"),
    TOWNCRIER,
    Peer("commitizen", "cz", ("version", "--commitizen")),
    Peer("auto-changelog", "auto-changelog"),
    Peer("conventional-changelog", "conventional-changelog"),
    Peer("release-it", "release-it"),
)
