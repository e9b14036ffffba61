"""Limits as the wire shows them."""

import conductor_api as api
from conductord.engine.ledger import moment
from conductord.store import LimitRow, Store


def rate_limits(store: Store, now: float) -> api.RateLimits:
    """Limits that are waited out now."""
    active = [limit for limit in store.limits.all() if limit.until > now]
    return api.RateLimits(
        backends={limit.instrument: _limit(store, limit, now) for limit in active},
        active_limits=len(active),
        recent_events_count=store.events.count_since(now - 3600.0, "rate_limit.active"),
    )


def _limit(store: Store, limit: LimitRow, now: float) -> api.RateLimit:
    waiting = {sheet.job for sheet in store.sheets.limited(limit.instrument)}
    return api.RateLimit(
        instrument=limit.instrument,
        until=moment(limit.until),
        seconds_remaining=limit.until - now,
        reason=limit.reason,
        evidence=limit.evidence,
        waiting_jobs=[store.jobs.get(job).job_id for job in sorted(waiting)],
    )
