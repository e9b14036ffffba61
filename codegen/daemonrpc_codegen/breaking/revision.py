"""Files as they were in a git revision: `HEAD~1:schema/methods.yaml`, and what it includes there."""

import subprocess
from pathlib import Path, PurePosixPath

from daemonrpc_codegen.breaking.inputs import InputError

__all__ = ["Revision"]


class Revision:
    """A revision of the repository that a folder belongs to; paths count from the top of the repository.

    Raises InputError if there is no such revision.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._folder = folder
        self._commit = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").strip()
        if not self._commit:
            raise InputError(f"git knows no revision '{name}'")

    def path(self, text: str) -> Path:
        """The path of a file; `./` and `../` count from the folder, as git has it."""
        if text.startswith(("./", "../")):
            text = self._git("rev-parse", "--show-prefix").strip() + text
        return Path(_normal(text))

    def text(self, path: Path) -> str:
        """The text of a file. Raises FileNotFoundError, UnicodeError."""
        name = _normal(path.as_posix())
        run = self._run("cat-file", "blob", f"{self._commit}:{name}")
        if run.returncode:
            raise FileNotFoundError(2, f"there is no such file in {self._name}", f"{self._name}:{name}")
        return run.stdout.decode("utf-8-sig")

    def shown(self, path: Path) -> str:
        """How messages name a file."""
        return f"{self._name}:{_normal(path.as_posix())}"

    def _git(self, *arguments: str) -> str:
        return self._run(*arguments).stdout.decode(errors="replace")

    def _run(self, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        try:
            run = subprocess.run(["git", *arguments], cwd=self._folder, capture_output=True, check=False)
        except FileNotFoundError:
            raise InputError("git is not installed, so there are no revisions to read") from None
        if b"not a git repository" in run.stderr:
            raise InputError(f"{self._folder} belongs to no git repository")
        return run


def _normal(path: str) -> str:
    parts: list[str] = []
    for part in PurePosixPath(path).parts:
        if part == ".." and parts:
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
