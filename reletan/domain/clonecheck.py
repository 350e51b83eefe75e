"""What is right and wrong with a clone: facts -> checks of ``reletan doctor``."""

from collections.abc import Sequence

import msgspec

from reletan.domain.config import Config
from reletan.domain.doctor import Check, failed, good, skipped, typed, warning
from reletan.domain.gitflow import AVH_KEYS, GitFlow, Said
from reletan.domain.setup import commit_command
from reletan.domain.toml import literal

_MOST_NAMED = 3


class Identity(msgspec.Struct, frozen=True):
    """As git would write it: ``who`` is "Hana <hana@example.com>". ``given``: somebody said so; else git guessed it."""

    who: str
    given: bool


class Signing(msgspec.Struct, frozen=True):
    """``wanted``: the keys of git's configuration that ask for signatures; ``format``: openpgp, ssh or x509; ``key``: as
    configured; ``problem`` and ``fix``: why it will not work.
    """

    wanted: tuple[str, ...]
    format: str
    key: str | None
    problem: str | None = None
    fix: str = ""


class Lock(msgspec.Struct, frozen=True):
    """A lock file of git's, and its age in seconds."""

    path: str
    age: int


def history_check(*, shallow: bool, partial: bool) -> Check:
    if shallow:
        return warning("clone.history", "the clone is shallow: --offline and --no-fetch stop, other commands fetch all the rest",
                       "git fetch --unshallow  # in CI: fetch-depth: 0")  # fmt: skip
    if partial:
        return good("clone.history", "a partial clone: git fetches the files that a merge needs")
    return good("clone.history", "all of it is here")


def locks_check(locks: Sequence[Lock]) -> Check:
    if not locks:
        return good("clone.locks", "none was left behind")
    named = ", ".join(f"{lock.path} ({lock.age // 60} min old)" for lock in locks[:_MOST_NAMED])
    named += ", …" if len(locks) > _MOST_NAMED else ""
    return warning("clone.locks", f"git is at work here, or one was killed and left {len(locks)} locked: {named}",
                   f"{typed('rm', *(lock.path for lock in locks))}  # when no git is running here")  # fmt: skip


def journal_check(unfinished: Sequence[str], torn: Sequence[str]) -> Check:
    """``unfinished``: versions; ``torn``: paths of what cannot be read."""
    if unfinished:
        return warning("clone.journal", f"begun and not finished: {', '.join(unfinished)}",
                       typed("reletan", "resume", unfinished[0]))  # fmt: skip
    if torn:
        return warning("clone.journal", f"cannot be read, and is not heeded: {', '.join(torn)}", typed("rm", *torn))
    return good("clone.journal", "nothing was interrupted")


def identity_check(identity: Identity | None) -> Check:
    fix = 'git config --global user.name "Your Name" && git config --global user.email you@example.com'
    if identity is None:
        return failed("clone.identity", "git does not know who you are, so nothing can be released", fix)
    if not identity.given:
        return warning("clone.identity", f"nobody told git who you are; it guesses {identity.who}", fix)
    return good("clone.identity", identity.who)


def signing_check(signing: Signing) -> Check:
    if not signing.wanted:
        return skipped("clone.signing", "git is not configured to sign; `tag --sign` asks for it")
    what = f"{' and '.join(signing.wanted)} (with {signing.format})"
    if signing.problem:
        return failed("clone.signing", f"{what} cannot work: {signing.problem}", signing.fix)
    return good("clone.signing", f"{what}; the key is {signing.key or 'the one of your address'}")


def settings_check(config: Config, uncommitted: str | None = None) -> Check:
    """For settings that can be: each place that has a say. ``uncommitted``: their file, where no commit has it."""
    if uncommitted:
        return warning("clone.settings", f"valid, but {uncommitted} is in no commit: the team and CI do not have it",
                       f"{commit_command(uncommitted)}  # then push it")  # fmt: skip
    keys = {key for key, _ in config.items()}
    said = dict.fromkeys(source.partition(":")[0] for source in config.sources.values() if source not in keys)
    return good("clone.settings", f"valid, from {', '.join(said)}" if said else "all are the defaults")


# -- git-flow --------------------------------------------------------------------------------------------------------


def git_flow_check(config: Config, shared: GitFlow, clone: GitFlow) -> Check:
    """Whether git-flow's keys, of a committed ``.gitflow`` (``shared``) and of the clone, say what reletan goes by."""
    id = "clone.git-flow"
    if config.conflicts:
        return failed(id, "; ".join(config.conflicts), _decide(config.conflicts[0]))
    if not any((shared.avh, shared.next, clone.avh, clone.next)):
        return skipped(id, "it is not set up in this clone, and reletan does not need it")
    drifts = [
        (key, said, place)
        for place, flow in ((".gitflow", shared), ("", clone))
        for avh_or_next in (flow.avh, flow.next)
        for key, said in avh_or_next.items()
        if said.value != _value(config, key)
    ]
    if not drifts:
        return good(id, "its keys say the same as reletan's settings")
    key, said, place = drifts[0]
    texts = [f"{one.key} is {literal(one.value)}, {config.sources.get(key, 'the default')} says {literal(_value(config, key))}"
             for key, one, _ in drifts]  # fmt: skip
    return warning(id, f"git-flow would do something else: {'; '.join(texts)}", _mend(key, said, place, config))


def _value(config: Config, key: str) -> object:
    section, _, name = key.partition(".")
    return getattr(getattr(config, section), name)


def _mend(key: str, said: Said, place: str, config: Config) -> str:
    value = str(_value(config, key))
    if said.key.endswith((".type", ".parent")):
        return f"make {value} the {key.partition('.')[2]} branch of git-flow-next: git flow config list"
    where = ("--file", place) if place else ()
    return typed("git", "config", *where, "--replace-all", said.key, value)


def _decide(conflict: str) -> str:
    key = next((key for key in AVH_KEYS if key in conflict), "flow.production")
    return f"say what is right in .reletan.toml, under [flow]: {key.partition('.')[2]} = …"
