"""The release notes as people read them: reletan's templates in both languages, and a team's own (fault 46)."""

import re
from typing import Any

import pytest
from noting import BARE, EXAMPLE, NOWHERE, commit, filled, notes, person, place, pull

from reletan.adapters.templates import render_notes, render_template, template_folder
from reletan.domain.errors import UsageError
from reletan.domain.notes import PLAIN, SLACK, Notes

NAME = "release_notes.md.j2"

ENGLISH = """\
## v1.4.0 (2026-11-20)

### Features

- Search by colour ([#20](U/pull/20)) by yuki, part of #15

### Fixes

- Fix the basket's total ([#19](U/pull/19)) by hana

### Reverted

- Faster start ([#17](U/pull/17)) by hana, reverted by [#18](U/pull/18)

### Commits without a pull request

- Correct a typing error ([a1b2c3d](U/commit/a1b2c3d000000000000000000000000000000000)) by Kenji

### New contributors

- yuki made their first contribution in [#20](U/pull/20)

### Contributors

yuki, hana

**Full changelog**: [v1.3.0...v1.4.0](U/compare/v1.3.0...v1.4.0)
"""

JAPANESE = """\
## v1.4.0（2026-11-20）

### Features

- Search by colour（[#20](U/pull/20)、#15 の一部、担当: yuki）

### Fixes

- Fix the basket's total（[#19](U/pull/19)、担当: hana）

### 取り消した変更

- Faster start（[#17](U/pull/17)、担当: hana）は [#18](U/pull/18) で取り消しました

### プルリクエストのないコミット

- Correct a typing error（[a1b2c3d](U/commit/a1b2c3d000000000000000000000000000000000)、作成者: Kenji）

### はじめての貢献者

- yuki（[#20](U/pull/20)）

### 貢献者

yuki、hana

**すべての変更**: [v1.3.0...v1.4.0](U/compare/v1.3.0...v1.4.0)
"""


def made(of: Notes, language: str = "en", **more: Any) -> str:
    return render_template(NAME, language, filled(of, **more)).replace("https://github.com/acme/shop", "U")


@pytest.mark.parametrize(("language", "expected"), [("en", ENGLISH), ("ja", JAPANESE)])
def test_a_release_in_full(language: str, expected: str) -> None:
    assert made(EXAMPLE, language) == expected
    assert made(EXAMPLE, language, for_release=True) == expected.partition("\n\n")[2]


NOTHING = notes(at=place(compare_url=None))
EXCLUDED = notes(pull(1, "x", "skip-notes"), at=place(compare_url=None))
FIRST = notes(pull(1), at=place(compare_url=None), since=None, people=(person("hana", 1, first=True),))
UNSORTED = notes(pull(2), pull(1, "y", author=None, author_name=None), at=place(compare_url=None))
MIXED = notes(pull(2), pull(1, "y", "bug"), at=place(compare_url=None))
COMMITS = notes(commit(1), at=place(compare_url=None))


@pytest.mark.parametrize(
    ("of", "english", "japanese"),
    [
        (NOTHING, "Nothing changed.", "変更はありません。"),
        (EXCLUDED, "No notable changes.", "リリースノートに載せる変更はありません。"),
        (
            FIRST,
            "This is the first release.\n\n- A title ([#1](U/pull/1)) by hana\n\n### Contributors\n\nhana",
            "初回リリースです。\n\n- A title（[#1](U/pull/1)、担当: hana）\n\n### 貢献者\n\nhana",
        ),
        (
            UNSORTED,
            "- A title ([#2](U/pull/2)) by hana\n- y ([#1](U/pull/1))",
            "- A title（[#2](U/pull/2)、担当: hana）\n- y（[#1](U/pull/1)）",
        ),
        (
            MIXED,
            "### Fixes\n\n- y ([#1](U/pull/1)) by hana\n\n### Other changes\n\n- A title ([#2](U/pull/2)) by hana",
            "### Fixes\n\n- y（[#1](U/pull/1)、担当: hana）\n\n### その他の変更\n\n- A title（[#2](U/pull/2)、担当: hana）",
        ),
    ],
    ids=["nothing", "excluded", "first", "unsorted", "mixed"],
)
def test_other_shapes(of: Notes, english: str, japanese: str) -> None:
    assert made(of, for_release=True) == f"{english}\n"
    assert made(of, "ja", for_release=True) == f"{japanese}\n"
    assert made(of) == f"## v1.4.0 (2026-11-20)\n\n{english}\n"


@pytest.mark.parametrize(
    ("at", "english", "japanese"),
    [
        (place(), "v1.4.0 (2026-11-20)", "v1.4.0（2026-11-20）"),
        (place(date=None), "v1.4.0", "v1.4.0"),
        (place(released=False, date=None), "1.4.0 (not released yet)", "1.4.0（未リリース）"),
        (NOWHERE, "Not released yet", "未リリースの変更"),
    ],
)
def test_the_heading(at: Any, english: str, japanese: str) -> None:
    assert made(notes(pull(1), at=at)).partition("\n")[0] == f"## {english}"
    assert made(notes(pull(1), at=at), "ja").partition("\n")[0] == f"## {japanese}"


SHAPES = [EXAMPLE, BARE, NOTHING, EXCLUDED, FIRST, UNSORTED, MIXED, COMMITS]


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("of", SHAPES)
@pytest.mark.parametrize("for_release", [False, True])
def test_empty_lines_stand_one_at_a_time_and_around_every_heading(of: Notes, language: str, for_release: bool) -> None:
    text = made(of, language, for_release=for_release)
    assert text == text.strip("\n") + "\n"
    assert "\n\n\n" not in text
    assert "None" not in text
    assert not re.search(r" $", text, re.MULTILINE)
    assert not re.search(r"[^\n]\n#|^#[^\n]*\n[^\n]", text, re.MULTILINE)
    assert not re.search(r"^[^\n-][^\n]*\n- ", text, re.MULTILINE)


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("of", SHAPES)
def test_our_own_templates_are_such_as_a_team_may_write(of: Notes, language: str) -> None:
    with open(f"{template_folder()}/{language}/{NAME}", encoding="utf-8") as file:
        source = file.read()
    for script in (SLACK, PLAIN):
        assert render_notes(source, NAME, filled(of, script))
    assert render_notes(source, NAME, filled(of)) == render_template(NAME, language, filled(of))


# --- a team's own


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{{ nothing }}", "'nothing' is undefined"),
        ("{{ sections[0].titel }}", "has no attribute 'titel'"),
        ("{% for pull in sections[0].pull_requests %}{{ pull.nothing }}{% endfor %}", "has no attribute 'nothing'"),
        ("{{ sections }}", "a list cannot be written out"),
        ("{{ counts }}", "a dict cannot be written out"),
        ("{{ sections[9].title }}", "has no element 9"),
        ("{% for key in counts.items() %}{% endfor %}", "Call is not understood"),
    ],
)
def test_an_error_names_file_and_line(line: str, why: str) -> None:
    with pytest.raises(UsageError) as caught:
        render_notes(f"one\n\n{line}\n", "docs/notes.j2", filled(EXAMPLE))
    assert caught.value.message.startswith("The template docs/notes.j2, line 3: ")
    assert why in caught.value.message


def test_null_is_not_written_out_but_can_be_asked_for() -> None:
    with pytest.raises(UsageError, match=r"notes\.j2, line 2: a NoneType cannot be written out"):
        render_notes("\n{{ version }}", "notes.j2", filled(BARE))
    assert render_notes("{{ version or 'soon' }}", "notes.j2", filled(BARE)) == "soon\n"


def test_what_comes_out_has_no_control_characters_and_inert_text_stays_inert() -> None:
    of = notes(pull(1, "\x1b[31mRed @here\u202e\r\n# x"))
    source = "\n\n\ta\x07\u202e  b\r\n{{ sections[0].pull_requests[0].title }}\x9b\n\n"
    assert render_notes(source, "notes.j2", filled(of)) == "    a  b\n\\[31mRed \\@\u200bhere \\# x\n"


def test_texts_of_a_pull_request_are_no_template() -> None:
    of = notes(pull(1, "{{ 7 }}{% raw %}"))
    assert render_notes("{{ sections[0].pull_requests[0].title }}", "n", filled(of)) == "\\{\\{ 7 \\}\\}\\{% raw %\\}\n"


def test_a_large_release_fits() -> None:
    of = notes(*(pull(number, "A title of some length", "bug") for number in range(1, 4001)))
    source = (
        "{% for part in sections %}{% for pull in part.pull_requests %}"
        "{% for label in pull.labels %}[{{ label }}] {% endfor %}"
        "{{ pull.title }}{% if pull.mention %} {{ pull.mention }}{% endif %} ({{ pull.link }})\n"
        "{% endfor %}{% endfor %}"
    )
    assert render_notes(source, "n", filled(of)).count("\n") == 4000


def test_a_template_that_grows_without_end_is_stopped() -> None:
    source = "\n{% for a in sections %}" + "{% for b in a.pull_requests %}" * 3 + "x" + "{% endfor %}" * 4
    of = notes(*(pull(number) for number in range(1, 300)))
    with pytest.raises(UsageError, match=r"n, line 2: (there is too much to do|it makes more than 1024 KiB)"):
        render_notes(source, "n", filled(of))
