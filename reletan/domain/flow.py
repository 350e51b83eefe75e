"""The branches of git-flow: what the remote and the clone hold, and which release is open."""

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from reletan.domain.errors import UsageError
from reletan.domain.refs import problem_with

Kind = Literal["release", "hotfix"]
KINDS: tuple[Kind, ...] = ("release", "hotfix")


def is_version(text: str) -> bool:
    """Whether ``text`` can be a version, and so part of a branch's, a tag's and a file's name: a digit comes first."""
    return re.fullmatch(r"[0-9][0-9A-Za-z._-]*", text) is not None and problem_with(text) is None


class Tag(msgspec.Struct, frozen=True):
    """A tag: the object that the ref names (a tag object, or the commit itself) and the commit behind it."""

    object: str
    commit: str


class RemoteRefs(msgspec.Struct, frozen=True, kw_only=True):
    """One look at a remote. Branch and tag names are short; ``pulls`` maps numbers to head commits."""

    heads: dict[str, str]
    tags: dict[str, Tag]
    pulls: dict[int, str] = {}
    default: str | None = None


class LocalBranch(msgspec.Struct, frozen=True):
    oid: str
    worktree: str | None


class LocalRefs(msgspec.Struct, frozen=True, kw_only=True):
    """A clone's branches, tags, and tracking refs of the release remote."""

    heads: dict[str, LocalBranch]
    tags: dict[str, Tag]
    tracking: dict[str, str]


class Branches(msgspec.Struct, frozen=True, kw_only=True):
    """The names that a team's flow uses, once they are known. Where there is only one, development is production."""

    production: str
    development: str
    release_prefix: str
    hotfix_prefix: str

    @property
    def single(self) -> bool:
        return self.production == self.development

    def prefix(self, kind: Kind) -> str:
        return self.release_prefix if kind == "release" else self.hotfix_prefix

    def base(self, kind: Kind) -> str:
        """The branch that a new branch of this kind starts from."""
        return self.development if kind == "release" else self.production

    def kind_of(self, branch: str) -> tuple[Kind, str] | None:
        """(kind, version) of a release or hotfix branch's name; None for any other, such as ``hotfix/fix-login``."""
        for kind in ("hotfix", "release"):
            prefix = self.prefix(kind)
            if branch.startswith(prefix) and is_version(branch[len(prefix) :]):
                return kind, branch[len(prefix) :]
        return None


class OpenBranch(msgspec.Struct, frozen=True, kw_only=True):
    """A release or hotfix branch that exists: on the remote, or only in this clone (``published`` false)."""

    kind: Kind
    version: str
    name: str
    head: str
    published: bool = True


def find_branches(
    production: str | None, development: str | None, release_prefix: str, hotfix_prefix: str, refs: RemoteRefs,
    *, development_required: bool
) -> Branches:  # fmt: skip
    """The flow's branches: the configured names, else what the remote has. Raises UsageError where there are none."""
    if not refs.heads:
        raise UsageError("There are no commits yet, so there is nothing to release.",
                         next="make the first commit and push it")  # fmt: skip
    main = production or _default_production(refs)
    if main is None or main not in refs.heads:
        raise UsageError(
            f"The production branch {main or 'main'} does not exist on the remote.",
            next="name it with `reletan init --production NAME`",
        )
    named = development or "develop"
    if named not in refs.heads:
        if development and development_required:
            raise UsageError(
                f"The development branch {named} does not exist on the remote.",
                next="push it, or name another with `reletan init --development NAME`",
            )
        named = main
    _check_prefixes(release_prefix, hotfix_prefix, refs.heads)
    return Branches(production=main, development=named, release_prefix=release_prefix, hotfix_prefix=hotfix_prefix)


def _default_production(refs: RemoteRefs) -> str | None:
    known = [name for name in ("main", "master") if name in refs.heads]
    if refs.default in known or (not known and refs.default != "develop"):
        return refs.default
    return known[0] if known else None


def _check_prefixes(release: str, hotfix: str, heads: Mapping[str, str]) -> None:
    for prefix in (release, hotfix):
        if prefix.endswith("/") and prefix[:-1] in heads:
            raise UsageError(
                f"A branch is named {prefix[:-1]}, so git cannot have branches below {prefix}.",
                next=f"rename that branch, or set another prefix with `reletan init` (now {prefix})",
            )


def open_branches(branches: Branches, refs: RemoteRefs, local: LocalRefs | None = None) -> list[OpenBranch]:
    """Every release and hotfix branch of the remote, then those that only this clone has."""
    found = []
    names = {name: (oid, True) for name, oid in refs.heads.items()}
    if local is not None:
        names = {name: (branch.oid, False) for name, branch in local.heads.items()} | names
    for name, (oid, published) in sorted(names.items()):
        if (which := branches.kind_of(name)) and name not in (branches.production, branches.development):
            found.append(OpenBranch(kind=which[0], version=which[1], name=name, head=oid, published=published))
    return found
