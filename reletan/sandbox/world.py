"""A small world for tests and the demo: a bare ``origin``, the laptops of a team, and a clock that ticks.

Everything stands under one folder, in an environment of its own. Two worlds built by the same verbs have the same
object ids. No mock: all of it is real git.
"""

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import msgspec

from reletan.sandbox.github.memory import TOKEN
from reletan.sandbox.github.model import Protection
from reletan.sandbox.github.site import Site
from reletan.sandbox.origin import Origin, Person, WorldError, run_git

if TYPE_CHECKING:
    from reletan.sandbox.github.server import GitHubServer
    from reletan.sandbox.slack.server import SlackServer

# seconds that one run of reletan may take
TIMEOUT = 120
_KEPT = ("PATH", "LD_LIBRARY_PATH")
_GIT_CONFIG = """\
[user]
	name = Hana
	email = hana@example.com
[init]
	defaultBranch = main
[gc]
	auto = 0
[maintenance]
	auto = false
[receive]
	autogc = false
[core]
	fsync = none
"""


class Run(msgspec.Struct, frozen=True):
    """What a run of reletan answered: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """stdout as JSON; raises WorldError with both outputs where it is none."""
        try:
            return json.loads(self.out)
        except ValueError as error:
            raise WorldError(f"stdout is not JSON: {self}") from error


class World(Site):
    """The verbs of the team and of GitHub, and the laptops, reletan on them, the front door of origin, and the whole state as text."""

    def __init__(self, folder: Path) -> None:
        """The world of ``folder``; where it is new, an origin without commits."""
        self.folder = folder
        self.clones: list[str] = []
        self.env = _environment(folder)
        self.origin = folder / "origin.git"
        self._github: GitHubServer | None = None
        self._slack: SlackServer | None = None
        self._slack_environment: dict[str, str] = {}
        super().__init__(Origin(self.origin, self.env))
        if not self.origin.exists():
            (folder / "home").mkdir(parents=True)
            (folder / "gitconfig").write_text(_GIT_CONFIG, encoding="utf-8")
            run_git("init", "--quiet", "--bare", str(self.origin), cwd=folder, env=self.env)

    @classmethod
    def empty(cls, folder: Path) -> "World":
        """No commit at all; the clone is one of an empty repository. ``found()`` makes the first commit."""
        world = cls(folder)
        world.another_clone("hana")
        return world

    @classmethod
    def bare_minimum(cls, folder: Path) -> "World":
        """main, develop, v1.3.0 and three pull requests (1-3) since."""
        from reletan.sandbox.stories import bare_minimum

        return bare_minimum(cls(folder))

    @classmethod
    def believable(cls, folder: Path) -> "World":
        """A team's history: three releases, a dozen pull requests of every kind since v1.3.0."""
        from reletan.sandbox.stories import believable

        return believable(cls(folder))

    def copy_to(self, folder: Path) -> Self:
        """The same world in another folder, faster than building it again."""
        shutil.copytree(self.folder, folder, symlinks=True)
        twin = type(self)(folder)
        twin.remember_as(self)
        twin.clones = list(self.clones)
        for name in self.clones:
            config = folder / name / ".git" / "config"
            config.write_text(config.read_text().replace(self.origin.as_uri(), twin.origin.as_uri()))
            twin.look("update-index", "-q", "--refresh", cwd=folder / name)
        return twin

    # laptops, and reletan on them

    @property
    def clone(self) -> Path:
        """The laptop of Hana, who is on duty."""
        return self.folder / "hana"

    def another_clone(self, name: str, *clone_args: str) -> Path:
        """One more laptop, by ``git clone`` with more arguments (``"--depth=1"``); without, on develop."""
        who = Person(name.capitalize())
        settings = ("-c", f"user.name={who.name}", "-c", f"user.email={who.email}")
        self.git("clone", "--quiet", *settings, *clone_args, self.origin.as_uri(), name, cwd=self.folder)
        self.clones.append(name)
        clone = self.folder / name
        if not clone_args and self.head("develop"):
            self.git("switch", "--quiet", "develop", cwd=clone)
        return clone

    def git(self, *args: str, cwd: Path | None = None) -> str:
        """Run git in a clone (Hana's, without ``cwd``); its stdout without the last newline. Raises WorldError."""
        return run_git(*args, cwd=cwd or self.clone, env=self.environment()).decode().removesuffix("\n")

    def look(self, *args: str, cwd: Path | None = None) -> str:
        """As ``git``, for reading only: the clock stands still, and so does git's index."""
        env = {**self.env, "GIT_OPTIONAL_LOCKS": "0"}
        return run_git(*args, cwd=cwd or self.clone, env=env).decode().removesuffix("\n")

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment for one program, with its time: the clock ticks for each one."""
        date = f"{self._tick()} +0000"
        dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        return {**self.env, **dates, **self._github_environment(), **self._slack_environment, **(extra or {})}

    @staticmethod
    def command(*args: str) -> list[str]:
        """The argv that runs this reletan; whatever stands in the working directory is not imported."""
        return [sys.executable, "-P", "-m", "reletan", *args]

    def reletan(
        self,
        *args: str,
        cwd: Path | None = None,
        stdin: str = "",
        env: Mapping[str, str] | None = None,
        check: bool = False,
    ) -> Run:
        """Run reletan in a clone (Hana's, without ``cwd``); with ``check``, raises WorldError unless it exits 0."""
        done = self.run_reletan(args, cwd or self.clone, self.environment(env), stdin.encode())
        run = Run(done.returncode, done.stdout.decode(), done.stderr.decode())
        if check and run.code:
            raise WorldError(f"reletan {' '.join(args)}: exit {run.code}\n{run.out}{run.err}")
        return run

    def run_reletan(
        self, args: Sequence[str], cwd: Path, env: Mapping[str, str], stdin: bytes
    ) -> "subprocess.CompletedProcess[bytes]":
        """reletan in a process of its own, with all that it writes; raises TimeoutExpired after ``TIMEOUT`` seconds."""
        return subprocess.run(
            self.command(*args), cwd=cwd, env=env, input=stdin, capture_output=True, timeout=TIMEOUT, check=False
        )

    # on GitHub

    @contextmanager
    def on_github(self, *, tls: bool = False) -> Iterator["GitHubServer"]:
        """For the time of the block, the world is on a GitHub of its own, which programs in the world find by their
        environment and ask with Hana's token.
        """
        from reletan.sandbox.github.server import serving

        with serving(self, tls=tls) as self._github:
            try:
                yield self._github
            finally:
                self._github = None

    @property
    def github(self) -> "GitHubServer":
        """The server; raises WorldError outside of ``on_github``."""
        if self._github is None:
            raise WorldError("this world is not on GitHub")
        return self._github

    def origin_over_http(self, clone: Path | None = None) -> None:
        """Let a clone (Hana's, without ``clone``) reach origin through GitHub, until the server is gone."""
        self.git("remote", "set-url", "origin", self.github.git_url, cwd=clone)

    def _github_environment(self) -> dict[str, str]:
        server = self._github
        if server is None:
            return {}
        basic = base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
        trusted = ("GIT_SSL_CAINFO", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE") if server.certificate else ()
        return {
            "GH_TOKEN": TOKEN,
            "RELETAN_GITHUB_API_URL": server.api_url,
            "RELETAN_GITHUB_REPOSITORY": self.slug,
            # git's credential, for this server only; in no file, argv or URL
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{server.url}/.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {basic}",
            **dict.fromkeys(trusted, str(server.certificate)),
        }

    # on Slack

    @contextmanager
    def on_slack(self, *, webhook: bool = False) -> Iterator["SlackServer"]:
        """For the time of the block, the world has a Slack, which programs in the world find by their environment: with the
        bot's token, or with nothing but a webhook.
        """
        from reletan.sandbox.slack.server import serving

        with serving(self.members.values(), lambda: self.clock) as self._slack:
            try:
                self._slack_environment = (
                    {"SLACK_WEBHOOK_URL": self._slack.webhook_url}
                    if webhook
                    else {
                        "SLACK_BOT_TOKEN": self._slack.bot.token,
                        "RELETAN_SLACK_API_URL": self._slack.api_url,
                        "RELETAN_SLACK_CHANNEL": "#release",
                    }
                )
                yield self._slack
            finally:
                self._slack, self._slack_environment = None, {}

    @property
    def slack(self) -> "SlackServer":
        """The server; raises WorldError outside of ``on_slack``."""
        if self._slack is None:
            raise WorldError("this world is not on Slack")
        return self._slack

    # the front door of origin

    def push_to(self, branch: str, revision: str = "HEAD", clone: Path | None = None) -> None:
        """Push from a clone by the front door, so that a protection refuses it; raises WorldError then."""
        self.git("push", "--quiet", "origin", f"{revision}:refs/heads/{branch}", cwd=clone)

    def protect(self, *branches: str, message: str = "GH006: Protected branch update failed") -> None:
        """Refuse every push that touches one of ``branches``, as a rule of GitHub does; merge by pull requests."""
        rules = Protection(pull_request=True, creations=False, admins=True, message=message)
        for branch in branches:
            self.protect_branch(branch, rules)

    def unprotect(self) -> None:
        for branch in list(self.protections):
            self.unprotect_branch(branch)

    def no_atomic(self) -> None:
        """The server does not offer atomic pushes any more."""
        self.git("config", "receive.advertiseAtomic", "false", cwd=self.origin)

    def dump(self) -> str:
        """The whole state as text, to compare: origin, and each clone (see ``sandbox.dump``)."""
        from reletan.sandbox.dump import dump

        return dump(self)


def _environment(folder: Path) -> dict[str, str]:
    package = Path(__file__).parents[2]
    return {
        **{name: os.environ[name] for name in _KEPT if name in os.environ},
        "HOME": str(folder / "home"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": str(folder / "gitconfig"),
        "GIT_TERMINAL_PROMPT": "0",
        "TZ": "UTC",
        "LC_ALL": "C.UTF-8",
        # the checkout's reletan, also where it is not installed
        "PYTHONPATH": str(package),
    }
