"""Compiled jobs out of the store, read once each."""

import hashlib
from functools import lru_cache

import msgspec

from conductord.definition import Definition, decode_spec, encode_spec
from conductord.spec import JobSpec, SheetSpec
from conductord.store import JobRow, SheetRow, Store


class UnreadablePlanError(Exception):
    """What the store has of a job cannot be read by this conductor; the message says why."""


class Plans:
    """The compiled job of each job. They never change under their hash, so they may be remembered."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._read = lru_cache(maxsize=256)(self._decode)

    def keep(self, definition: Definition) -> str:
        """Store a definition, text and compiled; the hash of the compiled job."""
        compiled = encode_spec(definition.spec)
        digest = hashlib.sha256(compiled.encode()).hexdigest()
        self._store.texts.put(f"file:{definition.file_hash}", definition.text)
        self._store.texts.put(f"plan:{digest}", compiled)
        return digest

    def of(self, job: JobRow) -> JobSpec:
        """What the job runs. Raises UnreadablePlanError."""
        return self._read(job.plan_hash)

    def by_hash(self, plan_hash: str) -> JobSpec:
        """The compiled job with this hash. Raises UnreadablePlanError."""
        return self._read(plan_hash)

    def sheet(self, job: JobRow, sheet: SheetRow) -> SheetSpec:
        """What a sheet of the job runs."""
        return self.of(job).sheet(sheet.n)

    def _decode(self, plan_hash: str) -> JobSpec:
        try:
            return decode_spec(self._store.texts.get(f"plan:{plan_hash}"))
        except (KeyError, msgspec.DecodeError) as error:
            raise UnreadablePlanError(f"the stored definition of the job cannot be read: {error}") from error
