"""A team's history to list: pull requests of every kind since a release, and what GitHub knows about them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from reletan.sandbox.origin import Person, run_git, written

SLUG = "flowers/shop"
SINCE = "v1.3.0"
FIRST_NUMBER = 201
REBASED_ONE_IN = 50
BEGIN = 1_700_000_000
PACE = 600  # seconds from commit to commit

_PEOPLE = tuple(Person(name) for name in ("Hana", "Yuki", "Marta", "Jonas", "Amara", "Wei", "Lena", "Ravi", "Sofia", "Tomas",
                                          "Ines", "Kofi", "Mei", "Oskar", "Priya", "Nils"))  # fmt: skip
_DEVELOP = "refs/heads/develop"
_WORK = (("Add {}", "feature"), ("Fix the sum of {}", "bug"), ("Show {} on the first page", "feature"),
         ("Speed up {}", "enhancement"), ("Explain {}", "documentation"), ("feat: export {}", "feature"),
         ("fix(cart): no error without {}", "bug"))  # fmt: skip
_THINGS = (
    "gift cards",
    "the basket",
    "wish lists",
    "invoices",
    "the search",
    "taxes",
    "注文履歴",
    "stock",
    "mails to customers",
)

How = Literal["merge", "squash", "rebase"]


class Pull(msgspec.Struct, frozen=True, kw_only=True):
    """A merged pull request. ``head``: the last commit of its branch; ``commit``: what merging it made; ``brought``: the
    commits on development that came with it and do not name it.
    """

    number: int
    title: str
    how: How
    author: Person
    label: str
    branch: str
    head: str
    commit: str
    brought: tuple[str, ...]

    @property
    def facts(self) -> dict[str, Any]:
        """As GraphQL tells it."""
        return {
            "__typename": "PullRequest", "number": self.number, "title": self.title, "merged": True,
            "mergedAt": "2023-12-01T10:00:00Z", "headRefName": self.branch, "headRefOid": self.head,
            "headRepositoryOwner": {"login": SLUG.split("/")[0]}, "baseRepository": {"nameWithOwner": SLUG},
            "mergeCommit": {"oid": self.commit, "messageHeadline": self.title[:72]},
            "author": {"__typename": "User", "login": self.author.login, "name": self.author.name},
            "labels": {"nodes": [{"name": self.label}]}, "commits": {"totalCount": max(len(self.brought), 1)},
        }  # fmt: skip


def build(origin: Path, env: Mapping[str, str], count: int) -> list[Pull]:
    """Fill a bare repository: main with v1.3.0, and a develop that merged ``count`` pull requests since."""
    history = _History()
    develop = ""
    for person in _PEOPLE[: len(_PEOPLE) // 2]:
        develop = history.commit("refs/heads/main", f"Begin the part of {person.name}", person, [develop], "README")
    history.tag(SINCE, develop)
    pulls = []
    for number in range(FIRST_NUMBER, FIRST_NUMBER + count):
        pulls.append(pull := _merge_one(history, develop, number))
        develop = pull.commit
    ids = history.write(origin, env)
    return [
        msgspec.structs.replace(
            pull, head=ids[pull.head], commit=ids[pull.commit], brought=tuple(ids[mark] for mark in pull.brought)
        )
        for pull in pulls
    ]


def _merge_one(history: "_History", develop: str, number: int) -> Pull:
    """One or two commits on a branch, merged as the team happens to; its ids are marks still."""
    verb, label = _WORK[number % len(_WORK)]
    title = verb.format(_THINGS[number % len(_THINGS)])
    author, branch, path = _PEOPLE[number % len(_PEOPLE)], f"{label}/{number}", f"src/{number % 40}/{number}.txt"
    steps = [f"{title}, step {step}" for step in range(1, 2 + number // 2 % 2)]
    on_branch = _chain(history, f"refs/pull/{number}/head", steps, author, develop, path)
    how: How = "rebase" if number % REBASED_ONE_IN == 0 else "squash" if number % 2 else "merge"
    if how == "merge":
        said = f"Merge pull request #{number} from {SLUG.split('/')[0]}/{branch}\n\n{title}"
        commit, brought = history.commit(_DEVELOP, said, author, [develop, on_branch[-1]], path), on_branch
    elif how == "squash":
        commit, brought = history.commit(_DEVELOP, f"{title} (#{number})", author, [develop], path), []
    else:
        # A line more than the branch has, or the copies would be the same objects
        brought = _chain(history, _DEVELOP, [f"{step}\n\nReviewed." for step in steps], author, develop, path)
        commit = brought[-1]
    return Pull(number=number, title=title, how=how, author=author, label=label, branch=branch, head=on_branch[-1],
                commit=commit, brought=tuple(brought))  # fmt: skip


def _chain(history: "_History", ref: str, steps: Sequence[str], author: Person, start: str, path: str) -> list[str]:
    chain = [start]
    for step in steps:
        chain.append(history.commit(ref, step, author, [chain[-1]], path))
    return chain[1:]


class _History:
    """A stream for ``git fast-import``; commits are known by their marks."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._marks: list[str] = []

    def commit(self, ref: str, message: str, author: Person, parents: Sequence[str], path: str) -> str:
        """Add a commit on ``parents`` ("" is none) that changes ``path``; its mark."""
        mark = f":{len(self._marks) + 1}"
        self._marks.append(mark)
        when = author.at(BEGIN + PACE * len(self._marks))
        lines = [
            f"commit {ref}",
            f"mark {mark}",
            f"author {when}",
            f"committer {when}",
            f"data {len(message.encode())}\n{message}",
            *(f"{'merge' if at else 'from'} {parent}" for at, parent in enumerate(parents) if parent),
        ]
        self._parts.append("\n".join(lines).encode() + b"\n" + written({path: message}))
        return mark

    def tag(self, name: str, at: str) -> None:
        tagger = _PEOPLE[0].at(BEGIN)
        self._parts.append(f"tag {name}\nfrom {at}\ntagger {tagger}\ndata {len(name)}\n{name}\n".encode())

    def write(self, origin: Path, env: Mapping[str, str]) -> dict[str, str]:
        """Import it all; mark -> object id."""
        asked = "".join(f"get-mark {mark}\n" for mark in self._marks).encode()
        ids = run_git("fast-import", "--quiet", "--force", cwd=origin, env=env, stdin=b"".join([*self._parts, asked]))
        return dict(zip(self._marks, ids.decode().split(), strict=True))
