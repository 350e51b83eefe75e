"""The words of `reletan notes`: headings and exclusions of a team, its own template, and what is wrong with them."""

import os
import re
from pathlib import Path
from typing import Any

from witness import journals, lasting

from reletan.sandbox.world import World

YML = ".github/release.yml"
BROKEN = "changelog:\n  categories:\n    - title: Shop\n"
SAID = ".github/release.yml, line 3: changelog.categories[0]: expected labels"


def notes(world: World, *args: str, **options: Any) -> str:
    return world.reletan("notes", *args, check=True, **options).out


def headings(text: str) -> list[str]:
    return re.findall(r"^### (.*)$", text, re.MULTILINE)


def numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\(\[#(\d+)\]", text)]


def settings(world: World, text: str) -> None:
    (world.clone / ".reletan.toml").write_text(text)


# headings and exclusions


def test_release_yml_gives_the_headings_as_it_is_in_the_release(small_hub_world: World) -> None:
    small_hub_world.label(1, "ui")
    small_hub_world.label(2, "chore")
    shop = (
        "changelog:\n  exclude:\n    labels: [CHORE]\n  categories:\n    - title: '# Shop'\n      labels: [ui]\n"
        "    - title: Rest\n      labels: ['*']\n      exclude:\n        authors: [yuki]\n"
    )
    small_hub_world.commit("develop", "Headings", {YML: shop, ".github/release.yaml": "changelog: of no account\n"})
    small_hub_world.branch("release/1.4.0", "refs/heads/develop")
    small_hub_world.commit("develop", "Break it", {YML: BROKEN})
    text = notes(small_hub_world)
    assert headings(text) == ["\\# Shop", "Rest", "Commits without a pull request", "Contributors"]
    assert (numbers(text), "yuki" in text) == ([1, 3], False)


def test_settings_of_notes_count_instead(small_hub_world: World) -> None:
    small_hub_world.label(1, "ui")
    small_hub_world.label(2, "internal")
    small_hub_world.commit("develop", "Headings", {YML: BROKEN})
    settings(
        small_hub_world,
        '[notes]\nexclude_labels = ["internal"]\nexclude_authors = ["Yuki"]\n'
        '[[notes.categories]]\ntitle = "Shop"\nlabels = ["ui"]\n',
    )
    text = notes(small_hub_world)
    assert (headings(text)[:2], numbers(text)) == (["Shop", "Other changes"], [1, 3])
    assert small_hub_world.reletan("notes", "--json", check=True).json["excluded"] == 1
    small_hub_world.label(1, "internal")
    small_hub_world.label(3, "internal")
    assert headings(notes(small_hub_world)) == ["Commits without a pull request"]


def test_a_broken_release_yml_stops_the_notes_and_never_a_release(small_hub_world: World) -> None:
    small_hub_world.commit("develop", "Headings", {YML: BROKEN})
    small_hub_world.reletan("start", "1.4.0", "--yes", "--no-notify", check=True)
    before = lasting(small_hub_world)
    for command in (["notes"], ["notes", "--format", "slack"]):
        run = small_hub_world.reletan(*command)
        assert (run.code, SAID in run.err) == (2, True), (command, run)
        assert "notes.categories" in run.err
    assert (lasting(small_hub_world), journals(small_hub_world)) == (before, [])
    tagged = small_hub_world.reletan("tag", "--yes", check=True)
    assert tagged.err.count(SAID) == 1
    assert "usual headings" in tagged.err
    assert "v1.4.0" in small_hub_world.tags()
    # It cannot be mended any more in what is tagged, so a setting helps
    settings(small_hub_world, '[[notes.categories]]\ntitle = "All"\nlabels = ["*"]\n')
    small_hub_world.reletan("notes", "1.4.0", "--publish", "--yes", check=True)
    assert "### All\n" in (small_hub_world.releases[0].body or "")


def test_what_was_taken_back_stands_in_a_pair(small_hub_world: World) -> None:
    again = small_hub_world.revert(2)
    text = notes(small_hub_world)
    assert headings(text) == ["Reverted", "New contributors", "Contributors"]
    page = f"{small_hub_world.github.url}/acme/shop/pull"
    line = f"- Fix the sum of an empty basket ([#2]({page}/2)) by yuki, reverted by [#{again}]({page}/{again})\n"
    assert line in text
    assert numbers(text) == [3, 1, 2]
    small_hub_world.label(2, "skip-notes")
    assert numbers(notes(small_hub_world)) == [3, 1]


# a template of one's own

TEMPLATE = "{{ tag }}:{% for s in sections %}{% for p in s.pull_requests %} {{ p.number }}{% endfor %}{% endfor %}\n"


def test_a_template_by_option_counts_before_the_one_of_the_settings(small_hub_world: World, tmp_path: Path) -> None:
    (small_hub_world.clone / "docs").mkdir()
    (small_hub_world.clone / "docs" / "notes.j2").write_text(TEMPLATE)
    settings(small_hub_world, '[notes]\ntemplate = "docs/notes.j2"\n')
    assert notes(small_hub_world, cwd=small_hub_world.clone / "docs") == "v1.4.0: 3 2 1\n"
    (tmp_path / "own.j2").write_text("Other {{ version }}\n")
    for args in (["--template", str(tmp_path / "own.j2")], ["--template", "../../own.j2"]):
        assert notes(small_hub_world, *args) == "Other 1.4.0\n"
    run = small_hub_world.reletan(
        "-C", str(tmp_path / "world" / "hana"), "notes", "--template", "../../own.j2", cwd=tmp_path
    )
    assert (run.code, run.out) == (0, "Other 1.4.0\n")


WRONG = {
    "a mistake": (b"one\n{% if %}\n", "bad.j2, line 2"),
    "undefined": (b"one\ntwo {{ nothing }}\n", "bad.j2, line 2: 'nothing' is undefined"),
    "undefined inside": (b"{{ sections[0].nothing }}", "bad.j2, line 1"),
    "no UTF-8": (b"one\n\xff\n", "bad.j2, line 2: this is not UTF-8"),
    "too big": (b"x" * 65_537, "bad.j2 is longer than 64 KiB"),
    "far too big": (b"x" * 1_048_577, "bad.j2 is larger than 1 MiB"),
    "endless": (b"{% for a in '%s'|sort %}{% for b in '%s'|sort %}{{ a }}{% endfor %}{% endfor %}".replace(b"%s", b"x" * 3000),
                "bad.j2, line 1: there is too much to do"),
    "a call": (b"{{ version.upper() }}", "bad.j2, line 1: Call is not understood"),
    "another file": (b"{% include '/etc/passwd' %}", "bad.j2, line 1: Include is not understood"),
    "a list": (b"{{ sections }}", "bad.j2, line 1: a list cannot be written out"),
}  # fmt: skip


def test_a_wrong_template_is_named_with_its_line(small_hub_world: World) -> None:
    for content, said in WRONG.values():
        (small_hub_world.clone / "bad.j2").write_bytes(content)
        run = small_hub_world.reletan("notes", "--offline", "--template", "bad.j2")
        assert (run.code, run.out, said in run.err) == (2, "", True), run


def test_only_a_plain_file_of_the_work_tree_is_the_team_s_template(small_hub_world: World, tmp_path: Path) -> None:
    (tmp_path / "secret.j2").write_text("secret")
    (small_hub_world.clone / "link.j2").symlink_to(tmp_path / "secret.j2")
    os.mkfifo(small_hub_world.clone / "pipe.j2")
    for name, said in {
        "nowhere.j2": "There is no template nowhere.j2, which .reletan.toml",
        "../../secret.j2": "leads out of the work tree",
        str(tmp_path / "secret.j2"): "leads out of the work tree",
        "link.j2": "leads out of the work tree",
        "pipe.j2": "pipe.j2 is not a file",
        ".": ". is not a file",
    }.items():
        settings(small_hub_world, f'[notes]\ntemplate = "{name}"\n')
        run = small_hub_world.reletan("notes", "--offline")
        assert (run.code, run.out, said in run.err) == (2, "", True), run
    settings(small_hub_world, "")
    for name in ("pipe.j2", "nowhere.j2", "."):
        assert small_hub_world.reletan("notes", "--offline", "--template", name).code == 2


def test_a_wrong_template_of_the_team_stops_tag_before_anything_is_done(small_hub_world: World) -> None:
    small_hub_world.reletan("start", "1.4.0", "--yes", check=True)
    (small_hub_world.clone / "bad.j2").write_text("{{ nothing }}")
    settings(small_hub_world, '[notes]\ntemplate = "bad.j2"\n')
    before = lasting(small_hub_world)
    run = small_hub_world.reletan("tag", "--yes")
    assert (run.code, "bad.j2, line 1: 'nothing' is undefined" in run.err) == (2, True)
    assert (lasting(small_hub_world), journals(small_hub_world)) == (before, [])
    small_hub_world.reletan("tag", "--yes", "--no-release", check=True)
    assert "v1.4.0" in small_hub_world.tags()
