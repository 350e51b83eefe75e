"""The branches of git-flow: what the remote and the clone hold, and which release is open."""

import re
from collections.abc import Iterable, Mapping, Set
from typing import Literal

import msgspec

from reletan.domain.config import Config
from reletan.domain.errors import UsageError
from reletan.domain.refs import problem_with
from reletan.domain.toml import literal

Kind = Literal["release", "hotfix"]
KINDS: tuple[Kind, ...] = ("release", "hotfix")
USUAL_DEVELOPMENT = {"development", "dev", "devel"}
MOST_NAMES = 5


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


def find_branches(settings: Config, refs: RemoteRefs, where: str) -> Branches:
    """The flow's branches: the configured names, else what the remote has; ``where``: how the remote is called.

    Raises UsageError where there are none.
    """
    if not refs.heads:
        raise UsageError("There are no commits yet, so there is nothing to release.",
                         next="make the first commit and push it")  # fmt: skip
    flow = settings.flow
    for name, branch in (("production", flow.production), ("development", flow.development)):
        if branch and branch not in refs.heads:
            raise UsageError(
                f"The {name} branch {branch} does not exist on {where}.",
                next=f"{settings.sources.get(f'flow.{name}', 'a setting')} says {name} = {literal(branch)}; "
                f"correct it there, or push the branch ({where} has {some(refs.heads)})",
            )
    main = flow.production or _default_production(refs)
    if main is None or main not in refs.heads:
        raise UsageError(
            f"There is no main and no master on {where}, so the production branch is not known.",
            next=f"name it with `reletan init --production NAME` ({where} has {some(refs.heads)})",
        )
    named = flow.development or ("develop" if "develop" in refs.heads else main)
    _check_prefixes(flow.release_prefix, flow.hotfix_prefix, refs.heads)
    return Branches(
        production=main, development=named, release_prefix=flow.release_prefix, hotfix_prefix=flow.hotfix_prefix
    )


def unnamed_development(settings: Config, production: str, heads: Set[str], where: str) -> UsageError | None:
    """What is wrong where nobody named development, and a branch looks like it: the release would begin at production."""
    found = sorted((heads & USUAL_DEVELOPMENT) - {production})
    if not found or "develop" in heads or settings.flow.development is not None:
        return None
    return UsageError(
        f"There is no develop on {where}, but there is {' and '.join(found)}.",
        next="say which branch releases begin at: "
        f"reletan init --development {found[0]} (or --development {production}); "
        f"where {found[0]} has a .reletan.toml already: git switch {found[0]}",
    )


def some(heads: Iterable[str]) -> str:
    """The names of a few branches, those of topics last."""
    names = sorted(heads, key=lambda name: ("/" in name, name))
    return ", ".join(names[:MOST_NAMES]) + (", …" if len(names) > MOST_NAMES else "")


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
