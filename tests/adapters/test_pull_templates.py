"""The texts of the release and deploy pull requests as people read them, in both languages."""

from typing import Any

import pytest
from noting import PAGE, commit, listing, place, pull

from reletan.adapters.templates import render_template
from reletan.domain.checklist import Mark, entries_of, everything, settle
from reletan.domain.listing import Listing
from reletan.domain.pullbody import COMPACT, Level, checklist_context, deploy_context

EXAMPLE = listing(
    pull(20, "Search by colour", author="yuki"), pull(19, "Fix the total"), pull(18, 'Revert "Faster"'),
    pull(17, "Faster", reverted_by=18), pull(16, "Update", author="renovate[bot]"), commit(0xA1B2C3D, "Correct a typing error"),
)  # fmt: skip
ONE = listing(pull(3, "Tidy up", author=None, author_name=None, url=None), since=None, compare_url=None)
NONE = listing(compare_url=None)
LATER = "c" * 40
MARKS = {19: Mark(True, frozenset(["0" * 10])), 20: Mark(True, frozenset(["0" * 10]))}


def release(language: str, found: Listing, level: Level = COMPACT, **more: Any) -> str:
    notes = everything(found, place(released=False, compare_url=found.compare_url, **more))
    items = settle(entries_of(found, {20: [LATER]}), MARKS)
    return shown(render_template("release_pull.md.j2", language, checklist_context(items, notes, level)))


def deploy(language: str, found: Listing, level: Level = COMPACT, **more: Any) -> str:
    notes = everything(found, place(compare_url=found.compare_url, **more))
    values = deploy_context(
        notes, {20: [commit(1, "One"), commit(2, "Two")]}, environment="production", branch="deploy", level=level
    )
    return shown(render_template("deploy_pull.md.j2", language, values))


def shown(text: str) -> str:
    return text.replace(PAGE, "U").replace(LATER, "LATER")


ENGLISH = """\
**3 changes** since v1.3.0 by 3 people ([v1.3.0...v1.4.0](U/compare/v1.3.0...v1.4.0)).

Please check each of your changes on the test environment, then tick it here.

### @hana

- [x] Fix the total ([#19](U/pull/19)) <!-- reletan:item 19 0000000000 -->

### @yuki

- [ ] Search by colour ([#20](U/pull/20)): please check again, [ccccccc](U/commit/LATER) came later \
<!-- reletan:item 20 0000000000 +cccccccccc -->

### renovate\\[bot\\] (for whoever is on duty)

- [ ] Update ([#16](U/pull/16)) <!-- reletan:item 16 0000000000 -->

### Taken back again

- Faster ([#17](U/pull/17)) by hana, taken back by [#18](U/pull/18)

### Commits without a pull request

- Correct a typing error ([a1b2c3d](U/commit/a1b2c3d000000000000000000000000000000000)) by Kenji
"""

JAPANESE = """\
v1.3.0 以降の変更: **3 件**（3 人） [v1.3.0...v1.4.0](U/compare/v1.3.0...v1.4.0)

自分の変更をテスト環境で確認し、問題がなければチェックを入れてください。

### @hana

- [x] Fix the total（[#19](U/pull/19)） <!-- reletan:item 19 0000000000 -->

### @yuki

- [ ] Search by colour（[#20](U/pull/20)） 再確認をお願いします。[ccccccc](U/commit/LATER) が追加されました。 \
<!-- reletan:item 20 0000000000 +cccccccccc -->

### renovate\\[bot\\]（リリース担当が確認）

- [ ] Update（[#16](U/pull/16)） <!-- reletan:item 16 0000000000 -->

### 取り消した変更

- Faster（[#17](U/pull/17)、担当: hana）は [#18](U/pull/18) で取り消しました

### プルリクエストのないコミット

- Correct a typing error（[a1b2c3d](U/commit/a1b2c3d000000000000000000000000000000000)、作成者: Kenji）
"""


@pytest.mark.parametrize(("language", "text"), [("en", ENGLISH), ("ja", JAPANESE)])
def test_a_release_with_something_of_everything(language: str, text: str) -> None:
    assert release(language, EXAMPLE, Level()) == text


def test_a_release_in_few_words() -> None:
    assert release("en", EXAMPLE, Level(title=0, lists=False, compact=True, most=1)) == (
        "**3 changes** since v1.3.0 by 3 people ([v1.3.0...v1.4.0](U/compare/v1.3.0...v1.4.0)).\n\n"
        "Please check each of your changes on the test environment, then tick it here.\n\n"
        "### @hana\n\n- [x] #19 <!-- reletan:item 19 0000000000 -->\n\n"
        "### @yuki\n\n- [ ] #20: please check again, ccccccc came later <!-- reletan:item 20 0000000000 +cccccccccc -->\n\n"
        "… and 1 more, for which there is no room here.\n\n"
        "Besides, 1 commit came without a pull request.\n"
    )
    japanese = release("ja", EXAMPLE, Level(title=0, lists=False, compact=True, most=1))
    assert (
        "\n\n… ほか 1 件（文字数の上限を超えるため省略）\n\nこのほか、プルリクエストのないコミットが 1 件あります。\n"
        in japanese
    )


@pytest.mark.parametrize(
    ("language", "one", "none"),
    [
        ("en", "**1 change**, the first release.\n\nPlease", "No pull request has to be confirmed.\n"),
        ("ja", "初回リリースの変更: **1 件**\n\n自分の", "確認が必要なプルリクエストはありません。\n"),
    ],
)
def test_a_first_release_and_one_with_nothing_to_confirm(language: str, one: str, none: str) -> None:
    assert release(language, ONE).startswith(one)
    assert release(language, NONE) == none


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "Merging this deploys 1.4.0 to **production**: 3 changes ([v1.3.0...v1.4.0](U/compare/v1.3.0...v1.4.0)).\n\n"
            "@yuki, @hana, renovate\\[bot\\]: your changes are in it.\n\n"
            "### Changes\n\n"
            "- Search by colour ([#20](U/pull/20)) by yuki\n"
            "  - [0000001](U/commit/0000001000000000000000000000000000000000) One\n"
            "  - [0000002](U/commit/0000002000000000000000000000000000000000) Two\n"
            "- Fix the total ([#19](U/pull/19)) by hana\n"
            "- Update ([#16](U/pull/16)) by renovate\\[bot\\]\n\n"
            "### Taken back again\n\n"
            "- Faster ([#17](U/pull/17)) by hana, taken back by [#18](U/pull/18)\n\n"
            "### Commits without a pull request\n\n"
            "- Correct a typing error ([a1b2c3d](U/commit/a1b2c3d000000000000000000000000000000000)) by Kenji\n",
        ),
        (
            "ja",
            "マージすると 1.4.0 が **production** にデプロイされます。変更は 3 件です。 "
            "[v1.3.0...v1.4.0](U/compare/v1.3.0...v1.4.0)\n\n"
            "変更した人: @yuki、 @hana、 renovate\\[bot\\]\n\n"
            "### 変更\n\n"
            "- Search by colour（[#20](U/pull/20)、担当: yuki）\n"
            "  - [0000001](U/commit/0000001000000000000000000000000000000000) One\n"
            "  - [0000002](U/commit/0000002000000000000000000000000000000000) Two\n"
            "- Fix the total（[#19](U/pull/19)、担当: hana）\n"
            "- Update（[#16](U/pull/16)、担当: renovate\\[bot\\]）\n\n"
            "### 取り消した変更\n\n"
            "- Faster（[#17](U/pull/17)、担当: hana）は [#18](U/pull/18) で取り消しました\n\n"
            "### プルリクエストのないコミット\n\n"
            "- Correct a typing error（[a1b2c3d](U/commit/a1b2c3d000000000000000000000000000000000)、作成者: Kenji）\n",
        ),
    ],
)
def test_a_deployment_with_something_of_everything(language: str, text: str) -> None:
    assert deploy(language, EXAMPLE, Level()) == text


def test_a_deployment_in_few_words() -> None:
    assert deploy("en", EXAMPLE, Level(title=0, lists=False, compact=True, most=2)).endswith(
        "### Changes\n\n- #20\n- #19\n\n… and 1 more, for which there is no room here.\n\n"
        "Besides, 1 commit came without a pull request.\n"
    )
    assert deploy("en", NONE, version=None) == "Merging this deploys release/1.4.0 to **production**: 0 changes.\n"
