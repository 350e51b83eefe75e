"""How the demo is run in tests: as a person's own command, with secrets of theirs around that it must not touch."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[1]
CANARY = "c4n4ry"


class Person(msgspec.Struct, frozen=True):
    """Somebody's folders: ``home``, ``tmp`` and ``work``, where the command is run; all are empty."""

    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def tmp(self) -> Path:
        return self.folder / "tmp"

    @property
    def work(self) -> Path:
        return self.folder / "work"

    @property
    def environment(self) -> dict[str, str]:
        """Tokens, settings and an identity, none of which may appear anywhere."""
        secrets = ("GH_TOKEN", "GITHUB_TOKEN", "SLACK_BOT_TOKEN", "SLACK_WEBHOOK_URL", "RELETAN_FLOW_TAG_PREFIX", "GIT_AUTHOR_NAME",
                   "GIT_COMMITTER_NAME", "EMAIL")  # fmt: skip
        return {
            **dict.fromkeys(secrets, CANARY),
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "TMPDIR": str(self.tmp),
            "PYTHONPATH": str(ROOT),
            # a network that nobody reaches
            **dict.fromkeys(("http_proxy", "https_proxy", "ALL_PROXY"), "http://127.0.0.1:9"),
        }

    def made(self) -> list[str]:
        """What is in their folders now."""
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.glob("*/*"))


def person(folder: Path) -> Person:
    who = Person(folder)
    for own in (who.home, who.tmp, who.work):
        own.mkdir(parents=True)
    return who


def command(*args: str) -> list[str]:
    return [sys.executable, "-P", "-m", "reletan", *args]


def run(who: Person, *args: str, env: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    """`reletan args` without a terminal."""
    return subprocess.run(
        command(*args), cwd=who.work, env={**who.environment, **(env or {})}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
