-- The state of a conductor. One writer: the daemon. Times are seconds since the epoch, by the wall clock.

-- Texts by their digest: ten thousand submissions of one file keep one copy of it. Three kinds share the table, apart by
-- the prefix of the key: `file:` the text of a job file, `plan:` the compiled job, `step:` what an attempt started.
CREATE TABLE texts (
    key TEXT PRIMARY KEY,
    text TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,   -- the n of <name>#<n>; never used twice
    name TEXT NOT NULL,
    request_id TEXT UNIQUE,                 -- of the client; makes submit idempotent
    state TEXT NOT NULL,                    -- job.JobState
    holds TEXT NOT NULL DEFAULT '',         -- job.Hold, sorted, joined by commas; '' = runs
    config_path TEXT,                       -- absolute; NULL for a job given as text
    workspace TEXT NOT NULL,                -- absolute
    file_hash TEXT NOT NULL,                -- sha256 of the text of the job file
    plan_hash TEXT NOT NULL,                -- of the compiled job
    source TEXT NOT NULL,                   -- JSON: how the file is to be read again
    next_change TEXT,                       -- JSON: a new definition that waits for the sheet boundary
    submitted REAL NOT NULL,
    updated REAL NOT NULL,
    started REAL,
    ended REAL,
    cause TEXT,                             -- job.Cause of the sheet that made it fail
    error TEXT,
    recovered INTEGER NOT NULL DEFAULT 0,
    sheets INTEGER NOT NULL,                -- from here: kept with each move, so that a list of jobs reads one table
    done INTEGER NOT NULL DEFAULT 0,
    busy INTEGER NOT NULL DEFAULT 0,
    current INTEGER,
    retries INTEGER NOT NULL DEFAULT 0,
    limit_waits INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX jobs_by_name ON jobs (name, id);
CREATE INDEX jobs_by_state ON jobs (state, id);
CREATE INDEX jobs_runnable ON jobs (state, id) WHERE holds = '' AND state IN ('queued', 'running');

CREATE TABLE sheets (
    job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    n INTEGER NOT NULL,                     -- 1, 2, 3 ...
    name TEXT NOT NULL,                     -- unique in its job: what a changed file is compared by
    instrument TEXT NOT NULL,
    hash TEXT NOT NULL,                     -- of what the sheet says; another hash means a changed sheet
    needs TEXT NOT NULL,                    -- JSON list of sheet numbers
    state TEXT NOT NULL,                    -- job.SheetState
    recovered INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,    -- number of the newest attempt
    counted INTEGER NOT NULL DEFAULT 0,     -- attempts that used up a retry, in all
    tries INTEGER NOT NULL DEFAULT 0,       -- counted failures since the sheet was opened
    lost INTEGER NOT NULL DEFAULT 0,        -- interruptions in a row
    spent REAL NOT NULL DEFAULT 0,          -- seconds of all attempts
    due REAL,                               -- when a wait or a retry ends: this column is the timer
    limited_since REAL,                     -- start of the present row of limit waits
    fresh_since REAL,                       -- start of the first attempt: outputs older than this do not count
    started REAL,
    ended REAL,
    cause TEXT,                             -- of the newest attempt that failed
    error TEXT,
    checks TEXT,                            -- JSON: newest results of its validations, of an attempt or a recovery
    PRIMARY KEY (job, n)
) WITHOUT ROWID;
CREATE INDEX sheets_due ON sheets (due) WHERE due IS NOT NULL;
CREATE INDEX sheets_ready ON sheets (job, n) WHERE state = 'ready';
CREATE INDEX sheets_open ON sheets (state, instrument) WHERE state IN ('dispatched', 'in_progress', 'waiting', 'retry_scheduled');

CREATE TABLE attempts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job INTEGER NOT NULL,                   -- no foreign key: what past attempts tell outlives the job
    sheet INTEGER NOT NULL,
    n INTEGER NOT NULL,
    job_name TEXT NOT NULL,
    sheet_name TEXT NOT NULL,
    step TEXT NOT NULL,                     -- digest of what was started: texts, `step:`
    instrument TEXT NOT NULL,
    state TEXT NOT NULL,                    -- job.AttemptState
    dir TEXT NOT NULL,                      -- '' once the job was cleared
    pid INTEGER,
    pid_start TEXT,
    started REAL NOT NULL,
    ended REAL,
    cause TEXT,                             -- job.Cause
    counted INTEGER NOT NULL DEFAULT 1,
    retriable INTEGER NOT NULL DEFAULT 0,
    exit_code INTEGER,
    signal INTEGER,
    error TEXT,
    signature TEXT,                         -- the same for failures of the same kind
    utime REAL,
    stime REAL,
    maxrss_kb INTEGER,
    out_bytes INTEGER NOT NULL DEFAULT 0,   -- announced as events so far; at the end all there is
    err_bytes INTEGER NOT NULL DEFAULT 0,
    last_output REAL,
    input_tokens INTEGER,                   -- what the instrument reported, NULL when it said nothing
    output_tokens INTEGER,
    cost REAL,                              -- US dollars
    checks TEXT                             -- JSON: results of the validations, NULL when none ran
);
CREATE INDEX attempts_by_sheet ON attempts (job, sheet, n);
CREATE INDEX attempts_unfinished ON attempts (id) WHERE state IN ('starting', 'running');
CREATE INDEX attempts_by_name ON attempts (job_name, sheet_name, id);
CREATE INDEX attempts_by_end ON attempts (ended);

CREATE TABLE limits (
    instrument TEXT PRIMARY KEY,
    since REAL NOT NULL,
    until REAL NOT NULL,
    reason TEXT NOT NULL,
    evidence TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE hooks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    hook TEXT NOT NULL,
    argv TEXT NOT NULL,                     -- JSON list
    state TEXT NOT NULL,                    -- pending, running, ended: a hook runs at most once
    due REAL NOT NULL,
    ended REAL,
    result TEXT
);
CREATE INDEX hooks_open ON hooks (id) WHERE state != 'ended';

CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    job INTEGER,                            -- NULL: of the daemon, or of a limit
    sheet INTEGER NOT NULL DEFAULT 0,       -- 0: of the job
    event TEXT NOT NULL,
    data TEXT NOT NULL                      -- JSON; of an output chunk only where it lies in its file
);
CREATE INDEX events_by_job ON events (job, seq);
CREATE INDEX events_by_name ON events (event, seq) WHERE event != 'sheet.output';
