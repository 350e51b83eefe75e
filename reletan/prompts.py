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
    import questionary

    return bool(_ask(questionary.confirm(one_line(question), default=False)))


def choose(terminal: Terminal, question: str, choices: Sequence[str], *, flag: str) -> str:
    _somebody_there(terminal, question, flag)
    import questionary

    return str(_ask(questionary.select(one_line(question), choices=[one_line(c) for c in choices])))


def ask_text(
    terminal: Terminal, question: str, *, default: str, flag: str, check: Callable[[str], str | None] | None = None
) -> str:
    """One line of text. ``check`` returns what is wrong with an answer, or None."""
    _somebody_there(terminal, question, flag)
    import questionary

    def validate(answer: str) -> bool | str:
        return True if check is None else (check(answer) or True)

    return str(_ask(questionary.text(one_line(question), default=default, validate=validate))).strip()


def go_on(terminal: Terminal, what: str, *, flag: str) -> bool:
    """Wait for Enter; False for q. ``what`` is our own text, and may be styled."""
    _somebody_there(terminal, what, flag)
    _forget_early_keys()
    try:
        return input(what).strip().lower() not in ("q", "quit")
    except (EOFError, KeyboardInterrupt):
        # what comes next begins on a line of its own
        terminal.say()
        raise KeyboardInterrupt from None


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
