"""The handlers of the service, by what they do: ask for a change of a job, look at a job, look at the daemon."""
