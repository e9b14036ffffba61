"""Methods, types and errors as entries of the site."""

from collections.abc import Iterable, Iterator

from daemonrpc_codegen import naming, words
from daemonrpc_codegen.model import Alias, Api, Enum, ErrorDef, Method, Struct, TypeDef, Union
from daemonrpc_codegen.site.calls import examples_of
from daemonrpc_codegen.site.links import Links, joined, member
from daemonrpc_codegen.site.rows import field_rows, value_rows, variant_rows
from daemonrpc_codegen.site.samples import Samples
from daemonrpc_codegen.site.uses import used_by
from daemonrpc_codegen.site.view import Entry, Fact, Piece, Prose, Row, Table
from daemonrpc_codegen.words import limit_words, method_facts, stream_facts

__all__ = ["Entries"]

_OPEN = "A newer daemon may send values that are not listed here; a client keeps them as they are."
_OPEN_UNION = "A newer daemon may send other tags; a client keeps such an object as it is."


class Entries:
    """Makes the entries of one schema."""

    def __init__(self, api: Api) -> None:
        self.links = Links(api)
        self._api = api
        self._samples = Samples(api)
        self._uses = used_by(api, self.links)

    def method(self, method: Method) -> Entry:
        """A method with all that a caller needs to know."""
        anchor = self.links.method_anchor(method.name)
        params = field_rows(anchor, method.params, self.links)
        errors = [self._error_row(anchor, self._api.error_by_name[name]) for name in method.errors]
        return Entry(
            anchor=anchor,
            kind="stream" if method.stream else "method",
            name=method.name,
            signature=f"{naming.method_name(method)}({', '.join(map(naming.param_name, method.params))})",
            doc=self.links.prose(method.doc),
            since=method.since,
            deprecated=self.links.prose(method.deprecated),
            facts=[*self._results(method), *_words(method_facts(method))],
            tables=_tables(("Params", params), ("Errors", errors)),
            examples=examples_of(self._api, method, self._samples, self.links),
        )

    def type(self, item: TypeDef) -> Entry:
        """A declared type."""
        anchor = self.links.type_anchor(item.name)
        kind, tables = self._type_tables(anchor, item)
        return Entry(
            anchor=anchor,
            kind=kind,
            name=item.name,
            signature="",
            doc=self.links.prose(item.doc),
            since=item.since,
            deprecated=self.links.prose(item.deprecated),
            facts=list(self._type_facts(item)),
            tables=tables,
            uses=self._users(item.name),
        )

    def error(self, error: ErrorDef) -> Entry:
        """A declared error."""
        anchor = self.links.error_anchor(error.name)
        return Entry(
            anchor=anchor,
            kind="error",
            name=error.name,
            signature="",
            doc=self.links.prose(error.doc),
            since=error.since,
            deprecated=self.links.prose(error.deprecated),
            facts=[_code_fact(error)],
            tables=_tables(("Data", field_rows(anchor, error.data, self.links))),
            uses=self._users(error.name),
        )

    def _results(self, method: Method) -> list[Fact]:
        result = self.links.type(method.result)
        if method.stream is None:
            return [Fact("Result", result)]
        item = Fact("Items", self.links.type(method.stream.item), "Sent in order, before the end.")
        return [item, Fact("End", result, "The answer, which ends the stream."), *_words(stream_facts(method.stream))]

    def _error_row(self, anchor: str, error: ErrorDef) -> Row:
        return Row(
            anchor=member(anchor, error.name),
            name=str(error.code),
            type=Prose([self.links.named(error.name)]),
            doc=self.links.prose(error.doc),
            deprecated=self.links.prose(error.deprecated),
        )

    def _type_tables(self, anchor: str, item: TypeDef) -> tuple[str, list[Table]]:
        match item:
            case Alias():
                return "alias", []
            case Struct():
                return self._struct_kind(item.name), _tables(("Fields", field_rows(anchor, item.fields, self.links)))
            case Enum():
                return "enum", [Table("Values", value_rows(anchor, item, self.links), "" if item.closed else _OPEN)]
            case Union():
                note = "" if item.closed else _OPEN_UNION
                return "union", [Table(f"By {item.tag}", variant_rows(anchor, item, self.links), note)]

    def _struct_kind(self, name: str) -> str:
        tag = self._api.tag_by_struct.get(name)
        return f"object with {tag[0]}: {tag[1]}" if tag else "object"

    def _type_facts(self, item: TypeDef) -> Iterator[Fact]:
        if isinstance(item, Alias):
            yield Fact("Is", self.links.type(item.type), ", ".join(limit_words(item.constraints)))
            if item.sensitive:
                yield Fact("Sensitive", Prose([Piece("yes")]), "It is kept out of logs.")
        if isinstance(item, Alias | Union) and item.widened:
            yield Fact("Accepts more", Prose([Piece(f"since {item.widened}")]))

    def _users(self, name: str) -> Prose:
        return joined(self._uses.get(name, []), ", ")


def _words(facts: Iterable[words.Fact]) -> list[Fact]:
    return [Fact(fact.term, Prose([Piece(fact.word)]), fact.meaning) for fact in facts]


def _tables(*named: tuple[str, list[Row]]) -> list[Table]:
    return [Table(title, rows) for title, rows in named if rows]


def _code_fact(error: ErrorDef) -> Fact:
    return Fact("Code", Prose([Piece(str(error.code))]))
