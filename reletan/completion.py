"""What a shell may offer after Tab: from this clone's disk alone, without a word, and without ever failing."""

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from reletan.domain.config import Config

Candidates = Callable[..., list[str]]


class Names:
    """The names that a clone knows. Only those that may reach git are here, so that none is code to a shell either."""

    def __init__(self, directory: str) -> None:
        from reletan.adapters.quickclone import QuickClone
        from reletan.adapters.settings import load
        from reletan.domain.refs import problem_with

        clone = QuickClone(directory)
        self.settings: Config = load(clone, os.environ, {})
        refs = [ref for ref in clone.refs() if not problem_with(ref.split("/", 2)[2])]
        tracking = f"refs/remotes/{self.settings.flow.remote}/"
        self.tags = [ref[10:] for ref in refs if ref.startswith("refs/tags/")]
        self.branches = [ref[len(tracking) :] for ref in refs if ref.startswith(tracking) and not ref.endswith("/HEAD")]
        self.heads = [ref[11:] for ref in refs if ref.startswith("refs/heads/")]
        remotes = [key[7:-4] for key, _ in clone.config() if key.startswith("remote.") and key.endswith(".url")]
        self.remotes = [remote for remote in remotes if not problem_with(remote)]

    def released(self) -> list[str]:
        """The versions of the release tags, the newest first."""
        from reletan.domain.version import FINAL_TAG, sort_key

        prefix = self.settings.flow.tag_prefix
        found = {
            match[2]: None
            for tag in self.tags
            if (match := FINAL_TAG.fullmatch(tag)) and (prefix is None or match[1] == prefix)
        }
        return sorted(found, key=sort_key, reverse=True)

    def open(self, *kinds: str) -> dict[str, str]:
        """Version -> branch of each open release or hotfix. A tracking ref may outlive its branch: what has a tag is over."""
        from reletan.domain.flow import Branches

        flow = self.settings.flow
        names = Branches(production="", development="", release_prefix=flow.release_prefix,
                         hotfix_prefix=flow.hotfix_prefix)  # fmt: skip
        found = {branch: names.kind_of(branch) for branch in (*self.branches, *self.heads)}
        over = self.released()
        return {
            kind[1]: branch
            for branch, kind in found.items()
            if kind and kind[1] not in over and (not kinds or kind[0] in kinds)
        }


def _safely(candidates: Callable[[Names, typer.Context], Iterable[str]]) -> Candidates:
    """Nothing is offered where something is wrong: in the wrong folder, with broken settings, without git."""

    def offered(ctx: typer.Context) -> list[str]:
        try:
            names = Names(ctx.find_root().params.get("directory") or ".")
            return list(dict.fromkeys(candidates(names, ctx)))
        except Exception:
            return []

    return offered


def one_of(words: str) -> Candidates:
    """The words of a metavar such as ``auto|push|pull-request``."""

    def offered() -> list[str]:
        return words.split("|")

    return offered


def _start_words(names: Names, ctx: typer.Context) -> Iterable[str]:
    from reletan.domain.version import LEVELS, bump

    given = ctx.params.get("what") or []
    if len(given) > 1 or (given and given[0] not in ("release", "hotfix")):
        return []
    kind = given[0] if given else "release"
    last = next(iter(names.released()), None)
    proposed = [bump(last, level) for level in (("patch",) if kind == "hotfix" else LEVELS)]
    return [*(() if given else ("release", "hotfix")), *LEVELS, *names.open(kind), *proposed]


open_versions = _safely(lambda names, _: names.open())
versions = _safely(lambda names, _: [*names.open(), *names.released()])
versions_and_branches = _safely(lambda names, _: [*names.open(), *names.open().values()])
revisions = _safely(lambda names, _: [*names.tags, *names.branches, *names.heads])
branches = _safely(lambda names, _: names.branches or names.heads)
remotes = _safely(lambda names, _: names.remotes)
environments = _safely(lambda names, _: names.settings.environments)
start_words = _safely(_start_words)
