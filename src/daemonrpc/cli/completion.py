"""Completion: `daemonrpc completion SHELL` prints a script, which asks `daemonrpc complete WORD...` at each tab.

What follows a socket comes from the daemon that listens there: its methods, their flags, the values of closed enums.
"""

import os
import stat
from collections.abc import Iterator, Sequence

from daemonrpc.cli.document import Json, fetch_document
from daemonrpc.cli.flags import OWN_OPTIONS, Flag, method_flags
from daemonrpc.client_sync import SyncChannel
from daemonrpc.errors import DaemonError

__all__ = ["SCRIPTS", "candidates"]

ANSWER_SECONDS = 1.0
"""A tab must not hang: a daemon that takes longer completes nothing."""

FUZZ_OPTIONS = ("--all", "--examples", "--json", "--lines", "--method", "--seconds", "--seed", "--timeout")

SCRIPTS = {
    "bash": """\
# source <(daemonrpc completion bash)
_daemonrpc() {
    local IFS=$'\\n'
    COMPREPLY=($(daemonrpc complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
    [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]] && compopt -o nospace
}
complete -o default -F _daemonrpc daemonrpc
""",
    "zsh": """\
# source <(daemonrpc completion zsh)
_daemonrpc() {
    local -a found
    found=("${(@f)$(daemonrpc complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    [[ -n "${found[1]}" ]] && compadd -Q -- "${found[@]}" || _files
}
compdef _daemonrpc daemonrpc
""",
    "fish": """\
# daemonrpc completion fish | source
function __daemonrpc_complete
    set -l found (daemonrpc complete (commandline -opc)[2..] (commandline -ct) 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c daemonrpc -f -a '(__daemonrpc_complete)'
""",
}


def candidates(words: Sequence[str], verbs: Sequence[str]) -> list[str]:
    """What the last of `words` may become; the words are those after the command's name."""
    # bash gives `--flag=val` as three words, other shells as one.
    *before, current = [word for word in words if word != "="] or [""]
    if words and words[-1] == "=":
        before, current = [*before, current], ""
    flag, equals, value = current.partition("=")
    if equals and flag.startswith("--"):
        return [f"{flag}={found}" for found in candidates([*before, flag, value], verbs)]
    return [found for found in _all(before, current, verbs) if found.startswith(current)]


def _all(before: list[str], current: str, verbs: Sequence[str]) -> Iterator[str]:
    match before:
        case []:
            yield from verbs
        case ["completion"]:
            yield from SCRIPTS
        case ["call" | "describe" | "fuzz"]:
            yield from _sockets(current)
        case ["call" | "describe", socket]:
            yield from _methods(_document(socket))
        case ["call", socket, method, *given]:
            document = _document(socket)
            described = _methods(document).get(method)
            yield from _flags(_flags_of(described, document), given) if described is not None else ()
        case ["fuzz", socket, *given]:
            yield from _methods(_document(socket)) if given[-1:] == ["--method"] else FUZZ_OPTIONS
        case _:
            return


def _methods(document: Json) -> dict[str, Json]:
    return {method["name"]: method for method in document.get("methods", [])}


def _flags_of(method: Json, document: Json) -> list[Flag]:
    try:
        return method_flags(method, document)
    except LookupError:
        return []


def _flags(flags: Sequence[Flag], before: Sequence[str]) -> Iterator[str]:
    by_name = {flag.flag: flag for flag in flags}
    flag = by_name.get(before[-1]) if before else None
    if flag is not None and not flag.is_bool:
        yield from flag.choices
        return
    for flag in flags:
        if flag.flag not in before or flag.is_list:
            yield flag.flag
            if flag.is_bool:
                yield flag.negation
    yield from (f"--{name}" for name in sorted(OWN_OPTIONS))


def _document(socket: str) -> Json:
    try:
        with SyncChannel(socket, timeout=ANSWER_SECONDS) as channel:
            return fetch_document(channel)
    except DaemonError:
        return {}


def _sockets(prefix: str) -> Iterator[str]:
    """Sockets and folders that begin so."""
    folder = os.path.dirname(prefix)
    try:
        names = sorted(os.listdir(folder or "."))
    except OSError:
        return
    for name in names:
        path = os.path.join(folder, name)
        try:
            mode = os.stat(path).st_mode
        except OSError:
            continue
        if stat.S_ISSOCK(mode):
            yield path
        elif stat.S_ISDIR(mode):
            yield f"{path}/"
