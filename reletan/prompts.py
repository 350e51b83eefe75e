"""Every question that reletan asks; the only file that asks.

Without somebody to answer, nothing is asked: a missing answer is a usage error that names the flag.
"""

import sys
import termios
from collections.abc import Callable, Sequence
from typing import Any

from reletan.domain.errors import UsageError
from reletan.domain.text import one_line
from reletan.terminal import Terminal


def confirm(terminal: Terminal, question: str, *, flag: str = "--yes") -> bool:
    """Yes or no; no is the answer to a bare Enter."""
    _somebody_there(terminal, question, flag)
    if terminal.accessible:
        answer = _typed(terminal, f"{one_line(question)} Type y or n, and Enter; without an answer it is n: ")
        return answer.lower() in ("y", "yes")
    import questionary

    return bool(_ask(questionary.confirm(one_line(question), default=False)))


def choose(terminal: Terminal, question: str, choices: Sequence[str], *, flag: str) -> str:
    _somebody_there(terminal, question, flag)
    if terminal.accessible:
        return _numbered(terminal, question, choices)
    import questionary

    return str(_ask(questionary.select(one_line(question), choices=[one_line(c) for c in choices])))


def ask_text(
    terminal: Terminal, question: str, *, default: str, flag: str, check: Callable[[str], str | None] | None = None
) -> str:
    """One line of text. ``check`` returns what is wrong with an answer, or None."""
    _somebody_there(terminal, question, flag)
    if terminal.accessible:
        return _text(terminal, question, default, check)
    import questionary

    def validate(answer: str) -> bool | str:
        return True if check is None else (check(answer) or True)

    return str(_ask(questionary.text(one_line(question), default=default, validate=validate))).strip()


def go_on(terminal: Terminal, what: str, *, flag: str) -> bool:
    """Wait for Enter; False for q. ``what`` is our own text, and may be styled."""
    _somebody_there(terminal, what, flag)
    return _typed(terminal, what).lower() not in ("q", "quit")


# for a screen reader: lines that stay as they are, and typed answers


def _numbered(terminal: Terminal, question: str, choices: Sequence[str]) -> str:
    terminal.say(question)
    for number, choice in enumerate(choices, 1):
        terminal.say(f"  {number}: {choice}")
    while True:
        answer = _typed(terminal, f"Type a number from 1 to {len(choices)}, and Enter: ")
        if answer.isdecimal() and 1 <= int(answer) <= len(choices):
            return choices[int(answer) - 1]


def _text(terminal: Terminal, question: str, default: str, check: Callable[[str], str | None] | None) -> str:
    while True:
        answer = _typed(terminal, f"{one_line(question)}  Without an answer it is {one_line(default)}: ") or default
        problem = check(answer) if check else None
        if problem is None:
            return answer
        terminal.say(problem)


def _typed(terminal: Terminal, what: str) -> str:
    _forget_early_keys()
    sys.stderr.write(what)
    sys.stderr.flush()
    try:
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        line = ""
    if not line:
        # Ctrl-C or Ctrl-D; what comes next begins on a line of its own
        terminal.say()
        raise KeyboardInterrupt
    return line.strip()


def _somebody_there(terminal: Terminal, question: str, flag: str) -> None:
    # Without this test questionary would obey piped input: a "y" from a pipe is not an answer.
    if not terminal.interactive:
        raise UsageError(
            f"There is nobody to ask ({one_line(question).rstrip('?:')}): no terminal, or CI is set.",
            next=f"give the answer with {flag}",
        )


def _ask(question: Any) -> Any:
    _forget_early_keys()
    try:
        return question.unsafe_ask()
    except EOFError:
        raise KeyboardInterrupt from None


def _forget_early_keys() -> None:
    # What was pressed before the question stood there was not meant for it: no answer, and no yes.
    termios.tcflush(sys.stdin, termios.TCIFLUSH)
