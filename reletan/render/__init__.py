"""Plans, lists and answers as text for people and as JSON for scripts."""

from reletan.render.answers import error, status
from reletan.render.jsontext import to_json
from reletan.render.listings import console, listing_markdown, listing_summary, listing_table
from reletan.render.plans import dry_run, outcome, outcomes, plan_lines, show_plan

__all__ = [
    "console",
    "dry_run",
    "error",
    "listing_markdown",
    "listing_summary",
    "listing_table",
    "outcome",
    "outcomes",
    "plan_lines",
    "show_plan",
    "status",
    "to_json",
]
