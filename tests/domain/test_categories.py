"""Under which heading a pull request stands, and where the headings come from."""

import pytest
from noting import policy, pull

from reletan.domain.categories import is_left_out, policy_of, taker
from reletan.domain.config import Category, Config, Notes
from reletan.domain.text import Text

FEATURES = Category("Features", ("feature",))
FIXES = Category("Fixes", ("Bug",))
REST = Category("Rest", ("*",), exclude_labels=("Dependencies",), exclude_authors=("dependabot",))


@pytest.mark.parametrize(
    ("title", "labels", "expected"),
    [
        ("x", ("feature",), ["Features", "Rest"]),
        ("x", ("FEATURE",), ["Features", "Rest"]),
        ("x", ("bug", "feature"), ["Features", "Fixes", "Rest"]),
        ("x", ("other",), ["Rest"]),
        ("x", (), ["Rest"]),
        ("x", ("feature", "dependencies"), ["Features"]),
        ("feat: x", (), ["Features", "Rest"]),
        ("FEAT(shop)!: x", (), ["Features", "Rest"]),
        ("fix!: x", (), ["Fixes", "Rest"]),
        ("fix:x", (), ["Rest"]),
        ("feature: x", (), ["Rest"]),
        ("docs: x", (), ["Rest"]),
        ("revert: feat: x", (), ["Rest"]),
        ("feat: x", ("bug",), ["Fixes", "Rest"]),
    ],
)
def test_which_categories_take_a_pull_request(title: str, labels: tuple[str, ...], expected: list[str]) -> None:
    found = [one.title for one in (FEATURES, FIXES, REST) if taker(one)(pull(1, title, *labels))]
    assert found == expected


def test_unknown_labels_are_as_none() -> None:
    import msgspec

    unknown = msgspec.structs.replace(pull(1, "fix: x"), labels=None)
    assert [taker(one)(unknown) for one in (FEATURES, FIXES, REST)] == [False, True, True]
    assert not is_left_out(unknown, policy(labels=("bug",)))


@pytest.mark.parametrize("author", ["dependabot[bot]", "dependabot", "Dependabot[bot]"])
@pytest.mark.parametrize("excluded", ["dependabot[bot]", "dependabot", "DEPENDABOT"])
def test_a_bot_is_known_with_and_without_its_ending(author: str, excluded: str) -> None:
    assert is_left_out(pull(1, author=author), policy(authors=(excluded,)))
    assert not taker(REST)(pull(1, author=author))


def test_without_a_login_the_name_counts() -> None:
    bot = pull(1, author=None, author_name=Text("dependabot[bot]"))
    assert is_left_out(bot, policy(authors=("dependabot[bot]",)))
    assert not is_left_out(pull(1, author=None, author_name=None), policy(authors=("dependabot[bot]",)))


@pytest.mark.parametrize(
    ("labels", "left_out"), [(("skip-notes",), True), (("Skip-Notes", "bug"), True), (("bug",), False), ((), False)]
)
def test_what_is_left_out_by_label(labels: tuple[str, ...], left_out: bool) -> None:
    assert is_left_out(pull(1, "x", *labels), policy(FEATURES, labels=("SKIP-notes",))) is left_out


OWN = Config(
    notes=Notes(categories=(FIXES,), exclude_labels=("own",), exclude_authors=("mine",)),
    sources={"notes.categories": ".reletan.toml"},
)
ONLY_EXCLUDES = Config(notes=Notes(exclude_labels=("own",), exclude_authors=("mine",)))
THEIRS = policy(REST, labels=("theirs",), authors=("octocat",))


def test_the_teams_own_categories_win_over_githubs_file_as_a_whole() -> None:
    assert policy_of(OWN, THEIRS, "ja") == policy(FIXES, labels=("own",), authors=("mine",))


def test_githubs_file_counts_where_no_category_is_set_and_exclusions_add_up() -> None:
    found = policy_of(ONLY_EXCLUDES, THEIRS, "en")
    assert found == policy(REST, labels=("own", "theirs"), authors=("mine", "octocat"))


@pytest.mark.parametrize(("language", "titles"), [("en", ["Features", "Fixes"]), ("ja", ["新機能", "不具合修正"])])
def test_the_usual_headings_are_in_the_language(language: str, titles: list[str]) -> None:
    for file in (None, policy(labels=("theirs",))):
        found = policy_of(Config(), file, language)  # type: ignore[arg-type]
        assert [one.title for one in found.categories] == titles
        assert found.exclude_labels == (("skip-notes", "theirs") if file else ("skip-notes",))
