"""What a terminal says, where something reads along that obeys."""

import pytest

from reletan.render import to_json
from reletan.terminal import Terminal

HOSTILE = "::add-mask::x\n  ::stop-commands::y\nTitle ##[add-mask]z"


def test_on_github_actions_no_line_passes_for_a_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    Terminal().out(HOSTILE)
    Terminal().say(HOSTILE)
    for told in capsys.readouterr():
        assert not [line for line in told.splitlines() if line.lstrip().startswith("::")]
        assert "##[" not in told
        assert "add-mask" in told


def test_our_own_commands_get_through(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    Terminal().command("::notice title=x::y")
    assert capsys.readouterr().out == "::notice title=x::y\n"


def test_elsewhere_a_line_stays_as_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    Terminal().out(HOSTILE)
    assert capsys.readouterr().out == HOSTILE + "\n"


def test_json_never_holds_what_a_log_obeys() -> None:
    assert to_json({"title": "##[add-mask]z"}) == '{"title":"#\\u0023[add-mask]z"}'
