"""The texts that a pull request had: kept for each edit, by whichever way, and shown by GraphQL."""

from typing import Any

import pytest
from github_world import ask, ask_graphql

from reletan.sandbox.origin import WorldError
from reletan.sandbox.world import World

LIST = "Please\r\n- [ ] First (#1) <!-- 9 -->\r\n  * [x] After #1 ([#2](https://hub/pull/2))\r\n2. [ ] #12\r\n"
FIELDS = "lastEditedAt includesCreatedEdit editor { login } userContentEdits(first: 9) { nodes { diff editedAt editor { login } } }"


@pytest.fixture
def number(small_hub_world: World) -> int:
    return small_hub_world.open_pull("Release", body=LIST, author="Hana")


def told(world: World, number: int, **more: Any) -> Any:
    query = f'{{ repository(owner: "acme", name: "shop") {{ pullRequest(number: {number}) {{ {FIELDS} }} }} }}'
    return ask_graphql(world, query, **more).json["data"]["repository"]["pullRequest"]


def texts(world: World, number: int) -> list[tuple[str, str | None]]:
    return [(edit["editor"]["login"], edit["diff"]) for edit in told(world, number)["userContentEdits"]["nodes"]]


def test_a_text_that_nobody_edited_has_no_history(small_hub_world: World, number: int) -> None:
    assert told(small_hub_world, number) == {
        "lastEditedAt": None, "includesCreatedEdit": False, "editor": None, "userContentEdits": {"nodes": []},
    }  # fmt: skip


def test_each_text_is_kept_the_first_one_too_and_the_newest_is_first(small_hub_world: World, number: int) -> None:
    world, path = small_hub_world, f"/repos/acme/shop/pulls/{number}"
    world.edit_body(number, "Two", by="Yuki")
    assert ask(world, "PATCH", path, {"body": "Three"}).status == 200
    assert ask(world, "PATCH", path, {"body": "Three", "title": "Other"}).status == 200
    assert ask(world, "PATCH", path.replace("pulls", "issues"), {"body": None}).status == 200
    assert texts(world, number) == [("hana", ""), ("hana", "Three"), ("yuki", "Two"), ("hana", LIST)]
    shown = told(world, number)
    assert (shown["includesCreatedEdit"], shown["editor"]["login"]) == (True, "hana")
    assert shown["lastEditedAt"] == shown["userContentEdits"]["nodes"][0]["editedAt"]


def test_who_may_only_read_sees_no_texts(small_hub_world: World, number: int) -> None:
    small_hub_world.tokens["reader"] = "zoe"
    small_hub_world.edit_body(number, "Two")
    edits = told(small_hub_world, number, token="reader")["userContentEdits"]["nodes"]  # noqa: S106
    assert [edit["diff"] for edit in edits] == [None, None]


def test_a_copy_of_a_world_has_its_own_history(small_hub_world: World, number: int, tmp_path: Any) -> None:
    small_hub_world.edit_body(number, "Two")
    copy = small_hub_world.copy_to(tmp_path / "copy")
    copy.edit_body(number, "Three")
    assert [edit.text for edit in small_hub_world.edits] == [LIST, "Two"]
    assert "edits" not in small_hub_world.state()


@pytest.mark.parametrize(
    ("item", "line"),
    [
        (1, "- [x] First (#1) <!-- 9 -->\r\n"),
        (2, "  * [x] After #1 ([#2](https://hub/pull/2))\r\n"),
        (12, "2. [x] #12\r\n"),
    ],
)
def test_a_click_ticks_one_box(world: World, item: int, line: str) -> None:
    number = world.open_pull("Release", body=LIST)
    world.tick(number, item)
    changed = [
        new
        for old, new in zip(LIST.splitlines(True), world.pulls[number].body.splitlines(True), strict=True)
        if old != new
    ]
    assert changed == ([] if item == 2 else [line])
    world.tick(number, item, by="Hana", box="[ ]")
    assert line.replace("[x]", "[ ]") in world.pulls[number].body


def test_a_box_that_is_not_there_cannot_be_ticked(world: World) -> None:
    with pytest.raises(WorldError, match="there is no box of #9"):
        world.tick(world.open_pull("Release", body=LIST), 9)
