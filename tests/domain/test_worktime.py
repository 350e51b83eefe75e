"""When people may be reminded, in the team's time zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reletan.domain.config import Day
from reletan.domain.worktime import DAYS, WorkTime

WEEK: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri")


def opens(now: str, hours: str = "09:00-18:00", days: tuple[Day, ...] = WEEK) -> str | None:
    found = WorkTime(days, hours).opens(datetime.fromisoformat(now).replace(tzinfo=UTC))
    return found and f"{found:%Y-%m-%d %H:%M %Z}"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        # 2026-01-05 is a Monday
        ("2026-01-05 08:59", "2026-01-05 09:00 UTC"),
        ("2026-01-05 09:00", None),
        ("2026-01-05 17:59:59", None),
        ("2026-01-05 18:00", "2026-01-06 09:00 UTC"),
        ("2026-01-09 18:00", "2026-01-12 09:00 UTC"),
        ("2026-01-10 12:00", "2026-01-12 09:00 UTC"),
        ("2026-01-11 23:59", "2026-01-12 09:00 UTC"),
        ("2026-12-31 20:00", "2027-01-01 09:00 UTC"),
    ],
)
def test_working_days_and_hours(now: str, expected: str | None) -> None:
    assert opens(now) == expected


def test_a_whole_day_and_a_single_day() -> None:
    assert opens("2026-01-05 23:59", "00:00-24:00") is None
    assert opens("2026-01-05 00:00", "00:00-24:00") is None
    assert opens("2026-01-07 19:00", days=("wed",)) == "2026-01-14 09:00 UTC"


def test_the_zone_counts_where_clocks_change() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    friday = datetime(2026, 3, 27, 17, 30, tzinfo=UTC).astimezone(berlin)
    found = WorkTime(WEEK, "09:00-18:00").opens(friday)
    assert found is not None
    assert found.astimezone(UTC) == datetime(2026, 3, 30, 7, 0, tzinfo=UTC)


@given(
    now=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    days=st.lists(st.sampled_from(DAYS), min_size=1, unique=True),
    hours=st.sampled_from(["09:00-18:00", "00:00-24:00", "23:00-24:00", "00:00-00:01"]),
)
def test_what_opens_next_is_open_and_never_past(now: datetime, days: list[Day], hours: str) -> None:
    times = WorkTime(days, hours)
    found = times.opens(now)
    if found is not None:
        assert found > now
        assert times.opens(found) is None
        assert (found - now).days <= 7
