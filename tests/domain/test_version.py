"""Versions: which tags are releases, how they compare, and which one comes next."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reletan.domain.errors import UsageError
from reletan.domain.flow import Tag
from reletan.domain.version import (
    LEVELS,
    Level,
    Release,
    bump,
    check_above,
    check_version,
    final_releases,
    infer_prefix,
    is_final,
    level_of,
    propose,
    sort_key,
)

TODAY = date(2026, 1, 5)
FINAL = st.lists(st.integers(0, 999), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))


def tags(*names: str) -> dict[str, Tag]:
    return {name: Tag(name, f"commit of {name}") for name in names}


# --- what is a final release, and the order


@pytest.mark.parametrize("version", ["1", "1.4", "1.4.0", "1.4.0.1", "2026.01.0", "20260105"])
def test_final(version: str) -> None:
    assert is_final(version)


@pytest.mark.parametrize(
    "version",
    ["", "1.4.0-rc.1", "1.4.0rc1", "1.4.0+7", "v1.4.0", "1.", ".1", "1..2", "1.2.3.4.5", "1.4.x", "１.４", "1.4\n"],
)
def test_not_final(version: str) -> None:
    assert not is_final(version)
    with pytest.raises(ValueError, match=f"^{re.escape(version)}$"):
        sort_key(version)


@pytest.mark.parametrize(
    ("lower", "higher"), [("1.9", "1.10"), ("1.9.9", "1.10.0"), ("9.0.0", "10.0.0"), ("1.4", "1.4.0.1")]
)
def test_numbers_are_compared_not_characters(lower: str, higher: str) -> None:
    assert sort_key(lower) < sort_key(higher)


def test_missing_numbers_are_zero() -> None:
    assert sort_key("1.4") == sort_key("1.4.0") == sort_key("1.4.0.0")


def test_final_releases_newest_first() -> None:
    found = final_releases(tags("v1.9.0", "v1.10.0", "v1.10.0-rc.1", "v2", "1.11.0", "vnext", "v"), "v")
    assert found[1:] == [
        Release("v1.10.0", "1.10.0", "commit of v1.10.0"),
        Release("v1.9.0", "1.9.0", "commit of v1.9.0"),
    ]
    assert found[0].tag == "v2"


def test_final_releases_of_an_empty_prefix() -> None:
    assert [release.tag for release in final_releases(tags("1.2", "v1.3", "1.10"), "")] == ["1.10", "1.2"]


@given(st.lists(FINAL, unique=True))
def test_the_order_does_not_depend_on_the_order(versions: list[str]) -> None:
    forth, back = final_releases(tags(*versions), ""), final_releases(tags(*reversed(versions)), "")
    assert forth == back
    keys = [sort_key(release.version) for release in forth]
    assert keys == sorted(keys, reverse=True)


# --- the prefix


@pytest.mark.parametrize(
    ("names", "prefix"),
    [
        ([], "v"),
        (["v1.3.0", "v1.2.0"], "v"),
        (["1.3.0"], ""),
        (["release-1.3.0"], "release-"),
        (["release/1.3.0"], "release/"),
        (["app@1.3.0"], "v"),
        (["v1", "v2", "1.3.0"], ""),
        (["42", "v1.3.0"], "v"),
        (["1.3.0-rc.1", "v1.3.0"], "v"),
        (["nightly", "build-17"], "v"),
        (["V1.0"], "V"),
    ],
)
def test_the_prefix_of_the_tags(names: list[str], prefix: str) -> None:
    assert infer_prefix(names) == prefix


def test_mixed_prefixes_are_a_question() -> None:
    with pytest.raises(UsageError) as failure:
        infer_prefix(["v1.3.0", "1.2.0", "v1.2.1"])
    assert "1.2.0 and v1.3.0" in failure.value.message
    assert "tag_prefix" in (failure.value.next or "")


# --- a version that somebody gives


@pytest.mark.parametrize("version", ["1.4.0", "1.4.0-rc.1", "2026.01.0", "1_4"])
def test_a_version_may_be(version: str) -> None:
    check_version(version, "v", "release/")


@pytest.mark.parametrize(
    "version",
    ["", "-x", "1.4.0+7", "next", "v1", "a b", "a..b", "a/b", "x.lock", "1.", ".1", "$(x)", "1\n2", "日本", "a" * 300],
)
def test_a_version_must_not_be(version: str) -> None:
    with pytest.raises(UsageError):
        check_version(version, "v", "release/")


def test_a_new_version_is_above_all_releases() -> None:
    releases = [Release("v1.10.0", "1.10.0", "a"), Release("v1.3.2", "1.3.2", "b")]
    check_above("1.10.1", releases)
    check_above("1.4.0-rc.1", releases)
    for version in ("1.10.0", "1.10", "1.9.9", "1.3.2"):
        with pytest.raises(UsageError, match=r"1\.10\.0"):
            check_above(version, releases)


# --- the next version


@pytest.mark.parametrize(
    ("last", "level", "expected"),
    [
        ("1.3.2", "major", "2.0.0"),
        ("1.3.2", "minor", "1.4.0"),
        ("1.3.2", "patch", "1.3.3"),
        ("1.3", "patch", "1.3.1"),
        ("1", "minor", "1.1.0"),
        ("0.9.9", "minor", "0.10.0"),
        (None, "major", "1.0.0"),
        (None, "minor", "0.1.0"),
    ],
)
def test_bump(last: str | None, level: Level, expected: str) -> None:
    assert bump(last, level) == expected
    assert propose(last, [], level) == expected


def test_a_taken_version_is_avoided() -> None:
    assert propose("1.3.0", ["1.4.0"], "minor") == "1.5.0"
    assert propose("1.3.0", ["1.3.1", "1.3.2"], "patch") == "1.3.3"
    assert propose("1.3.0", ["2.0.0"], "major") == "3.0.0"


@given(FINAL, st.lists(FINAL), st.sampled_from(LEVELS))
def test_a_proposal_is_above_and_free(last: str, taken: list[str], level: Level) -> None:
    proposed = propose(last, taken, level)
    assert sort_key(proposed)[:3] > sort_key(last)[:3]
    assert proposed not in taken


@pytest.mark.parametrize(
    ("titles", "labels", "expected"),
    [
        ([], [], None),
        (["Add a basket"], [], None),
        (["feat: add"], [], "minor"),
        (["feat(shop): add"], [], "minor"),
        (["Feat: add"], [], "minor"),
        (["feat!: drop"], [], "major"),
        (["fix(api)!: drop"], [], "major"),
        (["fix: mend", "chore: tidy"], [], "patch"),
        (["fix: mend", "feat: add"], [], "minor"),
        (["docs: explain"], [], "patch"),
        (["feature: add"], [], None),
        (["Note: a title with a colon"], [], None),
        (["Mend feat: add"], [], None),
        (["feat:add"], [], None),
        ([], ["Breaking"], "major"),
        ([], ["feature"], "minor"),
        ([], ["docs"], None),
        (["fix: mend"], ["feature"], "minor"),
        (["feat!: drop"], ["feature"], "major"),
    ],
)
def test_what_titles_and_labels_ask_for(titles: list[str], labels: list[str], expected: Level | None) -> None:
    assert level_of(titles, labels, ["breaking"], ["Feature", "enhancement"]) == expected


# --- versions from the calendar


@pytest.mark.parametrize(
    ("format", "today", "expected"),
    [
        ("YYYY.0M.MICRO", TODAY, "2026.01.0"),
        ("YYYY.MM.MICRO", TODAY, "2026.1.0"),
        ("YY.MM.DD", TODAY, "26.1.5"),
        ("0Y.0M.0D", date(2009, 3, 4), "09.03.04"),
        ("YY.0M", date(2006, 10, 1), "6.10"),
        ("YYYY0M0D.MICRO", TODAY, "20260105.0"),
        ("YYYY.WW", date(2027, 1, 1), "2026.53"),
        ("YYYY.0W.MICRO", TODAY, "2026.02.0"),
        ("YYYY.0M.0D", date(2027, 1, 1), "2027.01.01"),
    ],
)
def test_calver(format: str, today: date, expected: str) -> None:
    assert propose(None, [], "minor", scheme="calver", format=format, today=today) == expected


def test_calver_counts_within_the_month() -> None:
    def next_one(last: str | None, taken: list[str]) -> str:
        return propose(last, taken, "minor", scheme="calver", format="YYYY.0M.MICRO", today=TODAY)

    assert next_one("2025.12.7", []) == "2026.01.0"
    assert next_one("2026.01.0", []) == "2026.01.1"
    assert next_one("2026.01.0", ["2026.01.1"]) == "2026.01.2"


@pytest.mark.parametrize(("last", "taken"), [("2026.1.5", []), (None, ["2026.1.5"]), ("2027.1.1", [])])
def test_calver_without_a_counter_can_be_used_up(last: str | None, taken: list[str]) -> None:
    with pytest.raises(UsageError, match=r"no free version of the form YYYY\.MM\.DD"):
        propose(last, taken, "minor", scheme="calver", format="YYYY.MM.DD", today=TODAY)


@pytest.mark.parametrize("format", ["YYYY-0M-MICRO", "release.YYYY", "YYYY.0M.0D.WW.MICRO", ""])
def test_a_calver_format_that_gives_no_numbers_is_refused(format: str) -> None:
    for last in (None, "1.0"):
        with pytest.raises(UsageError, match=r"version\.format"):
            propose(last, [], "minor", scheme="calver", format=format, today=TODAY)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(0, 20))
def test_calver_goes_up_however_often_on_one_day(today: date, times: int) -> None:
    last: str | None = None
    made: list[str] = []
    for _ in range(times):
        last = propose(last, made, "minor", scheme="calver", format="YY.MM.MICRO", today=today)
        made.append(last)
    assert [sort_key(version) for version in made] == sorted({sort_key(version) for version in made})
