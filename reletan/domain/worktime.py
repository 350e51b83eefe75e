"""When people may be reminded: on working days, within working hours, in the team's time zone."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

import msgspec

from reletan.domain.config import Day

DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_A_DAY = timedelta(days=1)


class WorkTime(msgspec.Struct, frozen=True):
    """``days``: at least one; ``hours``: "09:00-18:00", from the first minute until just before the last; 24:00 ends a day."""

    days: Sequence[Day]
    hours: str

    def opens(self, now: datetime) -> datetime | None:
        """When it begins next after ``now``, in the time zone of ``now``; None: it is working time."""
        begin, end = self.hours.split("-")
        clock = f"{now:%H:%M}"
        if self._is_on(now) and begin <= clock < end:
            return None
        day = now if clock < begin else now + _A_DAY
        while not self._is_on(day):
            day += _A_DAY
        return datetime.combine(day.date(), time.fromisoformat(begin), now.tzinfo)

    def _is_on(self, day: datetime) -> bool:
        return DAYS[day.weekday()] in self.days
