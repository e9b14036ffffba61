import pytest

from daemonrpc_codegen.model import DictOf, ListOf, Named, Nullable, Scalar, ScalarName, TypeRef
from daemonrpc_codegen.typetext import TypeTextError, parse_type

STR = Scalar(ScalarName.STR)


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("str", STR),
        ("Entry", Named("Entry")),
        ("list[Entry]", ListOf(Named("Entry"))),
        ("dict[str, list[str | None]]", DictOf(ListOf(Nullable(STR)))),
        ("str | None", Nullable(STR)),
        ("None | str", Nullable(STR)),
        ("str|null", Nullable(STR)),
        (" list [ str ] ", ListOf(STR)),
        ("any", Scalar(ScalarName.ANY)),
    ],
)
def test_types_are_read(text: str, ref: TypeRef) -> None:
    assert parse_type(text) == ref


@pytest.mark.parametrize(
    "text", ["", "|", "str |", "list[", "list[]", "dict[str]", "dict[str, ]", "str str", "5", "?", "None"]
)
def test_what_is_no_type_is_an_error(text: str) -> None:
    with pytest.raises(TypeTextError):
        parse_type(text)
