"""Words for tests of ``reletan doctor``: its checks by id, and what each world has to keep."""

import time
from typing import Any

from reletan.domain.doctor import PARTS, Check
from reletan.sandbox.world import Run, World


def right_time(world: World) -> None:
    """From now on the world's clock, which GitHub and Slack tell, goes as this machine's."""
    world.clock = int(time.time()) - 60


def doctor(world: World, *args: str, code: int | None = None, **options: Any) -> dict[str, dict[str, Any]]:
    """Its checks by id. It has changed nothing, and each thing that is wrong has what mends it."""
    before = world.dump()
    run = world.reletan("doctor", "--json", *args, **options)
    assert world.dump() == before
    checks: list[dict[str, Any]] = run.json["checks"]
    assert run.err == "", run
    assert run.json["schema"] == 1
    assert run.code == int(not run.json["ok"]) == int(any(check["state"] == "failed" for check in checks)), run
    assert code in (None, run.code), checks
    for check in checks:
        assert set(check) == {"id", "state", "text", "fix"}
        assert (check["fix"] is not None) == (check["state"] in ("warning", "failed")), check
    found = {check["id"]: check for check in checks}
    assert len(found) == len(checks)
    return found


def text(world: World, *args: str, **options: Any) -> Run:
    return world.reletan("doctor", *args, **options)


def commit_settings(world: World, settings: str) -> None:
    """Into .reletan.toml, and into the commit that is checked out."""
    (world.clone / ".reletan.toml").write_text(settings)
    world.git("add", ".reletan.toml")
    world.git("commit", "-qm", "Set up reletan")


def wrong(checks: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Those that are wrong, the clock aside: id -> state. The world has a time of its own."""
    states = {id: check["state"] for id, check in checks.items() if id != "machine.clock"}
    return {id: state for id, state in states.items() if state in ("warning", "failed")}


# one check, as the domain makes it


def judged(check: Check, state: str, *words: str) -> None:
    """It has this state, these words, and a way to mend it where one is due."""
    assert check.state == state, check
    assert (check.fix is not None) == (state in ("warning", "failed"))
    assert [word for word in words if word not in f"{check.text} | {check.fix}"] == [], check
    assert check.part in PARTS
