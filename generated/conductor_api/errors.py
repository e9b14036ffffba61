"""Errors that methods of the Daemon service answer with.

Made by `daemonrpc generate` from schema/methods.yaml. Do not edit.
"""

from daemonrpc import ApplicationError
from msgspec import Struct

from .types import JobStatus


class JobNotFoundData(Struct, kw_only=True):
    """Data of JobNotFound."""

    job_id: str
    """The name that was given."""
    candidates: list[str]
    """Identifiers that begin with it, when there is more than one; or names that are close."""


class JobNotFound(ApplicationError):
    """No job is meant by that name, or more than one."""

    code = -32000
    data_type = JobNotFoundData
    data: JobNotFoundData

    def __init__(
        self,
        message: str = "No job is meant by that name, or more than one.",
        *,
        job_id: str,
        candidates: list[str],
    ) -> None:
        super().__init__(message, data=JobNotFoundData(job_id=job_id, candidates=candidates))


class ResourceExhaustedData(Struct, kw_only=True):
    """Data of ResourceExhausted."""

    resource: str
    """What there is no more of, such as `event streams`."""
    limit: int
    """How many there may be."""


class ResourceExhausted(ApplicationError):
    """The daemon is at one of its limits."""

    code = -32001
    data_type = ResourceExhaustedData
    data: ResourceExhaustedData

    def __init__(self, message: str = "The daemon is at one of its limits.", *, resource: str, limit: int) -> None:
        super().__init__(message, data=ResourceExhaustedData(resource=resource, limit=limit))


class JobNotResumableData(Struct, kw_only=True):
    """Data of JobNotResumable."""

    job_id: str
    """Identifier of the job."""
    status: JobStatus
    """Where it stands."""


class JobNotResumable(ApplicationError):
    """The job is in a state in which that is not possible."""

    code = -32004
    data_type = JobNotResumableData
    data: JobNotResumableData

    def __init__(
        self,
        message: str = "The job is in a state in which that is not possible.",
        *,
        job_id: str,
        status: JobStatus,
    ) -> None:
        super().__init__(message, data=JobNotResumableData(job_id=job_id, status=status))


class WorkspaceNotFoundData(Struct, kw_only=True):
    """Data of WorkspaceNotFound."""

    job_id: str
    """Identifier of the job."""
    workspace: str
    """The directory."""


class WorkspaceNotFound(ApplicationError):
    """The directory in which the job runs is gone."""

    code = -32005
    data_type = WorkspaceNotFoundData
    data: WorkspaceNotFoundData

    def __init__(
        self,
        message: str = "The directory in which the job runs is gone.",
        *,
        job_id: str,
        workspace: str,
    ) -> None:
        super().__init__(message, data=WorkspaceNotFoundData(job_id=job_id, workspace=workspace))
