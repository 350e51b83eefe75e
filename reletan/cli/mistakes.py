"""A command line that could not be parsed: what is wrong with it, and what to type instead."""

import shlex
from collections.abc import Mapping, Sequence
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
    command = program.commands.get(next((word for word in arguments if word in program.commands), None))
    side, owner = ("after", command) if here is program else ("before", program)
    if command is None or option in _options(here) or option not in _options(owner):
        return None
    typed = shlex.join(["reletan", *(_in_order(program, command, arguments) or ())])
    certain = typed != "reletan" and typed.isprintable()
    return UsageError(f"{option} goes {side} the command.", next=typed if certain else ANY_HELP)


def _options(command: Any) -> dict[str, bool]:
    """Option -> whether it takes a value."""
    return {
        name: not (one.is_flag or one.count)
        for one in command.params if one.param_type_name == "option" for name in (*one.opts, *one.secondary_opts)
    }  # fmt: skip


def _in_order(program: Any, command: Any, arguments: Sequence[str]) -> list[str] | None:
    """``arguments`` with each option on its side of the command; None where it is not certain what one of them is."""
    general, rest = _options(program), list(arguments)
    known = {**general, **_options(command)}
    before: list[str] = []
    after: list[str] = []
    late: list[str] = []
    while rest:
        word = rest.pop(0)
        if not word.startswith("-"):
            if not after and program.commands.get(word) is not command:
                return None
            after.append(word)
            continue
        for name, words in _apart(word, known):
            if name not in known or ("=" in words[0] and not known[name]):
                return None
            if known[name] and words == [name]:
                # left out, it would take the command or the next option
                if word != name or not rest or rest[0].startswith("-") or rest[0] in program.commands:
                    return None
                words.append(rest.pop(0))
            (before if name in general else after or late).extend(words)
    return [*before, *after, *late]


def _apart(word: str, known: Mapping[str, bool]) -> list[tuple[str, list[str]]]:
    """(option, as it is written) of each in ``word``: -yq are two, -Cshop has a value."""
    if word.startswith("--"):
        return [(word.partition("=")[0], [word])]
    if known.get(word[:2]):
        return [(word[:2], [word])]
    return [(f"-{letter}", [f"-{letter}"]) for letter in word[1:]] or [(word, [word])]


def _instead(problem: Any, arguments: Sequence[str]) -> str:
    first = next((word for word in arguments if not word.startswith("-")), None)
    context = getattr(problem, "ctx", None)
    if context is None or context.parent is not None or first not in ("help", "version"):
        return ANY_HELP
    commands = [word for word in arguments if word in context.command.commands]
    return shlex.join(["reletan", *(commands[:1] if first == "help" else ()), f"--{first}"])
