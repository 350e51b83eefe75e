"""Histories with whatever people wrote into them: as values, and in real repositories that the gateway reads back."""

import subprocess
import tempfile
from typing import Any

from graphs import NAMES, sha

from reletan.adapters.gitrepo import GitRepo
from reletan.domain.checklist import brought_in, named_in
from reletan.domain.contributors import Person
from reletan.domain.history import Commit
from reletan.domain.pulls import Released, collect, survey
from reletan.domain.subjects import released_numbers
from torture.fuzz_case import Family, require
from torture.fuzz_git import environment_of
from torture.fuzz_source import Source

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


def make_history(source: Source) -> list[list[Any]]:
    """[parents, message, author] of each commit, the oldest first."""
    return [
        [
            [source.randrange(max(0, at - 5), at) for _ in range(source.choice((1, 1, 1, 2, 2, 3)))] if at else [],
            _message(source, at),
            source.text(2),
        ]
        for at in range(source.randint(1, 12))
    ]


def _message(source: Source, at: int) -> str:
    number, other = source.randint(0, 9), sha(source.randint(0, at))
    usual = (
        f"Merge pull request #{number} from o/topic\n\n{source.text(2)}", f"{source.text(2)} (#{number})",
        f"Merge branch 'release/1.4.{number}'",
        f"Merge pull request #{number} from {source.text(1)}/revert-{number}-x",
        f'Revert "{source.text(1)} (#{number})" (#{number + 1})',
        f"Undo\n\nThis reverts commit {other[: source.choice((6, 7, 10, 40))]}.", f"Reverts o/r#{number}",
        f"x\n\nBREAKING CHANGE: {source.text(1)}",
    )  # fmt: skip
    made = source.choice((source.choice(usual), source.bent(source.choice(usual)), source.text(4)))
    return source.huge(30_000) if source.chance(2_000) else made


def check_history(given: list[list[Any]]) -> None:
    commits = [
        Commit(sha(at), tuple(dict.fromkeys(map(sha, parents))), at, author, message)
        for at, (parents, message, author) in enumerate(given)
    ]
    log = commits[::-1]
    for released in (Released(), Released(numbers=released_numbers(log[len(log) // 2 :]))):
        known = survey(
            log, tip=log[0].sha, names=NAMES, pull_heads={3: sha(1)} if len(given) % 2 else {}, released=released
        )
        told = collect(known, {"1.4.0": log[-1].sha})
        numbers = [pull.number for pull in told.pull_requests]
        require(
            len(set(numbers)) == len(numbers) and all(0 < one < 2**31 for one in numbers), "each number once", numbers
        )
        loose = {one.sha for one in told.commits}
        require(
            loose <= {one.sha for one in log} and loose.isdisjoint(pull.commit for pull in told.pull_requests),
            "each commit once",
            loose,
        )
        brought_in(known)
    named_in(log)
    for commit in log:
        require(
            "\n" not in commit.subject and len(commit.subject) + len(commit.body) <= len(commit.message) + 1,
            "subject and body",
            commit.message,
        )
        Person(commit.author, commit.message).marks  # noqa: B018 - it may raise


def _bytes(text: str, unwanted: str) -> bytes:
    """A half character stands for a byte that is no UTF-8, where it can."""
    kept = "".join(c for c in text if c not in unwanted and not ("\ud800" <= c < "\udc80" or "\udd00" <= c < "\ue000"))
    return kept.encode("utf-8", "surrogateescape")


def raw_commit(
    folder: str, environment: dict[str, str], parent: str | None, tree: str, message: str, author: str, at: int
) -> str:
    """A commit that git would not write, but reads; its id. ``at``: every few have another oddity in their headers."""
    who, words = _bytes(author, "<>\n\0"), _bytes(message, "\0")
    date = (b"1767700000", b"99999999999999999999", b"0", b"", b"1767700000")[at % 5]
    person = who + b" <a@b> " + date + b" +0000\n"
    encoding = (b"", b"", b"encoding UTF-16\n", b"encoding ISO-8859-1\n", b"encoding none\n", b"encoding \xff\n", b"")[
        at % 7
    ]
    parents = f"parent {parent}\n".encode() if parent else b""
    raw = f"tree {tree}\n".encode() + parents + b"author " + person + b"committer " + person + encoding + b"\n" + words
    asked = ["git", "hash-object", "-t", "commit", "-w", "--stdin", "--literally"]
    done = subprocess.run(asked, cwd=folder, input=raw, env=environment, capture_output=True, check=True)
    return done.stdout.decode().strip()


def check_log(given: list[list[Any]]) -> None:
    """A real history with these words, read back by the gateway: nothing gets lost, and nothing gets mixed up."""
    folder = tempfile.mkdtemp(prefix="log-")
    environment = environment_of(folder)
    subprocess.run(["git", "init", "--quiet", "--bare", folder], check=True, env=environment)
    made: list[str] = []
    for at, (_, message, author) in enumerate(given):
        made.append(raw_commit(folder, environment, made[-1] if made else None, EMPTY_TREE, message, author, at))
    found = list(GitRepo(folder).log([made[-1]]))
    require([one.sha for one in found] == made[::-1], "each commit once", [one.sha for one in found])
    collect(survey(found, tip=made[-1], names=NAMES, pull_heads={}), {})


FAMILIES = (
    Family(name="histories", weight=60, make=make_history, check=check_history),
    Family(name="logs", weight=0.7, make=lambda source: make_history(source)[:4], check=check_log, slow=True),
)
