"""``reletan demo``: the whole flow in a sandbox, without any account."""

import shlex
import sys
import tempfile
from pathlib import Path

from reletan.adapters.gitrun import GitRunner
from reletan.domain.errors import Interrupted, ReletanError, UsageError
from reletan.terminal import Terminal


def run(terminal: Terminal, *, auto: bool, keep: Path | None) -> None:
    """Build the world in ``keep`` (None: a new temporary folder) and tell its story, or as much as the person wants.

    Raises UsageError before anything is made, ReletanError where a command of the story fails.
    """
    if not auto and not terminal.interactive:
        raise UsageError("The demo waits for you at each step, and nobody is there: no terminal, or CI is set.",
                         next="let it run by itself with `reletan demo --auto`")  # fmt: skip
    _require_sandbox()
    GitRunner(".", terminal.detail).require_version()
    folder = _folder(keep)
    try:
        _tell(terminal, folder, auto=auto)
    except KeyboardInterrupt:
        raise Interrupted("You interrupted the demo.", next=_rest(folder)) from None


def _require_sandbox() -> None:
    try:
        import graphql  # noqa: F401 - the sandbox's own need, so that it is told before anything is made
    except ImportError:
        raise UsageError("The demo's GitHub needs graphql-core, which is not installed.",
                         next=f"{shlex.quote(sys.executable)} -m pip install 'graphql-core>=3.3,<3.4'") from None  # fmt: skip


def _folder(keep: Path | None) -> Path:
    if keep is None:
        return Path(tempfile.mkdtemp(prefix="reletan-demo-"))
    folder = keep.resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = any(folder.iterdir())
    except OSError as error:
        raise UsageError(f"The demo cannot be kept in {keep}: {error.strerror}.", next="name a new folder") from None
    if taken:
        raise UsageError(f"{keep} is not empty.", next="name a new folder, or an empty one")
    return folder


def _tell(terminal: Terminal, folder: Path, *, auto: bool) -> None:
    from reletan.sandbox.demo import Guide, Stopped, tell_story
    from reletan.sandbox.origin import WorldError
    from reletan.sandbox.stories import shop
    from reletan.sandbox.world import World

    # what the sandbox itself needs for a while is in the demo's folder too
    tempfile.tempdir = str(folder / "home")
    try:
        with terminal.progress("building a shop with its pull requests"):
            world = World(folder)
            its = shop(world)
        with world.on_github(), world.on_slack() as slack:
            guide = Guide(terminal, world, auto=auto)
            try:
                tell_story(guide, its)
                guide.tell("That was a release and a hotfix.")
            finally:
                (folder / "channel.html").write_text(slack.page("#release"), encoding="utf-8")
    except Stopped as stopped:
        terminal.out(f"\n{stopped}")
    except WorldError as error:
        message, *details = str(error).splitlines()
        raise ReletanError(f"The sandbox failed: {message}.", details=details, next=_rest(folder)) from error
    terminal.out(_closing(folder))


def _closing(folder: Path) -> str:
    return (
        f"Everything is still in {folder}, and nowhere else:\n"
        "  hana          the clone, to look around with reletan and git\n"
        "  origin.git    its remote\n"
        "  channel.html  what stood on Slack, for the browser\n"
        "  home          what the commands had for a home; gitconfig is git's part of it\n"
        "The sandbox's GitHub and Slack ended with this command: `reletan list` in the clone\n"
        "reads the history alone now. Remove the folder when you like."
    )


def _rest(folder: Path) -> str:
    return f"what was made until then is in {folder}; look around, or remove it"
