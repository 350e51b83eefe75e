"""Time zones by name, as the system or the package tzdata has them."""

from datetime import UTC, tzinfo

from reletan.domain.errors import UsageError


def find_zone(name: str, source: str = "default") -> tzinfo:
    """Raises UsageError for a name that nobody knows here, which ``source`` gave."""
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    # a folder of the list, a name that leads out of it, a file that is none
    except (KeyError, ValueError, OSError):
        raise UsageError(f"{source}: checklist.time_zone: there is no time zone {name[:60]!r} here.",
                         next='name one such as "Asia/Tokyo", or install the package tzdata') from None  # fmt: skip
