"""How reletan runs git: argv lists, no prompts, a known environment, timeouts, and errors that a person can read."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence

from reletan.domain.errors import ReletanError, Unauthorized, UsageError
from reletan.terminal import in_ci

# A local command that takes longer than this hangs; a transfer may take long on a slow line.
LOCAL_TIMEOUT = 120
NETWORK_TIMEOUT = 600
MINIMUM = (2, 38)

# What git sets for its own hooks, or a person for another repository: this run's folder decides, and nothing else.
_FOREIGN = (
    "GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_COMMON_DIR GIT_PREFIX "
    "GIT_NAMESPACE GIT_SHALLOW_FILE GIT_GRAFT_FILE GIT_REPLACE_REF_BASE GIT_NO_REPLACE_OBJECTS GIT_IMPLICIT_WORK_TREE "
    "GIT_CONFIG GIT_CEILING_DIRECTORIES GIT_QUARANTINE_PATH GIT_LITERAL_PATHSPECS GIT_EXTERNAL_DIFF GIT_TRACE"
).split()


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
    """Runs git in one folder. Every other piece of the gateway goes through here."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
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
        git = self._git if cwd is None else _library()(cwd)
        with tempfile.TemporaryFile() as source:
            if stdin is not None:
                source.write(stdin.encode("utf-8", "surrogateescape"))
                source.seek(0)
            status, out, err = git.execute(
                ["git", *args],
                istream=source if stdin is not None else None,
                with_extended_output=True,
                with_exceptions=False,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
                kill_after_timeout=timeout if timeout != LOCAL_TIMEOUT else None,
                env={**self._environment(), **(env or {})},
            )
        answer = Answer(status, bytes(out).decode("utf-8", "replace"), without_secrets(str(err)))
        if status not in ok:
            raise readable(args, answer)
        return answer

    def line(self, *args: str) -> str:
        """The answer of a command that prints one line."""
        return self.run(*args).out.rstrip("\n")

    def records(self, *args: str) -> Iterator[str]:
        """The NUL-terminated records of a long answer, read while git still works."""
        process = self._git.execute(["git", *args], as_process=True, env=self._environment())
        rest = b""
        while chunk := process.stdout.read1(1 << 20):
            *whole, rest = (rest + chunk).split(b"\0")
            for record in whole:
                yield record.decode("utf-8", "replace")
        if rest:
            yield rest.decode("utf-8", "replace")
        err = process.stderr.read().decode("utf-8", "replace")
        status = process.proc.wait()
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


def _library() -> type:
    try:
        from git.cmd import Git
    except ImportError as error:
        if shutil.which("git"):
            raise
        raise UsageError("git is not installed.", next="install git 2.38 or newer") from error
    return Git


def _forget_foreign_environment() -> None:
    # GitPython starts from os.environ, so what must not reach git has to go from there.
    for name in _FOREIGN:
        os.environ.pop(name, None)


def without_secrets(text: str) -> str:
    """``text`` without the user information of URLs: a token may stand there."""
    return re.sub(r"(\w+://)[^/\s@]+@", r"\1***@", text)


_EXPLAINED: tuple[tuple[str, type[ReletanError] | None, str, str], ...] = (
    (
        r"Unable to create '(?P<it>[^']+\.lock)': File exists",
        None,
        "Another git process holds {it}, or one was killed and left it behind.",
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
        r"|early EOF|the remote end hung up|Couldn't connect|Timeout: the command|does not appear to be a git repository",
        None,
        "The remote cannot be reached.",
        "check the network and `git remote -v`, then run the command again",
    ),
    (
        r"No space left on device|Read-only file system|Disk quota exceeded|insufficient permission|unable to write",
        None,
        "This clone cannot be written to.",
        "free some space, or check who owns the folder, then run the command again",
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
    for pattern, kind, message, next in _EXPLAINED:
        found = re.search(pattern, answer.err)
        if found is None:
            continue
        text = message.format(it=found.groupdict().get("it", ""))
        if kind is None:
            return GitFailed(text, answer.status, answer.err, next=next)
        return kind(text, next=next, details=details)
    command = next((a for a in args if not a.startswith("-") and "=" not in a), "")
    return GitFailed(f"`git {command}` failed (exit {answer.status}).", answer.status, answer.err)
