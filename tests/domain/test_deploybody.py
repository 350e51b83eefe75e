"""The text of the deploy pull request: what an environment gets, by pull request, and who made it."""

import re

import pytest
from checklists import THREE, lists, many
from hypothesis import given, settings
from noting import PAGE, commit, listing, place, pull

from reletan.adapters.templates import render_template
from reletan.domain.checklist import everything, read
from reletan.domain.errors import Blocked
from reletan.domain.listing import Listing
from reletan.domain.pullbody import DEPLOY, LIMIT, deploy_body, deploy_context

COMMITS = {20: (commit(1, "One @all"), commit(2, "Two")), 19: (commit(3, "Alone"),)}


def deployed(body: str | None, found: Listing, language: str = "en", environment: str = "production") -> str:
    return deploy_body(
        body, everything(found, place(released=True)), COMMITS,
        lambda context: render_template("deploy_pull.md.j2", language, context),
        environment=environment, branch="deployment/production",
    )  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_deployment_names_its_commits_and_mentions_each_author_once(language: str) -> None:
    body = deployed("Mine", listing(*THREE.pull_requests, pull(7, "Third", author="hana")), language)
    assert body.startswith(f"Mine\n\n{DEPLOY.begin}")
    assert "- Search by colour" in body
    assert f"  - [0000001]({PAGE}/commit/{commit(1).sha}) One \\@\u200ball\n" in body
    assert "Alone" not in body
    assert "[x]" not in body
    assert "[ ]" not in body
    assert sorted(re.findall(r"(?<!\\)@\w+", body)) == ["@hana", "@yuki"]
    assert read(body) == {}
    assert deployed(body, listing(*THREE.pull_requests, pull(7, "Third", author="hana")), language) == body


def test_the_values_of_a_deployment() -> None:
    notes = everything(THREE, place())
    found = deploy_context(notes, COMMITS, environment="pro*", branch="deploy_*")
    assert (found["environment"], found["branch"], found["production"]) == ("pro\\*", "deploy\\_\\*", "release/1.4.0")
    assert [one["mention"] for one in found["people"]] == ["@yuki", "@hana", None]
    assert [one["author"] for one in found["pull_requests"]] == ["yuki", "hana", r"renovate\[bot\]", None]
    assert found["counts"] == {"pull_requests": 4, "people": 3, "reverted": 0, "commits": 0}


def test_a_long_deployment_says_less_and_counts_the_rest() -> None:
    body = deployed("Mine", many(300))
    assert len(read(body)) == 0
    assert len(body) <= LIMIT
    assert body.count("\n- ") == 300
    body = deployed("Mine", many(10_000))
    assert LIMIT - 100 < len(body) <= LIMIT
    assert f"… and {10_000 - body.count(chr(10) + '- ')} more" in body
    with pytest.raises(Blocked, match="leaves no room for the list of changes"):
        deployed("x" * LIMIT, THREE)


@settings(deadline=None)
@given(lists())
def test_no_title_of_a_deployment_is_live(found: Listing) -> None:
    body = deployed(None, found, environment="<!-- reletan:deploy:end -->")
    assert (body.count("<!--"), body.count("-->")) == (2, 2)
    live = [login.lower() for login in re.findall(r"(?<![\\\w])@(\w+)", body)]
    assert set(live) <= {"hana", "yuki"}
    assert deployed(body, found, environment="<!-- reletan:deploy:end -->") == body
