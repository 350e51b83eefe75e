"""The person's terminal: data goes to stdout, talk and progress to stderr."""

import os
import re
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import accumulate
from typing import TextIO
from unicodedata import east_asian_width

import msgspec

from reletan.domain.text import one_line


class Terminal(msgspec.Struct, kw_only=True):
    """How this run talks. ``color`` is auto, always or never; ``verbose`` counts the -v; ``accessible``: every line stays as
    it was written, and answers are typed, for a screen reader.
    """

    json: bool = False
    quiet: bool = False
    verbose: int = 0
    color: str = "auto"
    accessible: bool = False

    @property
    def interactive(self) -> bool:
        """Whether somebody is there to answer: a real terminal on both sides, and no CI."""
        return not in_ci() and not self.json and sys.stdin.isatty() and sys.stderr.isatty()

    def colored(self, stream_is_terminal: bool) -> bool:
        if self.color != "auto":
            return self.color == "always"
        return stream_is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"

    def out(self, text: str) -> None:
        """Data: what a script would read."""
        _write(sys.stdout, _no_command(text if text.endswith("\n") else text + "\n"))

    def command(self, line: str) -> None:
        """A line that the log of GitHub Actions is to obey."""
        _write(sys.stdout, line + "\n")

    def say(self, text: str = "") -> None:
        """Talk for the person; silent with --quiet."""
        if not self.quiet:
            self._err(text)

    def hand_over(self, text: str) -> None:
        """Talk that is inert already, to be copied as it is: the invisible marks in it keep mentions from coming alive."""
        if not self.quiet:
            _write(sys.stderr, _no_command(text + "\n"))

    def warn(self, text: str) -> None:
        """A warning is said even with --quiet."""
        self._err(f"warning: {text}")

    def detail(self, text: str) -> None:
        """Only with --verbose."""
        if self.verbose:
            self._err(text)

    def _err(self, text: str) -> None:
        _write(sys.stderr, _no_command("\n".join(one_line_kept_indent(line) for line in text.split("\n")) + "\n"))

    @property
    def _shows_progress(self) -> bool:
        return sys.stderr.isatty() and not self.quiet and not in_ci() and os.environ.get("TERM") != "dumb"

    @contextmanager
    def progress(self, what: str) -> Iterator[None]:
        """Show that something slow is under way: on stderr, only on a terminal, gone when it is over."""
        if not self._shows_progress or self.accessible:
            if self._shows_progress:
                self._err(f"{what} …")
            yield
            return
        line = _fitted(f"{one_line(what)} …")
        sys.stderr.write(f"\r{line}")
        sys.stderr.flush()
        try:
            yield
        finally:
            with suppress(OSError):
                sys.stderr.write("\r\x1b[K")
                sys.stderr.flush()

    def wait(self, seconds: float, why: str) -> None:
        """Sleep for so long; a wait of seconds is said, with the time that is left where somebody is watching."""
        if not self._shows_progress or self.accessible:
            if round(seconds) >= 1:
                self.say(f"{why}: waiting for {seconds:.0f} s")
            time.sleep(seconds)
            return
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            with self.progress(f"{left:.0f} s left: {why}"):
                time.sleep(min(left, 1))


def _no_command(text: str) -> str:
    """On GitHub Actions a title must not pass for a command to the runner, which reads every line of the log."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return text
    return re.sub(r"^(\s*):(?=:)", r"\1: ", text, flags=re.MULTILINE).replace("##[", "# #[")


def _fitted(line: str) -> str:
    """As much of ``line`` as fits on one row: only that is wiped out again."""
    room = shutil.get_terminal_size().columns - 1
    widths = accumulate(2 if east_asian_width(char) in "WF" else 1 for char in line)
    return "".join(char for char, width in zip(line, widths, strict=True) if width <= room)


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        forget_reader(stream)


def forget_reader(stream: TextIO) -> None:
    """Whoever read ``stream`` has seen enough and is gone: a release does not stop half way for that."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def one_line_kept_indent(line: str) -> str:
    """A line of talk made inert, with its leading and inner spaces kept."""
    if line.isprintable():
        return line
    return " " * (len(line) - len(line.lstrip(" "))) + one_line(line)


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() not in ("", "0", "false")
