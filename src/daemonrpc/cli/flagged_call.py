"""Which words of `daemonrpc call ...` are ours and which are flags of the method, before anybody knows the method."""

from collections.abc import Sequence

__all__ = ["FlaggedCall", "seconds", "split_call"]


class FlaggedCall:
    """`call SOCKET METHOD` followed by flags."""

    def __init__(self, socket: str, method: str) -> None:
        self.socket = socket
        self.method = method
        self.flags: list[str] = []
        self.timeout: float | None = None
        self.as_json = False
        self.wants_help = False


def split_call(arguments: Sequence[str]) -> FlaggedCall | None:
    """None if there is no flag of a method among them, so that argparse reads them (and explains what is wrong).

    Flags of the method stand after SOCKET and METHOD. A value that looks like an option of ours is written with `=`.
    """
    if list(arguments[:1]) != ["call"]:
        return None
    places: list[str] = []
    flags: list[str] = []
    timeout: str | None = None
    as_json = wants_help = False
    rest = list(arguments[1:])
    while rest:
        word = rest.pop(0)
        if word == "--timeout":
            if not rest:
                return None
            timeout = rest.pop(0)
        elif word.startswith("--timeout="):
            timeout = word.partition("=")[2]
        elif word == "--json":
            as_json = True
        elif word in ("-h", "--help"):
            wants_help = True
        elif len(places) < 2 and not word.startswith("-"):
            places.append(word)
        else:
            flags.append(word)
    is_flagged = bool(flags) and flags[0].startswith("--") and flags[0] != "--"
    if len(places) < 2 or not (is_flagged or wants_help):
        return None
    call = FlaggedCall(*places)
    call.flags, call.as_json, call.wants_help = flags, as_json, wants_help
    try:
        call.timeout = None if timeout is None else seconds(timeout)
    except ValueError:
        return None  # argparse says what is wrong with it
    return call


def seconds(text: str) -> float:
    """The value of `--timeout`. Raises ValueError."""
    number = float(text)
    if not 0 < number < float("inf"):
        raise ValueError("a timeout is a number of seconds above 0")
    return number
