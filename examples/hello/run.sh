#!/bin/sh
# What `make run` runs: a conductor of its own in a temporary place, one job, and a look at what happened.
# Nothing is left behind, also when something fails; then the daemon's log is shown.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
venv=$here/../../.venv/bin
if [ -x "$venv/conductor" ]; then PATH=$venv:$PATH; fi
place=$(mktemp -d /tmp/hello.XXXXXX)    # short, since the path of a socket has at most 107 bytes

conductor() {
    command conductor --socket "$place/s.sock" --state-dir "$place/state" --config "$place/config.yaml" "$@"
}

finish() {
    code=$?
    trap - EXIT INT TERM
    conductor --quiet stop --timeout 20s || code=1
    if [ "$code" -ne 0 ]; then
        echo >&2 "--- the daemon's log"
        cat >&2 "$place/state/conductord.log" || true
    fi
    rm -rf "$place"
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

say() { printf '\n# %s\n' "$*"; }

: > "$place/config.yaml"

say "Start a conductor: a daemon on a Unix socket, with its state in a SQLite file."
conductor start

say "Submit a job of five sheets and follow it. Sheet 2 fails once and is tried again; sheet 3 must leave a valid report."
conductor run "$here/job.yaml" --workspace "$place/work" --follow

say "What each sheet wrote (kept in files, one directory an attempt):"
conductor logs hello

say "The first attempt of sheet 2 is kept, too:"
conductor logs hello flaky --attempt 1

say "When each attempt ran:"
conductor timeline hello

say "The attempts with their exit codes:"
conductor history hello

say "Stop the conductor."
conductor stop
