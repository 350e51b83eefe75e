"""A quick cut of `python -m torture fuzz`: hostile input of every kind to the real code, and all that it found before."""

import os
import resource
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from torture.__main__ import main
from torture.budget import Budget
from torture.fuzz import MOST_MEMORY, families
from torture.fuzz_case import Broken, Family, failure, require
from torture.fuzz_source import Source
from torture.rounds import in_parallel
from witness import lasting

from reletan.sandbox.world import World

SEED = 1
FAMILIES = families()
# So many inputs for each unit of a family's weight: seconds in all, and at least a few of each
SCALE, LEAST, MOST_SLOW = 3, 5, 2
_LIMIT = resource.RLIMIT_AS


@pytest.fixture(autouse=True, scope="module")
def _in_a_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    before = tempfile.tempdir
    tempfile.tempdir = str(tmp_path_factory.mktemp("hostile"))
    yield
    tempfile.tempdir = before


@contextmanager
def bounded(family: Family) -> Iterator[None]:
    """No more memory than a release has; programs that are started here, and go on, do without."""
    soft, hard = resource.getrlimit(_LIMIT)
    resource.setrlimit(_LIMIT, (soft if family.slow else MOST_MEMORY, hard))
    yield
    resource.setrlimit(_LIMIT, (soft, hard))


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_only_clear_errors_come_out_and_nothing_is_live(family: Family) -> None:
    count = MOST_SLOW if family.slow else max(int(family.weight * SCALE), LEAST)
    with bounded(family):
        lost = [wrong for number in range(count) if (wrong := failure(family, SEED, number))]
    assert lost == []


DEEP = b'{"more":' + b"[" * 100_000
UTF_16 = [[[], "One", "Hana"], [[0], "Two", "Hana"], [[1], "Three says that its header is UTF-16", "Hana"]]
ENDLESS = """{"data": {"repository": {"nameWithOwner": "acme/shop", "it": {
  "pageInfo": {"hasNextPage": true, "endCursor": "x"}, "nodes": [],
  "comments": {"pageInfo": {"hasPreviousPage": true, "startCursor": "x"}, "nodes": []}}}}}"""
LINE = "refs/heads/main\u2028x"
FOUND: dict[str, tuple[str, Any]] = {
    "a branch passed for main, since its name goes on behind another end of a line": ("remote-refs", [["a" * 40,
    "refs/heads/main"], ["b" * 40, LINE]]),
    "such a branch in the clone": ("local-refs", [["a" * 40, LINE]]),
    "a commit whose header says that it is UTF-16": ("logs", UTF_16),
    "a password with an @ or a slash": ("addresses", ""),
    "a number of 5,000 digits": ("toml", b"a = " + b"1" * 5000),
    "the same in hexadecimal": ("toml", b"[flow]\nremote = 0x" + b"f" * 5000),
    "lists 400 deep": ("toml", b"[flow]\nremote = " + b"[" * 400 + b"]" * 400),
    "the same before init adds to it": ("init", b"a = " + b"1" * 5000),
    "a variable that is no UTF-8": ("environment", {"RELETAN_AUTOMERGE_NATIVE": "\udc9b"}),
    "a variable that an error repeated whole": ("environment", {"RELETAN_SLACK_LANGUAGE": "1" * 5000}),
    "a journal that is too deep": ("journals", DEEP),
    "two people, and a form feed": ("two-people", ["", "x", "\x0cE"]),
    "an invisible letter in JSON": ("json", "\U000e0041"),
    "half a character in JSON": ("json", "\udc9b"),
    "an answer without the repository's name": ("github", ["read at", [[200, [], '{"data":{"repository":{"":[]}}}']]]),
    "an answer without what was asked for": ("github", ["read base", [[200, [],
    '{"data":{"repository":{"nameWithOwner":"acme/shop"}}}']]]),
    "a list of pull requests without an end": ("github", ["read open", [[200, [], ENDLESS]]]),
    "comments without an end": ("github", ["read comment", [[200, [], ENDLESS]]]),
    "a form feed in a subject on production": (
        "commands",
        {"commits": [["a\x0cb", "Hana"]], "refs": [], "config": b"", "environ": {}, "template": "", "production": True,
        "actions": False,
         "commands": [["status"], ["start", "--dry-run"], ["tag", "--dry-run"]]},
    ),
    "a template that Python itself warns of, with the line": (
        "commands",
        {"commits": [], "refs": [], "config": b"", "environ": {},
        "template": "\n".join(["\x1b[31m"] * 40) + "{{ 1[0:1] }}", "production": False,
         "actions": False, "commands": [["notes", "--template", "own.j2"]]},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "value"), FOUND.values(), ids=FOUND)
def test_what_was_found_stays_mended(name: str, value: Any) -> None:
    family = Family(name=name, weight=1, make=lambda _source: value, check=FAMILIES[name].check, slow=True)
    assert failure(family, SEED, 0) is None


def test_an_argument_that_is_no_utf_8_stops_before_anything(world: World) -> None:
    before = lasting(world)
    for words in (["start", "1.4.0", "--duty", "\udcff"], ["tag", "--message", "x\udcff", "--json"]):
        run = world.reletan(*words, "--yes")
        assert (run.code, "is not UTF-8" in run.out + run.err) == (2, True)
    assert lasting(world) == before


# the fuzzer itself


def _broken(text: str) -> None:
    require("a" not in text, "no a", text)


def test_a_failure_is_told_with_its_number_and_a_smaller_input() -> None:
    family = Family(name="texts", weight=1, make=lambda source: f"{source.text()}xax", check=_broken)
    told = failure(family, 7, 12)
    assert told is not None
    assert told.startswith("texts:12 (seed 7): Broken in require")
    assert told.endswith("input: 'a'")
    assert failure(family, 7, 12) == told, "the same again"


def _endless(_text: str) -> None:
    while True:
        pass


def _greedy(_text: str) -> None:
    require(len("x" * 400_000_000), "memory")


@pytest.mark.parametrize(
    ("check", "said"),
    [
        (_endless, "takes more than"),
        (_greedy, "takes much memory"),
        (int, "ValueError"),
        (lambda _text: 1 // 0, "ZeroDivisionError"),
    ],
)
def test_other_errors_time_and_memory_are_failures(check: Any, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torture.fuzz_case._LONGEST", 0.2)
    family = Family(name="x", weight=1, make=lambda _source: "x", check=check, slow=True)
    assert said in str(failure(family, 1, 1))


def test_what_hangs_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torture.fuzz_case._LONGEST_WAIT", 0.1)
    family = Family(name="x", weight=1, make=lambda _source: "x", check=lambda _text: signal.pause())
    assert "hangs" in str(failure(family, 1, 1))


def test_a_process_that_dies_is_told_with_what_it_was_at() -> None:
    told = in_parallel(partial(os.execlp, "false"), ["titles:0:9"], Budget.of(None, 1, workers=1), "{} died".format)
    assert [*told] == ["titles:0:9 died"]


def test_nothing_tried_is_no_success(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["torture", "fuzz", "--minutes", "0"])
    monkeypatch.setattr("sys.path", [*sys.path])
    assert main() == 2
    assert "not tried" in capsys.readouterr().err


def test_a_seed_makes_the_same_inputs_again() -> None:
    for family in FAMILIES.values():
        one, other = (family.make(Source(f"3:{family.name}:5")) for _ in range(2))
        assert one == other, family.name
    with pytest.raises(Broken):
        require(False, "a rule")
