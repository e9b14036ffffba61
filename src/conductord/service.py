"""The service: every method of the schema, by the three groups of `handlers`."""

from conductord.handlers.daemon_queries import DaemonQueries
from conductord.handlers.desk import Desk
from conductord.handlers.job_queries import JobQueries
from conductord.handlers.job_requests import JobRequests


class ConductorService(JobRequests, JobQueries, DaemonQueries):
    """Implements `conductor_api.DaemonService`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
