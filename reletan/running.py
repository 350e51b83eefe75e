"""One run of the program, from its arguments to its exit code: whatever goes wrong becomes one clear error here."""

import os
import signal
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Any, NoReturn

import typer

from reletan.cli import Globals, app

# what the shells' scripts of --show-completion set
COMPLETION = "_RELETAN_COMPLETE"


class Terminated(BaseException):
    """SIGTERM."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line; returns the exit code."""
    signal.signal(signal.SIGTERM, _terminate)
    _open_streams()
    if COMPLETION in os.environ:
        return _complete()
    Globals.json = "--json" in arguments
    try:
        _require_text(arguments)
        # typer turns Ctrl-C into an exit code and returns it
        code = app(args=list(arguments) or ["--help"], prog_name="reletan", standalone_mode=False)
        sys.stdout.flush()
        return _interrupted("Interrupted", 130) if code == 130 else int(code or 0)
    except typer.Exit as exit:
        return exit.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted("Interrupted", 130)
    except Terminated:
        return _interrupted("Terminated", 143)
    except (BrokenPipeError, SystemExit):
        # rich and typer make a SystemExit of a broken pipe, and of nothing else here
        from reletan.terminal import forget_reader

        forget_reader(sys.stdout)
        return 0
    except Exception as problem:
        return _failed(problem, arguments)


def _complete() -> int:
    """Answer a shell that asks what to offer after Tab; the exit code tells it whether there is anything. Never an error."""
    try:
        app(prog_name="reletan", standalone_mode=False)
    except SystemExit as end:
        return int(end.code or 0)
    except Exception:
        return 1
    return 0


def _require_text(arguments: Sequence[str]) -> None:
    """Raises UsageError for bytes that are no UTF-8: they fit into no journal, message or tag."""
    from reletan.domain.errors import UsageError

    wrong = next((one for one in arguments if not one.isascii() and one != one.encode(errors="replace").decode()), None)
    if wrong is not None:
        raise UsageError(f"The argument {wrong!r} is not UTF-8.", next="give it in UTF-8")


def _terminate(_signal: int, _frame: object) -> NoReturn:
    raise Terminated


def _open_streams() -> None:
    """A daemon may have closed some, and a narrow encoding must not stop a release."""
    sys.stdin = sys.stdin or open(os.devnull)  # noqa: SIM115 - until the end
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _interrupted(what: str, code: int) -> int:
    # a second Ctrl-C does not cut the explanation
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from reletan import render
    from reletan.apply import Tried
    from reletan.domain.errors import Interrupted
    from reletan.terminal import Terminal

    problem = Interrupted(f"{what}. Nothing was done.")
    if Tried.anything:
        problem = Interrupted(f"{what}.", next="what was begun, `reletan resume` finishes; `reletan status` tells")
    problem.exit_code = code
    render.error(Terminal(json=Globals.json, color=Globals.color), problem)
    return code


def _failed(problem: Exception, arguments: Sequence[str]) -> int:
    from reletan import render
    from reletan.cli.mistakes import mistake
    from reletan.domain.errors import ReletanError
    from reletan.terminal import Terminal

    click_error: type[Any] = typer.BadParameter.__mro__[2]
    if isinstance(problem, click_error):
        problem = mistake(problem, arguments)
    if not isinstance(problem, ReletanError):
        if Globals.verbose > 1:
            raise problem
        problem = ReletanError(f"Something unexpected happened: {type(problem).__name__}: {problem}.",
                               next="nothing more was done; run it with -vv to see where, and report it")  # fmt: skip
    render.error(Terminal(json=Globals.json, color=Globals.color), problem)
    return problem.exit_code
