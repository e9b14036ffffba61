"""Settings of the daemon and its command line: the only reader of the environment and of settings files.

Precedence: flag, then environment (`CONDUCTOR_*`), then file, then default. Import stays light (no asyncio, yaml or
psutil), since every `conductor` verb pays for it.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from conductord.problems import FileProblemsError, Problem
from conductord.quantities import parse_duration, parse_size

if TYPE_CHECKING:
    from conductord.yamlfile.fields import Report
    from conductord.yamlfile.nodes import Mapping as MappingNode

SOCKET_PATH_MAX = 107
"""Bytes: `sun_path` of unix(7) has 108, one of them for the final NUL."""
LOG_LEVELS = ("debug", "info", "warning", "error")
ACCESS_LOGS = ("none", "problems", "all")
STEP_VARIABLES = ("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ", "TMPDIR")
"""What every step sees of the daemon's environment, and each `LC_*`. No TERM: there is no terminal."""
TERMINAL_VARIABLES = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS")


class ConfigError(FileProblemsError):
    """A setting is wrong; each problem says whether a flag, a variable or which line of the file."""


class Settings(Struct, frozen=True, kw_only=True):
    """Every setting, with its default.

    The names are those of flags, of the file and (in upper case, after `CONDUCTOR_`) of variables.
    """

    socket: Path
    """Unix socket of the daemon. `$XDG_RUNTIME_DIR/conductor/s.sock`, else `/tmp/conductor-<uid>/s.sock`."""
    state_dir: Path
    """Database, attempts and log. `$XDG_STATE_HOME/conductor`, else `~/.local/state/conductor`."""
    config_file: Path
    """Where the settings file is, or would be. Flag `config`, variable CONDUCTOR_CONFIG; not a key of the file."""
    socket_permissions: int = 0o600
    """Mode of the socket; written in octal."""
    backlog: int = 512
    """Connections the kernel queues before accept."""
    max_connections: int = 500
    """Connections served at a time."""
    max_concurrent_requests: int = 50
    """Calls worked on at a time."""
    max_concurrent_jobs: int = 5
    """Jobs that run at a time; further ones are queued."""
    max_concurrent_sheets: int = 10
    """Sheets that run at a time, over all jobs."""
    grace: float = 10.0
    """Seconds between TERM and KILL of a step."""
    shutdown_grace: float = 30.0
    """Seconds that `stop` waits for answers in flight."""
    event_retention: float = 7 * 86400.0
    """Seconds an event stays readable by `since_seq` after its job has ended."""
    disk_low: int = 64 * 2**20
    """Bytes free in `state_dir` below which the daemon accepts no new job."""
    log_level: str = "info"
    """debug, info, warning or error."""
    access_log: str = "none"
    """Which calls get a line in the log: none, problems (faults, limits, refusals) or all."""
    origins: dict[str, str] = {}
    """Where each value came from: `default`, `flag --x`, `CONDUCTOR_X`, or `file:line`."""

    @property
    def database(self) -> Path:
        """SQLite file of the store."""
        return self.state_dir / "conductor.db"

    @property
    def jobs_dir(self) -> Path:
        """Parent of the jobs' directories."""
        return self.state_dir / "jobs"

    @property
    def log_file(self) -> Path:
        """Log of a daemon that runs in the background."""
        return self.state_dir / "conductord.log"

    @property
    def pid_file(self) -> Path:
        """Process id of the running daemon, as text."""
        return self.state_dir / "conductord.pid"

    def attempt_dir(self, job: int, sheet: int, attempt: int) -> Path:
        """Directory of one attempt: `<state>/jobs/<job>/<sheet>/<attempt>`."""
        return self.jobs_dir / str(job) / str(sheet) / str(attempt)


# ---------------------------------------------------------------------------- one setting


def _path(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_absolute():
        raise ValueError(f"'{text}' is not an absolute path")
    return path


def _socket(text: str) -> Path:
    path = _path(text)
    if len(os.fsencode(path)) > SOCKET_PATH_MAX:
        length = len(os.fsencode(path))
        raise ValueError(f"the path has {length} bytes, a Unix socket may have {SOCKET_PATH_MAX}; choose a shorter one")
    return path


def _mode(text: str) -> int:
    try:
        mode = int(text.removeprefix("0o"), 8)
    except ValueError:
        mode = -1
    if not 0 <= mode <= 0o777:
        raise ValueError(f"'{text}' is not a mode; write it in octal, as in 0600")
    return mode


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= len(text) <= 6 and int(text) >= 1):
        raise ValueError(f"'{text}' is not a whole number from 1 to 999999")
    return int(text)


def _log_level(text: str) -> str:
    if text.lower() not in LOG_LEVELS:
        raise ValueError(f"'{text}' is not a level; write one of {', '.join(LOG_LEVELS)}")
    return text.lower()


def _access_log(text: str) -> str:
    if text.lower() not in ACCESS_LOGS:
        raise ValueError(f"'{text}' is no choice of calls; write one of {', '.join(ACCESS_LOGS)}")
    return text.lower()


_READERS: dict[str, Callable[[str], Any]] = {
    "socket": _socket,
    "state_dir": _path,
    "socket_permissions": _mode,
    "backlog": _count,
    "max_connections": _count,
    "max_concurrent_requests": _count,
    "max_concurrent_jobs": _count,
    "max_concurrent_sheets": _count,
    "grace": parse_duration,
    "shutdown_grace": parse_duration,
    "event_retention": parse_duration,
    "disk_low": parse_size,
    "log_level": _log_level,
    "access_log": _access_log,
}
"""How the text of each setting is read. ValueError: what is wrong; and after a semicolon, what to write."""


# ---------------------------------------------------------------------------- all of them


def load_settings(flags: Mapping[str, str | None] | None = None) -> Settings:
    """Settings in force. `flags`: setting name to text, None for a flag not given; `config` names the file.

    A file that was named (flag or CONDUCTOR_CONFIG) must exist; the default file need not.
    Raises ConfigError with every problem.
    """
    return _Loader({name: text for name, text in (flags or {}).items() if text is not None}).load()


class _Loader:
    def __init__(self, flags: Mapping[str, str]) -> None:
        self.flags = flags
        self.problems: list[Problem] = []
        self.values: dict[str, Any] = {}
        self.origins = dict.fromkeys(_READERS, "default")

    def load(self) -> Settings:
        config_file, must_exist = self._config_file()
        self._read_file(config_file, must_exist)
        for name in _READERS:
            if (text := os.environ.get(variable := f"CONDUCTOR_{name.upper()}")) not in (None, ""):
                self._take(name, text, origin=variable)
        for name, text in self.flags.items():
            if name != "config":
                self._take(name, text, origin=f"flag --{name.replace('_', '-')}")
        if "socket" not in self.values:
            self.values["socket"] = self._default_socket()
        self.values.setdefault("state_dir", _base("XDG_STATE_HOME", ".local/state") / "conductor")
        if self.problems:
            raise ConfigError(self.problems)
        return Settings(config_file=config_file, origins=self.origins, **self.values)

    def _take(self, name: str, text: str, *, origin: str) -> None:
        """Read one value. An earlier problem with it stands: a wrong file stays wrong below a right flag."""
        try:
            self._set(name, text, origin)
        except ValueError as error:
            message, _, hint = str(error).partition("; ")
            self._problem(origin, message, hint or None)

    def _set(self, name: str, text: str, origin: str) -> None:
        self.values[name] = _READERS[name](text)
        self.origins[name] = origin

    def _problem(self, file: str, message: str, hint: str | None = None) -> None:
        self.problems.append(Problem(file=file, line=0, column=0, where="", message=message, hint=hint))

    def _default_socket(self) -> Path:
        try:
            # A directory of our own, since /tmp is everybody's; the server refuses it if somebody else owns it.
            runtime = _absolute("XDG_RUNTIME_DIR")
            return _socket(str(runtime / "conductor" if runtime else f"/tmp/conductor-{os.getuid()}") + "/s.sock")
        except ValueError as error:
            message, _, hint = str(error).partition("; ")
            self._problem("XDG_RUNTIME_DIR", message, f"{hint}: CONDUCTOR_SOCKET or --socket")
            return Path("/")

    def _config_file(self) -> tuple[Path, bool]:
        """The settings file, and whether somebody named it."""
        named = self.flags.get("config") or os.environ.get("CONDUCTOR_CONFIG")
        if named:
            return Path(named).expanduser().absolute(), True
        return _base("XDG_CONFIG_HOME", ".config") / "conductor" / "config.yaml", False

    def _read_file(self, path: Path, must_exist: bool) -> None:
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            if must_exist:
                self._problem(str(path), "there is no such file")
            return
        except (OSError, UnicodeError) as error:
            self._problem(str(path), f"cannot be read: {error}")
            return
        if all(not line.strip() or line.lstrip().startswith("#") for line in text.splitlines()):
            return
        # Imported here: most runs have no settings file, and YAML is slow to import.
        from conductord.yamlfile.fields import Report
        from conductord.yamlfile.nodes import Mapping as MappingNode
        from conductord.yamlfile.nodes import load, name_of

        report = Report(str(path))
        try:
            root = load(text, str(path))
        except FileProblemsError as error:
            self.problems += error.problems
            return
        if isinstance(root, MappingNode):
            self._read_mapping(root, report)
        else:
            report.add(root, (), f"settings are a mapping, not {name_of(root)}", "write `name: value`, one a line")
        self.problems += report.sorted()

    def _read_mapping(self, root: "MappingNode", report: "Report") -> None:
        from conductord.yamlfile.fields import Fields

        fields = Fields(root, report)
        for name in _READERS:
            before = len(report.problems)
            text = fields.text(name)
            if name not in fields or len(report.problems) > before:
                continue
            try:
                self._set(name, text, f"{report.file}:{root.entries[name].line}")
            except ValueError as error:
                message, _, hint = str(error).partition("; ")
                fields.problem(name, message, hint or None)
        fields.finish()


def _absolute(variable: str) -> Path | None:
    """A directory of the XDG Base Directory Specification, which says that a relative path is to be ignored."""
    text = os.environ.get(variable, "")
    return Path(text) if text.startswith("/") else None


def _base(variable: str, below_home: str) -> Path:
    return _absolute(variable) or Path.home() / below_home


# ---------------------------------------------------------------------------- the environment of others


def step_environment(pass_env: tuple[str, ...] = ()) -> dict[str, str]:
    """The small base of every step (STEP_VARIABLES and `LC_*`), and the named variables of the daemon.

    A name that the daemon does not have is left out: see `missing_environment`.
    """
    wanted = {*STEP_VARIABLES, *pass_env}
    return {name: text for name, text in os.environ.items() if name in wanted or name.startswith("LC_")}


def missing_environment(pass_env: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the named variables that the daemon does not have; worth a warning when a job is submitted."""
    return tuple(name for name in pass_env if name not in os.environ)


def terminal_environment() -> Mapping[str, str]:
    """What the command line may know of its terminal (TERMINAL_VARIABLES)."""
    return {name: os.environ[name] for name in TERMINAL_VARIABLES if name in os.environ}
