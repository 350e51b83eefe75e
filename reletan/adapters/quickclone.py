"""A clone, read between two keys: without the library that the gateway to git stands on, which takes longer to read than this."""

import os
import subprocess
from functools import cached_property

from reletan.adapters.gitparse import pairs

# Whoever pressed Tab has long gone on typing
PATIENCE = 2


class QuickClone:
    """The clone that ``directory`` is in. Raises OSError or SubprocessError where there is none, and where git is slow."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        # what belongs to another repository does not count; where git's own configuration is does
        self._environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GIT_") or name.startswith("GIT_CONFIG_")
        }
        self.top: str | None = self._git("rev-parse", "--show-toplevel").removesuffix("\n")

    def config(self) -> list[tuple[str, str]]:
        """(key, value) of every setting that git sees here; the last one wins."""
        return self._config

    @cached_property
    def _config(self) -> list[tuple[str, str]]:
        return pairs(self._git("config", "--list", "-z"))

    def config_file(self, path: str) -> list[tuple[str, str]]:
        """The same of one file in git's format."""
        return pairs(self._git("config", "--file", path, "--no-includes", "--list", "-z"))

    def refs(self) -> list[str]:
        """The full names of branches, tags and tracking refs, as they are in this clone."""
        return self._git("for-each-ref", "--format=%(refname)", "refs/heads", "refs/tags", "refs/remotes").splitlines()

    def _git(self, *args: str) -> str:
        done = subprocess.run(
            ["git", *args], cwd=self.directory, env=self._environment, stdin=subprocess.DEVNULL, capture_output=True,
            timeout=PATIENCE, check=True,
        )  # fmt: skip
        return done.stdout.decode("utf-8", "replace")
