"""A command line that could not be parsed: what is wrong with it, and what to type instead."""

import shlex
from collections.abc import Sequence
from typing import Any

from reletan.domain.errors import UsageError

ANY_HELP = "reletan --help, or reletan COMMAND --help"


def mistake(problem: Any, arguments: Sequence[str]) -> UsageError:
    """The error for ``problem``, which is one of typer's."""
    found = _misplaced(problem, arguments) if getattr(problem, "ctx", None) else None
    return found or UsageError(problem.format_message(), next=_instead(problem, arguments))


def _misplaced(problem: Any, arguments: Sequence[str]) -> UsageError | None:
    """Where an option stands on the wrong side of the command."""
    option, here = str(getattr(problem, "option_name", "")), problem.ctx.command
    program = problem.ctx.find_root().command
    side, owner = "before", program
    if here is program:
        side, owner = "after", next((program.commands[word] for word in arguments if word in program.commands), None)
    known = _option(owner, option)
    if known is None or _option(here, option):
        return None
    moved, rest = _taken_out(arguments, option, with_value=not (known.is_flag or known.count))
    words = [*moved, *rest] if side == "before" else [*rest, *moved]
    return UsageError(f"{option} stands {side} the command.", next=shlex.join(["reletan", *words]))


def _option(command: Any, name: str) -> Any:
    return next((one for one in command.params if name in one.opts), None) if command else None


def _taken_out(arguments: Sequence[str], option: str, *, with_value: bool) -> tuple[list[str], list[str]]:
    """(the option as it was written, everything else)"""
    short = with_value and not option.startswith("--")
    begin = option if short else f"{option}="
    at = next((i for i, word in enumerate(arguments) if word == option or word.startswith(begin)), None)
    if at is None:
        # one of several short ones, such as -yq: -y is left
        joined = [f"-{word[1:].replace(option[1:], '')}" if _holds(word, option) else word for word in arguments]
        return [option], joined
    end = at + 1 + (with_value and arguments[at] == option)
    return list(arguments[at:end]), [*arguments[:at], *arguments[end:]]


def _holds(word: str, option: str) -> bool:
    return word.startswith("-") and not word.startswith("--") and option[1:] in word


def _instead(problem: Any, arguments: Sequence[str]) -> str:
    first = next((word for word in arguments if not word.startswith("-")), None)
    context = getattr(problem, "ctx", None)
    if context is None or context.parent is not None or first not in ("help", "version"):
        return ANY_HELP
    commands = [word for word in arguments if word in context.command.commands]
    return shlex.join(["reletan", *(commands[:1] if first == "help" else ()), f"--{first}"])
