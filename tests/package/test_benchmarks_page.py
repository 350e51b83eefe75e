"""docs/benchmarks.md: a run of the benchmarks writes its tables there, and people's words stay as they are."""

import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from demo_run import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN = re.compile(r"<!-- bench:([a-z-]+) -->")
A_PLACE = re.compile(r"<!-- bench:([a-z-]+) -->.*?<!-- /bench:\1 -->", re.DOTALL)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Its modules; the package is beside the tests, not installed."""
    monkeypatch.syspath_prepend(ROOT)
    from bench import __main__ as main
    from bench import page, peers, tables, timing

    return SimpleNamespace(main=main, page=page, peers=peers, tables=tables, timing=timing)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    copy = tmp_path / "benchmarks.md"
    copy.write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    return copy


def words(text: str) -> list[str]:
    """The page without what its runs wrote."""
    return A_PLACE.sub(r"<\1>", text).split("\n")


def run_bench(bench: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, *argv: str) -> int:
    """With one suite, which is quick: a table of the rounds that it was asked for."""

    def suite(rounds: int | None) -> Sequence[object]:
        limits = (bench.tables.Limit("reletan to gh", 2, 1.7), bench.tables.Limit("reletan to towncrier", 0.5, 0.75))
        return [bench.tables.Table("startup", "starting up", ("", "rounds"), [("reletan", f"{rounds}")], limits)]

    monkeypatch.setattr(bench.main, "SUITES", {"startup": suite, "list": lambda _: []})
    return int(bench.main.main(argv))


def test_the_page_has_one_place_for_each_table_and_each_run(bench: SimpleNamespace) -> None:
    places = BEGIN.findall(PAGE.read_text(encoding="utf-8"))
    runs = {f"{suite}-run" for suite in bench.main.SUITES}
    named = {
        name
        for module in (ROOT / "bench").glob("*.py")
        for name in re.findall(r'\bTable\(\s*"([a-z-]+)"', module.read_text(encoding="utf-8"))
    }
    assert named
    assert sorted(places) == sorted(runs | named)


def test_every_place_has_been_filled() -> None:
    for place in A_PLACE.finditer(PAGE.read_text(encoding="utf-8")):
        begun = "- `" if place[1].endswith("-run") else "|"
        assert f"\n{begun}" in place[0], f"run `make bench`: {place[1]} is empty"


def test_a_run_writes_its_tables_and_nothing_else(
    bench: SimpleNamespace, page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = page.read_text(encoding="utf-8")
    assert run_bench(bench, monkeypatch, "startup", "--page", str(page)) == 0
    after = page.read_text(encoding="utf-8")
    assert words(after) == words(before)
    kept, written = A_PLACE.findall(before), {match[1]: match[0] for match in A_PLACE.finditer(after)}
    assert kept == list(written)
    assert [name for name in kept if written[name] not in before] == ["startup-run", "startup"]
    for line in (
        "| reletan | None |",
        "| reletan to gh | 2.00 | 1.7 | **not kept** |",
        "| reletan to towncrier | 0.50 | 0.75 | kept |",
    ):
        assert line in written["startup"].split("\n")
    assert "FAIL  reletan to gh: 2.00 (at most 1.7)" in capsys.readouterr().out
    assert run_bench(bench, monkeypatch, "startup", "--page", str(page)) == 0
    assert page.read_text(encoding="utf-8").count("| reletan | None |") == 1


def test_a_quick_try_leaves_the_page_alone(
    bench: SimpleNamespace, page: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench.main, "PAGE", page)
    before = page.read_text(encoding="utf-8")
    assert run_bench(bench, monkeypatch, "startup", "--rounds", "2") == 0
    assert re.search(r"reletan +2$", capsys.readouterr().out, re.MULTILINE)
    assert page.read_text(encoding="utf-8") == before


def test_a_suite_that_measured_nothing_keeps_what_was_measured(
    bench: SimpleNamespace, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = page.read_text(encoding="utf-8")
    assert run_bench(bench, monkeypatch, "list", "--page", str(page)) == 0
    assert page.read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    "damage",
    [
        "no place",
        "<!-- bench:a -->",
        "<!-- /bench:a --><!-- bench:a -->",
        "<!-- bench:a --><!-- /bench:a -->\n<!-- bench:a --><!-- /bench:a -->",
        "<!-- bench:a --><!-- bench:b --><!-- /bench:b --><!-- /bench:a -->",
    ],
)
def test_a_page_without_the_place_is_not_guessed_at(bench: SimpleNamespace, damage: str) -> None:
    with pytest.raises(SystemExit, match="needs one place for a"):
        bench.page.filled(damage, "a", "text")


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["nothing"], "there is no nothing; there are: startup, list"),
        (["--rounds", "0"], "a whole number from 1 on"),
        (["--rounds", "x"], "a whole number from 1 on"),
    ],
)
def test_a_wrong_call_is_said(
    bench: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    argv: list[str],
    said: str,
) -> None:
    with pytest.raises(SystemExit) as ended:
        run_bench(bench, monkeypatch, *argv)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_no_figure_of_a_run_stands_in_the_words() -> None:
    """They would be old after the next run."""
    text = "\n".join(words(PAGE.read_text(encoding="utf-8")))
    assert re.findall(r"\d+(?:\.\d+)?\s(?:ms|s|seconds|milliseconds|µs|MB)\b|\b0\.\d+", text) == []


def test_a_peer_that_is_not_there_is_said(
    bench: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "python" / "bin"
    folder.mkdir(parents=True)
    (folder / "made-up-peer").write_text("#!/bin/sh\necho made-up-peer, version 1.2.3\n")
    (folder / "made-up-peer").chmod(0o755)
    peer = bench.peers.Peer("made up", "made-up-peer")
    assert peer.installed is None
    monkeypatch.setenv("RELETAN_BENCH_PEERS", str(tmp_path))
    assert peer.installed == "1.2.3"
    (folder / "made-up-peer").write_text("#!/bin/sh\necho 1.2.3\nexit 1\n")
    assert peer.installed is None


def test_what_is_printed_is_timed_whole(bench: SimpleNamespace, tmp_path: Path) -> None:
    long = "x" * 1_000_000
    seconds, printed = bench.timing.timed([sys.executable, "-c", f"print('x' * {len(long)})"], tmp_path)
    assert seconds > 0
    assert printed == f"{long}\n".encode()
    with pytest.raises(SystemExit, match="no such thing"):
        bench.timing.timed([sys.executable, "-c", "import sys; sys.exit('no such thing')"], tmp_path)


def test_it_can_be_called_as_the_page_says() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "bench", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "--rounds" in run.stdout
