"""Every verb: where it lives, and what it does in one line. The modules are imported only when asked for."""

from typing import NamedTuple


class Verb(NamedTuple):
    """One line of the table."""

    module: str
    """Module of `conductord.cli.verbs`; it has `add_arguments(parser)` and `run(session, args)`."""
    summary: str


GROUPS: dict[str, dict[str, Verb]] = {
    "the daemon": {
        "start": Verb("start", "start the daemon in the background and wait until it is ready"),
        "stop": Verb("stop", "end the daemon and wait until it is gone"),
        "restart": Verb("restart", "stop the daemon and start it again"),
        "status": Verb("status", "what the daemon is doing"),
        "health": Verb("health", "whether the daemon is alive (the exit code is the answer)"),
        "ready": Verb("ready", "whether the daemon takes on work (the exit code is the answer)"),
        "config": Verb("config", "the settings, and where each comes from"),
        "top": Verb("top", "the machine, and the processes of the jobs"),
        "doctor": Verb("doctor", "check everything that commonly stands in the way"),
    },
    "jobs": {
        "run": Verb("run", "submit a job file"),
        "validate": Verb("validate", "check a job file; needs no daemon"),
        "list": Verb("list", "the jobs"),
        "show": Verb("show", "everything about one job"),
        "logs": Verb("logs", "what a job wrote"),
        "watch": Verb("watch", "follow a job until it ends"),
        "wait": Verb("wait", "wait until jobs have ended; the exit code is their result"),
        "pause": Verb("pause", "hold a job at the next boundary between sheets"),
        "resume": Verb("resume", "let a paused or failed job go on"),
        "modify": Verb("modify", "give a job another job file and let it go on"),
        "cancel": Verb("cancel", "stop a job for good, with all its processes"),
        "clear": Verb("clear", "delete ended jobs with their output"),
    },
    "what happened, and why": {
        "errors": Verb("errors", "failed attempts of a job"),
        "diagnose": Verb("diagnose", "what stands in a job's way, and what to do"),
        "history": Verb("history", "attempts of a job"),
        "timeline": Verb("timeline", "attempts of a job as bars over time"),
        "recover": Verb("recover", "check the outputs of failed sheets again"),
        "limits": Verb("limits", "rate limits that are waited out; `limits clear` lifts them"),
        "patterns": Verb("patterns", "what past attempts tell: durations, flaky sheets"),
        "events": Verb("events", "events as they happened, or as they happen"),
    },
    "the API": {
        "call": Verb("call", "call any method of the daemon with JSON"),
        "describe": Verb("describe", "describe the methods of the daemon"),
    },
}

VERBS: dict[str, Verb] = {name: verb for group in GROUPS.values() for name, verb in group.items()}


def overview() -> str:
    """The help text of `conductor` itself."""
    width = max(map(len, VERBS))
    lines = ["usage: conductor [options] VERB ...", "", "A local daemon that finishes long lists of steps."]
    for group, verbs in GROUPS.items():
        lines += ["", f"{group}:"]
        lines += [f"  {name:<{width}}  {verb.summary}" for name, verb in verbs.items()]
    lines += [
        "",
        "options, before or after the verb:",
        "  --socket PATH      socket of the daemon (CONDUCTOR_SOCKET)",
        "  --state-dir DIR    where the daemon keeps everything (CONDUCTOR_STATE_DIR)",
        "  --config FILE      file of settings (CONDUCTOR_CONFIG)",
        "  --color WHEN       auto, always or never",
        "  -q, --quiet        no messages, only answers",
        "  -v, --verbose      more messages",
        "  -V, --version      version of conductor",
        "",
        "`conductor VERB --help` tells the rest.",
        "exit codes: 0 fine; 1 a job ended without success; 2 wrong usage or job file;",
        "3 daemon not reachable; 4 no such job; 5 not possible in this state; 75 still waiting;",
        "124 --timeout ran out; 130 Ctrl-C",
    ]
    return "\n".join(lines)
