"""Releases, deployments and what CI says, by REST."""

from asking import Asked, get

from reletan.sandbox.world import World


def test_drafts_are_for_writers_and_have_no_tag(world: World) -> None:
    made = Asked(world, "POST", "/releases", {"tag_name": "v1.4.0", "name": "1.4.0", "draft": True})
    assert (made.status, made.body["published_at"], "v1.4.0" in world.tags()) == (201, None, False)
    number = made.body["id"]
    assert Asked(world, "POST", "/releases", {"tag_name": "v1.4.0", "draft": True}).status == 201
    assert [len(get(world, "/releases", login)) for login in ("hana", "yuki", "zoe", None)] == [2, 2, 0, 0]
    assert Asked(world, "GET", "/releases/tags/v1.4.0").status == 404
    assert Asked(world, "GET", f"/releases/{number}", login="zoe").status == 404
    assert Asked(world, "GET", "/releases/latest").status == 404


def test_publishing_makes_the_tag_and_is_done_once(world: World) -> None:
    draft = Asked(world, "POST", "/releases", {"tag_name": "v1.4.0", "target_commitish": "main", "draft": True}).body
    published = Asked(world, "PATCH", f"/releases/{draft['id']}", {"draft": False}).body
    assert (published["draft"], published["published_at"] is None) == (False, False)
    assert world.tags()["v1.4.0"] == world.head("main")
    assert get(world, "/releases/tags/v1.4.0")["id"] == get(world, "/releases/latest")["id"] == draft["id"]
    again = Asked(world, "POST", "/releases", {"tag_name": "v1.4.0"})
    assert again.error == (422, "Validation Failed")
    assert again.body["errors"] == [{"resource": "Release", "code": "already_exists", "field": "tag_name"}]


def test_a_release_takes_the_tag_that_is_there_and_leaves_it(world: World) -> None:
    before = world.tags()["v1.3.0"]
    made = Asked(world, "POST", "/releases", {"tag_name": "v1.3.0", "target_commitish": "develop"}).body
    assert Asked(world, "DELETE", f"/releases/{made['id']}").status == 204
    assert (get(world, "/releases"), world.tags()["v1.3.0"]) == ([], before)


def test_the_latest_release_is_no_prerelease(world: World) -> None:
    for tag, early in (("v1.4.0", False), ("v1.5.0-rc.1", True)):
        assert Asked(world, "POST", "/releases", {"tag_name": tag, "prerelease": early}).status == 201
    assert get(world, "/releases/latest")["tag_name"] == "v1.4.0"
    assert [one["tag_name"] for one in get(world, "/releases")] == ["v1.5.0-rc.1", "v1.4.0"]


def test_neither_a_prerelease_nor_a_draft_can_be_made_the_latest(world: World) -> None:
    final = Asked(world, "POST", "/releases", {"tag_name": "v1.4.0"}).body["id"]
    for early in ({"prerelease": True}, {"draft": True}):
        for method, path in (("POST", "/releases"), ("PATCH", f"/releases/{final}")):
            sent = {"tag_name": "v1.5.0", "make_latest": "true", **early}
            assert Asked(world, method, path, sent).error == (422, "Validation Failed")
    assert [one.tag for one in world.releases] == ["v1.4.0"]


def test_generated_notes_name_what_was_merged(world: World) -> None:
    world.publish("v1.3.0")
    notes = Asked(world, "POST", "/releases/generate-notes", {"tag_name": "v1.4.0"}).body["body"]
    assert "* Show prices with tax by @hana in http://127.0.0.1:1/acme/shop/pull/3\n" in notes
    assert notes.endswith("**Full Changelog**: http://127.0.0.1:1/acme/shop/compare/v1.3.0...v1.4.0")


# checks, statuses, deployments


def test_the_latest_status_of_each_context_counts(world: World) -> None:
    sha = world.head("develop")
    assert get(world, "/commits/develop/status")["state"] == "pending"
    seen = []
    for context, state in (("a", "success"), ("b", "pending"), ("b", "error"), ("b", "success")):
        assert Asked(world, "POST", f"/statuses/{sha}", {"state": state, "context": context}).status == 201
        found = get(world, f"/commits/{sha}/status")
        seen.append((found["state"], found["total_count"]))
    assert seen == [("success", 1), ("pending", 2), ("failure", 2), ("success", 2)]


def test_only_apps_make_check_runs(world: World) -> None:
    world.permissions["@ci"] = "write"
    sent = {"name": "build", "head_sha": world.head("develop"), "status": "completed", "conclusion": "success"}
    assert Asked(world, "POST", "/check-runs", sent).error == (403, "You must authenticate via a GitHub App.")
    assert Asked(world, "POST", "/check-runs", sent, login="@ci").status == 201
    world.check("lint", None, f"{world.head('develop')}")
    assert [one["name"] for one in get(world, "/commits/develop/check-runs")["check_runs"]] == ["build", "lint"]
    assert get(world, "/commits/develop/check-runs", status="in_progress")["check_runs"][0]["name"] == "lint"
    assert get(world, "/commits/develop/check-runs", check_name="build")["total_count"] == 1


def test_deploying_brings_the_branch_up_to_date_first_and_wants_green_checks(world: World) -> None:
    world.branch("night", "refs/heads/main")
    first = Asked(world, "POST", "/deployments", {"ref": "night"})
    assert (first.status, first.body) == (202, {"message": "Auto-merged develop into night on deployment."})
    world.status("ci", "failure", f"{world.head('night')}")
    red = Asked(world, "POST", "/deployments", {"ref": "night"})
    assert red.error == (409, "Conflict: Commit status checks failed for night.")
    made = Asked(world, "POST", "/deployments", {"ref": "night", "required_contexts": []})
    assert (made.status, made.body["sha"], made.body["environment"]) == (201, world.head("night"), "production")


def test_a_success_retires_the_one_before(world: World) -> None:
    sent = {"ref": "main", "auto_merge": False, "required_contexts": []}
    first, second = (Asked(world, "POST", "/deployments", sent).body["id"] for _ in range(2))
    for number in (first, second):
        assert Asked(world, "POST", f"/deployments/{number}/statuses", {"state": "success"}).status == 201
    states = {n: [one["state"] for one in get(world, f"/deployments/{n}/statuses")] for n in (first, second)}
    assert states == {first: ["inactive", "success"], second: ["success"]}
    assert Asked(world, "DELETE", f"/deployments/{second}").status == 422
    assert Asked(world, "DELETE", f"/deployments/{first}").status == 204
