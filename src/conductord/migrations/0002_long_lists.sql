-- How long the newest good attempts of each sheet took, without reading all that ever ran under the name of the job.
CREATE INDEX attempts_good ON attempts (job_name, sheet_name, id, instrument) WHERE state = 'succeeded';

-- Counting the sheets of a job by state, and finding the ready ones, without reading the sheets themselves.
CREATE INDEX sheets_by_state ON sheets (job, state);
DROP INDEX sheets_ready;
