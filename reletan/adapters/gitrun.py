"""How reletan runs git: argv lists, no prompts, a known environment, timeouts, and errors that a person can read."""

import os
import re
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from reletan.domain.credentials import without_secrets
from reletan.domain.errors import ReletanError, Unauthorized, UsageError, Vanished
from reletan.terminal import in_ci

if TYPE_CHECKING:
    from git.cmd import Git

# A local command that takes longer than this hangs; a transfer may take long on a slow line.
LOCAL_TIMEOUT = 120
NETWORK_TIMEOUT = 600
MINIMUM = (2, 38)

# What git sets for its own hooks, or a person for another repository: this run's folder decides, and nothing else.
_FOREIGN = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_PREFIX",
    "GIT_NAMESPACE",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
    "GIT_REPLACE_REF_BASE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_CONFIG",
    "GIT_CEILING_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
    "GIT_LITERAL_PATHSPECS",
    "GIT_EXTERNAL_DIFF",
    "GIT_TRACE",
]


class GitFailed(ReletanError):
    """git answered with a failure. ``status`` is its exit code, ``stderr`` its words without secrets."""

    def __init__(self, message: str, status: int, stderr: str, *, next: str | None = None) -> None:
        super().__init__(message, next=next, details=tuple(stderr.strip().splitlines()[-12:]))
        self.status = status
        self.stderr = stderr


class Answer:
    """What one git command said."""

    __slots__ = ("err", "out", "status")

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status = status
        self.out = out
        self.err = err


class GitRunner:
    """Runs git in one folder. Every other piece of the gateway goes through here; ``tell`` hears of each call."""

    def __init__(self, directory: str, tell: Callable[[str], None]) -> None:
        self.directory = directory
        self.tell = tell
        self.protocols = "https:ssh"
        _forget_foreign_environment()
        self._git = _library()(directory)

    def run(
        self,
        *args: str,
        stdin: str | None = None,
        env: Mapping[str, str] | None = None,
        ok: Sequence[int] = (0,),
        timeout: float = LOCAL_TIMEOUT,
        cwd: str | None = None,
    ) -> Answer:
        """Run ``git args``; a status outside ``ok`` raises the error that fits git's words."""
        if cwd is not None and not os.path.isdir(cwd):
            # GitPython would run in this process's folder instead, without a word
            raise ReletanError(f"The folder {cwd} is gone.", next="run `git worktree prune`, then the command again")
        git = self._git if cwd is None else _library()(cwd)
        began = time.monotonic()
        with _input(stdin) as source:
            process = git.execute(
                ["git", *_plain(args)],
                istream=source.fileno() if source else None,
                as_process=True,
                env={**self._environment(), **(env or {})},
            )
            status, out, err = _finish(process.proc, timeout)
        self._told(args, began)
        answer = Answer(status, out.decode("utf-8", "replace"), without_secrets(err.decode("utf-8", "replace")))
        if status not in ok:
            raise readable(args, answer)
        return answer

    def _told(self, args: Sequence[str], began: float) -> None:
        self.tell(f"{time.monotonic() - began:7.3f} s  {without_secrets(shlex.join(['git', *args]))}")

    def line(self, *args: str) -> str:
        """The answer of a command that prints one line."""
        return self.run(*args).out.rstrip("\n")

    def require_version(self) -> None:
        """Merging without a work tree needs ``merge-tree --write-tree`` (git 2.38). Raises UsageError."""
        version = tuple(int(n) for n in re.findall(r"\d+", self.line("version"))[:2])
        if version < MINIMUM:
            raise UsageError(f"git {version[0]}.{version[1]} is too old.", next="install git 2.38 or newer")

    def records(self, *args: str) -> Iterator[str]:
        """The NUL-terminated records of a long answer, read while git still works."""
        began = time.monotonic()
        process = self._git.execute(["git", *_plain(args)], as_process=True, env=self._environment())
        rest = b""
        while chunk := process.stdout.read1(1 << 20):
            whole, ended, rest = (rest + chunk).rpartition(b"\0")
            if ended:
                yield from whole.decode("utf-8", "replace").split("\0")
        if rest:
            yield rest.decode("utf-8", "replace")
        err = process.stderr.read().decode("utf-8", "replace")
        status = process.proc.wait() if process.proc else 0
        self._told(args, began)
        if status:
            raise readable(args, Answer(status, "", without_secrets(err)))

    def _environment(self) -> dict[str, str]:
        known = {
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ALLOW_PROTOCOL": self.protocols,
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_EDITOR": "true",
            "GIT_MERGE_AUTOEDIT": "no",
        }
        if in_ci():
            known |= {"GIT_ASKPASS": "true", "SSH_ASKPASS": "true", "GCM_INTERACTIVE": "never"}
            if not (os.environ.get("GIT_SSH_COMMAND") or os.environ.get("GIT_SSH")):
                known["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes"
        return known


@contextmanager
def scratch() -> Iterator[None]:
    """Around the making of temporary files: raises ReletanError where there is no place for them."""
    try:
        yield
    except OSError as error:
        raise ReletanError(f"No temporary file can be written ({error.strerror}: {error.filename or 'TMPDIR'}).",
                           next="free some space, or set TMPDIR, then run the command again") from error  # fmt: skip


@contextmanager
def _input(text: str | None) -> Iterator[IO[bytes] | None]:
    """What git is going to read, in a file: so nobody waits for a git that does not read it."""
    if text is None:
        yield None
        return
    with scratch():
        source = tempfile.TemporaryFile()  # noqa: SIM115 - closed below
        source.write(text.encode("utf-8", "surrogateescape"))
        source.seek(0)
    with source:
        yield source


def _plain(args: Sequence[str]) -> Sequence[str]:
    """A log in UTF-8 and without signatures between its lines, whatever the person configured."""
    return ["log", "--no-show-signature", "--encoding=UTF-8", *args[1:]] if args[0] == "log" else args


def _finish(process: "subprocess.Popen[bytes] | None", timeout: float) -> tuple[int, bytes, bytes]:
    """(status, stdout, stderr). GitPython's own timeout would keep us alive for all of it after a Ctrl-C."""
    if process is None:
        raise ReletanError("git could not be started.", next="see whether `git version` works here")
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait(), b"", f"Timeout: git did not answer within {timeout:g} seconds.".encode()
    except BaseException:
        process.terminate()
        raise
    return process.returncode, out, err


def _library() -> "type[Git]":
    try:
        from git.cmd import Git
    except ImportError as error:
        if shutil.which("git"):
            raise ReletanError("git cannot be run.", details=str(error).splitlines(),
                               next="see whether `git version` works here") from error  # fmt: skip
        raise UsageError("git is not installed.", next="install git 2.38 or newer") from error
    return Git


def _forget_foreign_environment() -> None:
    # GitPython starts from os.environ, so what must not reach git has to go from there.
    for name in _FOREIGN:
        os.environ.pop(name, None)


_EXPLAINED: tuple[tuple[str, type[ReletanError] | None, str, str], ...] = (
    (
        r"couldn't find remote ref (?:refs/heads/)?(?P<it>\S+)",
        Vanished,
        "The remote moved meanwhile: {it} is gone.",
        "run the command again",
    ),
    (
        r"Unable to create '(?P<it>[^']+\.lock)': File exists",
        None,
        "Another git process holds {it}, or one was killed and left it behind.",
        "when no git is running here, remove that file and run the command again",
    ),
    (
        r"could not lock config file (?P<it>.+): File exists",
        None,
        "Another git process holds {it}.lock, or one was killed and left it behind.",
        "when no git is running here, remove that file and run the command again",
    ),
    (
        r"terminal prompts disabled|Authentication failed|could not read (?:Username|Password)|Permission denied \(publickey"
        r"|HTTP Basic: Access denied|returned error: 40[13]|Invalid username or (?:password|token)|Permission to \S+ denied",
        Unauthorized,
        "The remote refuses our credential, or there is none.",
        "check it with `git ls-remote`; in CI, give the job a token or a deploy key that may read and write",
    ),
    (
        r"transport '(?P<it>[^']*)' not allowed",
        UsageError,
        "The remote uses the transport '{it}', which reletan does not allow.",
        "use an https, ssh or local remote",
    ),
    (
        r"Could not resolve host|unable to access|Could not read from remote|Connection (?:refused|timed out|reset)|timed out"
        r"|early EOF|the remote end hung up|Couldn't connect|Timeout: git did not answer|does not appear to be a git repository",
        None,
        "The remote cannot be reached.",
        "check the network and `git remote -v`, then run the command again; `reletan list --offline` needs no network",
    ),
    (
        r"No space left on device|Read-only file system|Disk quota exceeded|insufficient permission|unable to write",
        None,
        "This clone cannot be written to.",
        "free some space, or check who owns the folder, then run the command again",
    ),
    (
        r"bad config (?P<it>line \d+ in .+)",
        UsageError,
        "git cannot read its configuration: {it}.",
        "mend that line, then run the command again",
    ),
    (
        r"detected dubious ownership",
        UsageError,
        "This folder belongs to somebody else, so git does not trust it.",
        "if you do, run the `git config --global --add safe.directory` line above",
    ),
    (
        r"Please tell me who you are|empty ident name|unable to auto-detect email",
        UsageError,
        "git does not know who you are.",
        "run `git config user.name …` and `git config user.email …`",
    ),
    (
        r"gpg failed to sign|failed to write commit object|unable to sign|error: gpg|ssh-keygen|No secret key|no signing key",
        None,
        "Signing failed, so nothing was pushed.",
        "check `git config user.signingkey` and that the key works (`git tag -s` in a scratch repository)",
    ),
)


def readable(args: Sequence[str], answer: Answer) -> ReletanError:
    """git's failure as an error that says what to do; git's own words come along as details."""
    details = tuple(answer.err.strip().splitlines()[-12:])
    for pattern, kind, message, advice in _EXPLAINED:
        found = re.search(pattern, answer.err)
        if found is None:
            continue
        text = message.format(it=found.groupdict().get("it", ""))
        if kind is None:
            return GitFailed(text, answer.status, answer.err, next=advice)
        return kind(text, next=advice, details=details)
    command = next((a for a in args if not a.startswith("-") and "=" not in a), "")
    return GitFailed(f"`git {command}` failed (exit {answer.status}).", answer.status, answer.err)
