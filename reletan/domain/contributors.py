"""Who made the pull requests of a list, and who of them for the first time."""

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from reletan.domain.pulls import PullRequest
from reletan.domain.text import Text

# The address that GitHub gives to those who hide theirs: it tells the login
_NOREPLY = re.compile(r"(?:\d+\+)?([^@]+)@users\.noreply\.github\.com")


class Person(msgspec.Struct, frozen=True):
    """An author as git writes one down."""

    email: str
    name: str

    @property
    def marks(self) -> frozenset[str]:
        """What tells that two commits are of one person: the address, the name, or the login in the address."""
        found = _NOREPLY.fullmatch(self.email)
        return frozenset(mark.casefold() for mark in (self.email, self.name, found[1] if found else "") if mark)


class Contributor(msgspec.Struct, frozen=True, kw_only=True):
    """``login``: None without GitHub; ``first_time``: whether nothing of theirs is in earlier history."""

    login: str | None
    name: Text | None
    first_time: bool
    pull_requests: tuple[int, ...]


def contributors(
    pulls: Sequence[PullRequest], writers: Mapping[int, Person], earlier: Iterable[Person]
) -> tuple[Contributor, ...]:
    """The authors of ``pulls`` in the order of their newest one. ``writers``: number -> who wrote its commits.

    ``earlier``: the authors of everything before; read only until all of ours have been seen.
    """
    groups: dict[str, list[PullRequest]] = {}
    for pull in pulls:
        if key := pull.author or (pull.author_name.raw if pull.author_name else ""):
            groups.setdefault(key, []).append(pull)
    marks = {key: _marks(group, writers) for key, group in groups.items()}
    known = _seen(marks, earlier)
    return tuple(
        Contributor(
            login=group[0].author,
            name=group[0].author_name,
            first_time=key not in known,
            pull_requests=tuple(pull.number for pull in group),
        )
        for key, group in groups.items()
    )


def _marks(group: Sequence[PullRequest], writers: Mapping[int, Person]) -> set[str]:
    marks = {mark for pull in group if pull.number in writers for mark in writers[pull.number].marks}
    names = (group[0].author, group[0].author_name.raw if group[0].author_name else None)
    return marks | {name.casefold() for name in names if name}


def _seen(marks: Mapping[str, set[str]], earlier: Iterable[Person]) -> set[str]:
    """The keys of those who have a mark in common with somebody earlier."""
    missing = dict(marks)
    tried: set[Person] = set()
    for person in earlier if missing else ():
        if person not in tried:
            tried.add(person)
            missing = {key: own for key, own in missing.items() if not own & person.marks}
            if not missing:
                break
    return marks.keys() - missing.keys()
