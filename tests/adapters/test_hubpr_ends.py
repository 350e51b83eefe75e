"""Closing pull requests, and statuses of commits, against the sandbox."""

import pytest
from hubs import LOST, Waits, way_to

from reletan.adapters.hub import Hub
from reletan.adapters.hubpr import close_pull, set_status
from reletan.adapters.hubreply import HubError
from reletan.domain.errors import Unauthorized
from reletan.sandbox.github.faults import Fault
from reletan.sandbox.world import World

ONE, STATUSES = "/repos/*/pulls/*", "/repos/*/statuses/*"
HEAD, BASE = "release/1.4.0", "main"


@pytest.fixture
def waits() -> Waits:
    return []


@pytest.fixture
def hub(small_hub_world: World, waits: Waits) -> Hub:
    return way_to(small_hub_world, waits)


@pytest.fixture
def release(small_hub_world: World) -> World:
    """With an open release branch."""
    small_hub_world.branch(HEAD, "refs/heads/develop")
    return small_hub_world


def requests(world: World) -> list[str]:
    return [f"{one.method} {one.path.removeprefix('/repos/acme/shop')}" for one in world.github.exchanges]


# closing


def test_an_open_one_is_closed_and_an_ended_one_left(release: World, hub: Hub) -> None:
    number = release.open_pull("Release", HEAD, BASE, commits=0)
    assert close_pull(hub, number) is True
    assert release.pulls[number].closed
    assert requests(release) == [f"GET /pulls/{number}", f"PATCH /pulls/{number}"]
    assert close_pull(hub, number) is False
    assert close_pull(hub, 3) is False
    assert release.github.requests("PATCH") == 1


@pytest.mark.parametrize(("fault", "made"), LOST.values(), ids=LOST)
def test_a_closing_whose_answer_is_lost_is_looked_up(release: World, hub: Hub, fault: Fault, made: bool) -> None:
    number = release.open_pull("Release", HEAD, BASE, commits=0)
    release.github.fault("PATCH", ONE, do=fault)
    if made:
        close_pull(hub, number)
    else:
        with pytest.raises(HubError, match=f"#{number} is still open"):
            close_pull(hub, number)
    assert release.pulls[number].closed is made
    assert release.github.requests("PATCH") == 1


# statuses

CONTEXT = "reletan/checklist"


def test_a_status_is_written_once_and_again_when_it_changes(release: World, hub: Hub) -> None:
    head = release.head(HEAD) or ""
    assert set_status(hub, head, CONTEXT, "pending", "2 of 3", "https://example.com/1") == "written"
    assert set_status(hub, head, CONTEXT, "pending", "2 of 3", "https://example.com/1") == "unchanged"
    assert set_status(hub, head, CONTEXT, "pending", "3 of 3", "https://example.com/1") == "written"
    assert set_status(hub, head, CONTEXT, "success", "3 of 3") == "written"
    assert set_status(hub, head, CONTEXT, "success", "3 of 3") == "unchanged"
    release.status("ci", "failure", head)
    assert set_status(hub, head, CONTEXT, "pending", "3 of 3") == "written"
    told = [(one.context, one.state, one.description) for one in release.statuses if one.context == CONTEXT]
    assert told == [(CONTEXT, state, f"{done} of 3") for state, done in
                    [("pending", 2), ("pending", 3), ("success", 3), ("pending", 3)]]  # fmt: skip


def test_a_long_description_is_cut_and_inert(release: World, hub: Hub) -> None:
    head = release.head(HEAD) or ""
    set_status(hub, head, CONTEXT, "pending", f"a\nb\x1b[31m{'é' * 200}")
    (status,) = release.statuses
    assert len(status.description or "") == 140
    assert (status.description or "").startswith("a b[31mé")
    assert (status.description or "").endswith("…")
    assert set_status(hub, head, CONTEXT, "pending", f"a\nb\x1b[31m{'é' * 200}") == "unchanged"


@pytest.mark.parametrize(("fault", "made"), LOST.values(), ids=LOST)
def test_a_status_whose_answer_is_lost_is_looked_up(release: World, hub: Hub, fault: Fault, made: bool) -> None:
    head = release.head(HEAD) or ""
    release.github.fault("POST", STATUSES, do=fault)
    if made:
        assert set_status(hub, head, CONTEXT, "success", "done") == "written"
    else:
        with pytest.raises(HubError, match=f"The status {CONTEXT} is not written"):
            set_status(hub, head, CONTEXT, "success", "done")
    assert len(release.statuses) == made
    assert release.github.requests("POST", STATUSES) == 1


def test_the_right_to_write_statuses_is_named(release: World, waits: Waits) -> None:
    release.tokens["reader"] = "stranger"
    with pytest.raises(Unauthorized, match=r"may not write commit statuses \(commit statuses: write\)") as raised:
        set_status(way_to(release, waits, "reader"), release.head(HEAD) or "", CONTEXT, "success", "done")
    assert raised.value.next == "give the token the right `commit statuses: write`"
