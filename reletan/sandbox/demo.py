"""The story that `reletan demo` tells: a release and a hotfix of a small shop on the sandbox GitHub."""

import os
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from reletan import prompts
from reletan.domain.errors import ReletanError
from reletan.sandbox.origin import WorldError
from reletan.sandbox.stories import Shop
from reletan.sandbox.world import World
from reletan.terminal import Terminal

# how the terminal looks is the person's, everything else the world's
_LOOKS = ("TERM", "COLUMNS", "LINES", "NO_COLOR", "COLORTERM", "PROMPT_TOOLKIT_NO_CPR")
_WIDEST = 100
_AN_HOUR = 3_600
_CHANNEL = "#release"
_LATEST = ["log", "--graph", "--oneline", "--decorate", "--max-count=14", "main", "develop"]


class Stopped(Exception):
    """The person wants no more of it."""


class Guide:
    """Tells the story, and runs its commands in Hana's clone; without ``auto``, each waits for the person."""

    def __init__(self, terminal: Terminal, world: World, *, auto: bool) -> None:
        self.terminal = terminal
        self.world = world
        self.auto = auto
        self._read = world.slack.text(_CHANNEL)
        self._color = terminal.colored(sys.stdout.isatty())

    def tell(self, text: str, *lines: str) -> None:
        """A paragraph, and below it lines as they are."""
        # Japanese names are wider than textwrap knows
        width = max(min(shutil.get_terminal_size().columns, _WIDEST) - 6, 20)
        told = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
        paragraph = "\n".join(self._styled("36", f"# {line}") for line in [*told, *(f"  {line}" for line in lines)])
        self.terminal.out(f"\n{paragraph}")

    def reletan(self, *args: str, asks: bool = False) -> None:
        """One command of reletan; ``asks``: it asks before it writes, unless nobody wants to be asked."""
        words = [*args, "--yes"] if asks and self.auto else args
        color = () if self.terminal.color == "auto" else ("--color", self.terminal.color)
        self._run(
            shlex.join(["reletan", *words]), self.world.command(*color, *words), self.world.clone, may_decline=asks
        )

    def shell(self, line: str) -> None:
        self._run(line, ["sh", "-c", line], self.world.clone)

    def git_in_origin(self, *args: str) -> None:
        argv = ["git", *args]
        self._run(shlex.join(argv), argv, self.world.origin)

    def channel(self, text: str) -> None:
        """What is new in the channel since it was shown last, below a paragraph."""
        self.tell(text)
        before, self._read = self._read, self.world.slack.text(_CHANNEL)
        bar = self._styled("35", "│")
        self.terminal.out("\n".join(f"{bar} {line}".rstrip() for line in [_CHANNEL, *_news(before, self._read)]))

    def let_time_pass(self) -> None:
        """Otherwise all that was pushed would be so new that GitHub may not know it yet, and be asked again."""
        self.world.clock += _AN_HOUR

    def open_branch(self, prefix: str) -> str:
        """The branch of the release, or the hotfix, whose version the person may have chosen."""
        for name in self.world.branches():
            if name.startswith(prefix):
                return name
        raise WorldError(f"no branch {prefix}… is on the remote")

    def _run(self, shown: str, argv: Sequence[str], where: Path, *, may_decline: bool = False) -> None:
        self._announce(self._styled("1", f"$ {shown}"), then_y=may_decline)
        before = self._state()
        code = _finished(argv, where, self._environment(), silent=self.auto)
        if code == 130:
            raise KeyboardInterrupt
        if code == 1 and may_decline and not self.auto and self._state() == before:
            self.tell("That was a no: nothing was changed. The story goes on with a yes, so here it is once more.")
            self._run(shown, argv, where, may_decline=True)
        elif code:
            raise ReletanError(f"In the demo, `{shown}` should have exited with 0, but it was {code}.",
                               next=f"look around in {self.world.folder}")  # fmt: skip

    def _announce(self, command: str, *, then_y: bool) -> None:
        keys = f"[Enter: run it{', then y to its question' if then_y else ''}, q: stop]"
        if self.auto:
            self.terminal.out(command)
        elif not prompts.go_on(self.terminal, f"{command}   {keys} ", flag="--auto"):
            raise Stopped("You stopped the demo. Begin it again whenever you like; with --auto it runs by itself.")

    def _environment(self) -> Mapping[str, str]:
        looks = {name: os.environ[name] for name in _LOOKS if name in os.environ}
        return self.world.environment({**looks, "TMPDIR": self.world.env["HOME"], "GIT_PAGER": "cat"})

    def _state(self) -> tuple[str, str]:
        """What a command could have changed: origin's refs, and the files of the clone."""
        return self.world.look("for-each-ref", cwd=self.world.origin), self.world.look("status", "--porcelain")

    def _styled(self, style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[m" if self._color else text


def _news(before: str, now: str) -> list[str]:
    """The lines of ``now`` that ``before`` had not; a … stands for those in between."""
    old, new = before.splitlines(), now.splitlines()
    shown: list[str] = []
    for what, _, _, begin, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            shown += new[begin:end]
        elif any(new[begin:end]) and shown[-1:] != ["…"]:
            shown.append("…")
    told = [at for at, line in enumerate(shown) if line not in ("", "…")]
    return shown[told[0] : told[-1] + 1] if told else []


def _finished(argv: Sequence[str], where: Path, env: Mapping[str, str], *, silent: bool) -> int:
    """The exit code of a command, whose output goes where ours goes; ``silent``: nobody is there to answer it."""
    stdin = subprocess.DEVNULL if silent else None
    # one pipe for both, so that they stay in order
    stderr = subprocess.STDOUT if silent else None
    with subprocess.Popen(argv, cwd=where, env=env, stdin=stdin, stderr=stderr) as child:
        try:
            return child.wait()
        except KeyboardInterrupt:
            # the terminal told it too, and it may have to say what it left behind
            child.wait()
            raise
        except BaseException:
            child.terminate()
            raise


def tell_story(guide: Guide, shop: Shop) -> None:
    """The whole of it. Raises Stopped, and ReletanError for a command that did not do what it should."""
    _begin(guide)
    _look(guide, shop)
    _start(guide)
    _meanwhile(guide, shop)
    _tag(guide)
    _hotfix(guide)
    _look_back(guide)


def _begin(guide: Guide) -> None:
    world = guide.world
    guide.tell("You are Hana, on duty for the next release of a shop. Its remote is on a GitHub that runs inside of this "
               f"command, and so does the team's Slack; your clone is {world.clone}")  # fmt: skip
    if not guide.auto:
        guide.tell("Where reletan asks whether to do exactly what it shows, y goes on; a no changes nothing, and it is "
                   "asked once more. The Slack is a page, too: open it, and watch it change.", world.slack.url)  # fmt: skip
    guide.tell("Once in a repository: reletan finds out how this team works, and writes it down for everybody.")
    guide.reletan("init", "--defaults", asks=True)
    guide.tell("The settings belong into the repository, so that the whole team and CI have the same.")
    guide.shell("git add .reletan.toml && git commit -qm 'Set up reletan' && git push -q origin develop")
    guide.let_time_pass()


def _look(guide: Guide, shop: Shop) -> None:
    guide.tell("What has been merged since the last release? The history tells most of it; GitHub adds labels and logins, "
               f"and knows that three commits were pull request #{shop.rebased}, merged by rebase, and that #{shop.newcomer} "
               "is somebody's first.")  # fmt: skip
    guide.reletan("list")
    guide.tell("Four more are open, and stay out of the release. May they be merged? In CI, reletan automerge merges what is "
               "ready; here it only explains.")  # fmt: skip
    guide.reletan("automerge", "--all", "--explain")


def _start(guide: Guide) -> None:
    guide.tell("What would starting a release do? With --dry-run you see the plan, and nothing is changed.")
    guide.reletan("start", "--dry-run")
    guide.tell("Start it. The version is proposed from the labels and titles; the branch appears on the remote, and you "
               "stay on the branch that you are on.")  # fmt: skip
    guide.reletan("start", asks=True)
    guide.channel(
        "And this is what the team reads on Slack: one message for the whole release. Only you are mentioned."
    )


def _meanwhile(guide: Guide, shop: Shop) -> None:
    world, ready = guide.world, shop.ready
    branch = guide.open_branch("release/")
    world.commit(branch, "Fix the total on invoices", {"src/invoice.txt": "with tax\n"}, "Yuki")
    guide.let_time_pass()
    guide.tell(f"Meanwhile Yuki tests, finds a mistake, and pushes a fix to {branch}. And #{ready} is merged into develop: "
               "too late for this release, so it waits for the next one.")  # fmt: skip
    guide.reletan("automerge", str(ready), "--method", "squash", asks=True)
    guide.tell("Where is the release?")
    guide.reletan("status")


def _tag(guide: Guide) -> None:
    version = guide.open_branch("release/").removeprefix("release/")
    guide.tell("What will the release notes say? Headings come from labels; the template may be the team's own.")
    guide.reletan("notes")
    guide.tell("What would the release do? Again, nothing is changed.")
    guide.reletan("tag", "--dry-run")
    guide.tell("Release! Production, tag and development reach the remote in one atomic push: all of them, or none. Then the "
               "notes become a GitHub Release, and the team hears of it.")  # fmt: skip
    guide.reletan("tag", asks=True)
    guide.channel("The message on Slack was brought up to date, Yuki's fix is in it now, and its thread has the news.")
    guide.tell("Was that all? Running it again is always safe.")
    guide.reletan("tag", version, asks=True)


def _hotfix(guide: Guide) -> None:
    guide.tell("A bad surprise: some customers pay twice. A hotfix starts at production, not at development.")
    guide.reletan("start", "hotfix", asks=True)
    branch = guide.open_branch("hotfix/")
    guide.world.commit(branch, "支払いの二重送信を防止", {"src/payment.txt": "once\n"}, "山田 花子")
    guide.let_time_pass()
    guide.tell(f"花子 pushes the fix to {branch}. It goes out in the same way, and back into develop.")
    guide.reletan("tag", asks=True)
    guide.channel("The hotfix had a message of its own:")


def _look_back(guide: Guide) -> None:
    guide.tell("What is left: the pull request that came too late begins the next release.")
    guide.reletan("status")
    guide.tell(
        "And this is the remote now, as git-flow would have made it: the tags are on main, and develop has them too."
    )
    guide.git_in_origin(*_LATEST)
