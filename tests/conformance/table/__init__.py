"""The whole table."""

from conformance.case import Case
from conformance.table import batches, envelope, framing, handlers, ids, json_text, params, runtime, specification

__all__ = ["TABLE"]

TABLE: tuple[Case, ...] = (
    *specification.CASES,
    *envelope.CASES,
    *ids.CASES,
    *params.CASES,
    *handlers.CASES,
    *batches.CASES,
    *json_text.CASES,
    *framing.CASES,
    *runtime.CASES,
)
