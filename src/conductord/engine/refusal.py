"""Requests that cannot be granted. Nothing has been changed then."""

from collections.abc import Sequence
from enum import StrEnum

from conductord.store import JobRow


class Reason(StrEnum):
    """Why a request was refused. The words are those of the wire."""

    NOT_FOUND = "not_found"
    WRONG_STATE = "wrong_state"
    INVALID_CONFIG = "invalid_config"
    CONFLICT = "conflict"
    UNSUPPORTED = "unsupported"
    RESOURCE_EXHAUSTED = "resource_exhausted"
    SHUTTING_DOWN = "shutting_down"


class Refused(Exception):
    """A request that cannot be granted; the message is for a person."""

    def __init__(self, reason: Reason, message: str, job: JobRow | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.job = job


class UnknownJob(Refused):
    """No job is meant by that name, or more than one."""

    def __init__(self, reference: str, candidates: Sequence[str]) -> None:
        super().__init__(Reason.NOT_FOUND, f"Job '{reference}' not found")
        self.reference = reference
        self.candidates = list(candidates)
        """Identifiers that begin so, or names that are close."""
