"""The doctor's judgement of a machine and a clone: facts -> checks, each failure and warning with what mends it."""

import ast
import shlex
from collections.abc import Iterator, Sequence
from importlib import import_module
from inspect import signature
from pathlib import Path

import pytest
from doctoring import judged
from hypothesis import given
from hypothesis import strategies as st

import reletan
from reletan.domain import gitflow
from reletan.domain.clonecheck import (
    Identity,
    Lock,
    Signing,
    git_flow_check,
    history_check,
    identity_check,
    journal_check,
    locks_check,
    settings_check,
    signing_check,
)
from reletan.domain.config import Config
from reletan.domain.doctor import (
    Check,
    address_check,
    clock_check,
    failed,
    failed_by,
    git_check,
    good,
    report,
    skipped,
    typed,
    warning,
)
from reletan.domain.errors import ReletanError, UsageError
from reletan.domain.layers import from_tables, resolve

# the report


def test_only_what_failed_makes_a_report_fail() -> None:
    fine = (good("machine.git", ""), warning("clone.locks", "", "rm"), skipped("slack.token", ""))
    assert report(fine).ok
    assert not report((*fine, failed("github.api", "", "wait"))).ok


def test_a_report_has_its_parts_in_order_and_keeps_the_order_within() -> None:
    ids = ["slack.token", "machine.git", "github.token", "machine.clock", "clone.locks"]
    assert [check.id for check in report(good(id, "") for id in ids).checks] == [
        "machine.git", "machine.clock", "clone.locks", "github.token", "slack.token"
    ]  # fmt: skip


def test_an_error_is_a_failed_check_with_its_next_command() -> None:
    judged(
        failed_by("clone.settings", UsageError("It is wrong.", next="mend it")), "failed", "It is wrong |", "mend it"
    )
    unsafe = UsageError(
        "Not yours.", details=("add it:", "\tgit config --global --add safe.directory /x"), next="see above"
    )
    assert failed_by("clone.repository", unsafe).fix == "git config --global --add safe.directory /x"
    git = ReletanError("`git x` failed (exit 3).", details=("fatal: it is not so", "more"))
    judged(failed_by("clone.locks", git), "failed", "`git x` failed (exit 3): fatal: it is not so |", "reletan doctor")


@given(st.lists(st.text(min_size=1), min_size=1))
def test_a_command_to_type_means_to_a_shell_what_it_says(words: list[str]) -> None:
    assert shlex.split(typed(*words)) == words


# the machine and the remote


@pytest.mark.parametrize(
    ("version", "state"),
    [("git version 2.38.0", "ok"), ("git version 3.0", "ok"), ("git version 2.39.5 (Apple Git-154)", "ok"),
     ("git version 2.37.9", "failed"), ("git version 1.99", "failed"), ("no numbers", "failed")],
)  # fmt: skip
def test_git_has_to_be_new_enough(version: str, state: str) -> None:
    judged(git_check(version, "/usr/bin/git", (2, 38)), state, "/usr/bin/git")


@pytest.mark.parametrize(
    ("off", "state", "words"),
    [(0, "ok", ""), (60, "ok", ""), (-60, "ok", ""), (61, "warning", "61 seconds fast"), (-61, "warning", "61 seconds slow"),
     (7200, "warning", "2 hours fast"), (-3 * 86_400, "warning", "3 days slow")],
)  # fmt: skip
def test_a_clock_may_be_a_minute_off(off: int, state: str, words: str) -> None:
    judged(clock_check(1_000_000.0 + off, 1_000_000, "github.com"), state, words, "github.com")


@pytest.mark.parametrize(
    ("url", "clean"),
    [("https://user:pass@host/x.git", "https://host/x.git"), ("https://ghp_abc123@github.com/a/b", "https://github.com/a/b"),
     ("https://x-access-token:t@github.com/a/b", "https://github.com/a/b"), ("HTTPS://github_pat_1@h/x", "HTTPS://h/x"),
     ("https://hana:p@ss/w0rd@h:1/x", "https://h:1/x"), ("https://t0k3n@h/x", "https://h/x"), ("http://hana:/pass@h/x", "http://h/x")],
)  # fmt: skip
def test_a_secret_in_the_remotes_address_is_told_and_not_shown(url: str, clean: str) -> None:
    check = address_check("origin", url, "", url)
    assert check is not None
    judged(check, "warning", f"git remote set-url origin {clean} ")
    pushes = address_check("origin", clean, url, clean)
    assert pushes is not None
    judged(pushes, "warning", f"git remote set-url --push origin {clean} ")
    instead = address_check("origin", clean, "", url)
    assert instead is not None
    judged(instead, "warning", "git config --show-origin --get-regexp")
    told = f"{check}{pushes}{instead}"
    assert not [secret for secret in ("pass@", "ghp_", ":t@", "pat_", "t0k3n", "ss/w0rd") if secret in told]


@pytest.mark.parametrize(
    "url",
    ["https://github.com/a/b", "https://host:8080/a@b", "https://[::1]:1/x@y", "git@github.com:a/b.git", "ssh://git@h/x", "/srv/a@b"],
)  # fmt: skip
def test_an_address_without_a_secret_is_not_told(url: str) -> None:
    assert address_check("origin", url, "", url) is None


# the clone


def test_what_is_wrong_with_a_clone() -> None:
    judged(history_check(shallow=False, partial=False), "ok")
    judged(history_check(shallow=False, partial=True), "ok", "partial")
    judged(history_check(shallow=True, partial=False), "warning", "git fetch --unshallow", "fetch-depth: 0")
    judged(locks_check([]), "ok")
    judged(locks_check([Lock("/a b/index.lock", 600)]), "warning", "10 min old", "rm '/a b/index.lock'")
    many = locks_check([Lock(f"/x/{number}.lock", 0) for number in range(5)])
    judged(many, "warning", "left 5 locked", ", …", "rm /x/0.lock /x/1.lock /x/2.lock /x/3.lock /x/4.lock ")
    judged(journal_check([], []), "ok")
    judged(journal_check(["1.4.0"], ["/x/9.json"]), "warning", "1.4.0", "reletan resume 1.4.0")
    judged(journal_check([], ["/x/9.json"]), "warning", "rm /x/9.json")
    judged(identity_check(None), "failed", "git config --global user.name")
    judged(identity_check(Identity("root <root@box>", given=False)), "warning", "root <root@box>")
    judged(identity_check(Identity("Hana <hana@example.com>", given=True)), "ok", "Hana <hana@example.com>")


def test_signing_is_judged_where_it_is_asked_for() -> None:
    judged(signing_check(Signing((), "openpgp", "ABC", "would fail", "x")), "skipped")
    judged(
        signing_check(Signing(("tag.gpgsign",), "ssh", "~/.ssh/id.pub")), "ok", "tag.gpgsign", "ssh", "~/.ssh/id.pub"
    )
    judged(
        signing_check(Signing(("tag.gpgsign",), "openpgp", None, "no key", "make one")), "failed", "no key", "make one"
    )


def config(**tables: dict[str, object]) -> Config:
    return resolve([from_tables(".reletan.toml", tables)])


def test_settings_name_their_places() -> None:
    judged(settings_check(Config()), "ok", "defaults")
    followed = config(flow={"development": "dev"})
    assert "automerge.base" in followed.sources
    assert settings_check(followed).text == "valid, from .reletan.toml"


def flow(*pairs: tuple[str, str]) -> gitflow.GitFlow:
    return gitflow.read(pairs)


def drift(settings: Config, *clone: tuple[str, str], shared: Sequence[tuple[str, str]] = ()) -> Check:
    return git_flow_check(settings, flow(*shared), flow(*clone))


def test_git_flow_that_says_something_else_is_told_with_the_command() -> None:
    settings = config(flow={"production": "main", "tag_prefix": "v"})
    judged(drift(settings), "skipped")
    judged(drift(settings, ("gitflow.branch.master", "main")), "ok")
    judged(drift(settings, ("gitflow.branch.master", "old")), "warning", "gitflow.branch.master", '"old"', '"main"',
           "| git config --replace-all gitflow.branch.master main")  # fmt: skip
    judged(
        drift(settings, shared=[("gitflow.prefix.versiontag", "")]),
        "warning",
        "git config --file .gitflow --replace-all gitflow.prefix.versiontag v",
    )
    judged(drift(settings, ("gitflow.branch.old.type", "base")), "warning", "git-flow-next", "main")


def test_what_follows_in_a_command_is_quoted() -> None:
    settings = resolve([from_tables(".reletan.toml", {"flow": {"remote": "up"}})])
    strange = drift(settings, ("gitflow.origin", "$(reboot)"))
    assert strange.fix == "git config --replace-all gitflow.origin up"
    assert '"$(reboot)"' in strange.text


def test_two_git_flows_that_disagree_fail() -> None:
    avh, next_ = ("gitflow.branch.master", "old"), ("gitflow.branch.main.type", "base")
    clone = flow(avh, next_)
    both = resolve([clone.layer("git configuration")], gitflow.conflicts(flow(), clone))
    judged(git_flow_check(both, flow(), clone), "failed", "disagree about flow.production", "under [flow]: production")


# what goes wrong anywhere on the doctor's way

# Words of git and of Slack come with them
TOLD_BY_OTHERS = ("GitFailed", "SlackError", "_Taken")
NOT_ON_THE_WAY = ("hooks.py", "releaseyml.py")


@pytest.mark.parametrize(
    "module",
    ["adapters", "domain/layers.py", "domain/flow.py", "domain/version.py", "commands/observing.py", "commands/github.py",
     "commands/slack.py", "commands/composing.py", "commands/releasepull.py"],
)  # fmt: skip
def test_every_error_that_can_reach_the_doctor_says_what_to_do(module: str) -> None:
    place = Path(reletan.__file__).parent / module
    files = [file for file in (place.glob("*.py") if place.is_dir() else [place]) if file.name not in NOT_ON_THE_WAY]
    silent = [f"{file.name}:{call.lineno}" for file in files for call in _errors(file) if "next" not in _options(call)]
    assert (len(files) > 0, silent) == (True, [])


def _errors(file: Path) -> Iterator[ast.Call]:
    name = ".".join(file.relative_to(Path(reletan.__file__).parent.parent).with_suffix("").parts)
    module = import_module(name)
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id not in TOLD_BY_OTHERS:
            kind = getattr(module, node.func.id, None)
            if isinstance(kind, type) and issubclass(kind, ReletanError) and "next" in signature(kind).parameters:
                yield node


def _options(call: ast.Call) -> list[str | None]:
    return [option.arg for option in call.keywords]
