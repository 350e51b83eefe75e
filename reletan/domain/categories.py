"""The headings of release notes: where they come from, and which pull request stands under which."""

import re
from collections.abc import Callable, Iterable

import msgspec

from reletan.domain.config import Category, Config, Language
from reletan.domain.pulls import PullRequest

_JAPANESE = {"Features": "新機能", "Fixes": "不具合修正"}
# What the types of Conventional Commits say where there are no labels
_TYPE = re.compile(r"(feat|fix)(?:\([^)]*\))?!?: ", re.IGNORECASE)
_LABELS_OF_TYPE = {"feat": frozenset({"feature", "enhancement"}), "fix": frozenset({"bug", "fix"})}


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """Which headings there are, and what is left out."""

    categories: tuple[Category, ...]
    exclude_labels: tuple[str, ...] = ()
    exclude_authors: tuple[str, ...] = ()


def policy_of(settings: Config, release_yml: Policy | None, language: Language) -> Policy:
    """The team's headings: of [notes] where somebody set them, else of .github/release.yml, else the usual ones.

    What [notes] leaves out is always left out; what release.yml leaves out, where its word counts.
    """
    own = settings.notes
    if "notes.categories" in settings.sources:
        return Policy(categories=own.categories, exclude_labels=own.exclude_labels, exclude_authors=own.exclude_authors)
    theirs = release_yml or Policy(categories=())
    return Policy(
        categories=theirs.categories or _usual(own.categories, language),
        exclude_labels=own.exclude_labels + theirs.exclude_labels,
        exclude_authors=own.exclude_authors + theirs.exclude_authors,
    )


def _usual(categories: tuple[Category, ...], language: Language) -> tuple[Category, ...]:
    titles = _JAPANESE if language == "ja" else {}
    return tuple(msgspec.structs.replace(one, title=titles.get(one.title, one.title)) for one in categories)


def is_left_out(pull: PullRequest, policy: Policy) -> bool:
    """Whether the policy keeps it out of the notes; without labels nothing but its author can do that."""
    unwanted = _folded(pull.labels or ()) & _folded(policy.exclude_labels)
    return bool(unwanted) or _writer(pull) in _names(policy.exclude_authors)


def taker(category: Category) -> Callable[[PullRequest], bool]:
    """What tells whether ``category`` takes a pull request."""
    wanted, unwanted = _folded(category.labels), _folded(category.exclude_labels)
    writers = _names(category.exclude_authors)

    def takes(pull: PullRequest) -> bool:
        labels = _labels(pull)
        return bool("*" in wanted or wanted & labels) and not unwanted & labels and _writer(pull) not in writers

    return takes


def _labels(pull: PullRequest) -> frozenset[str]:
    """Its labels; without any, those that its title stands for."""
    if pull.labels:
        return _folded(pull.labels)
    found = _TYPE.match(pull.title.raw)
    return _LABELS_OF_TYPE[found[1].lower()] if found else frozenset()


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)


def _names(authors: Iterable[str]) -> frozenset[str]:
    """Logins to compare: GitHub writes a bot with and without its ending."""
    return frozenset(author.casefold().removesuffix("[bot]") for author in authors)


def _writer(pull: PullRequest) -> str:
    name = pull.author or (pull.author_name.raw if pull.author_name else "")
    return name.casefold().removesuffix("[bot]")
