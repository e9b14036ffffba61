from daemonrpc_codegen.errors import InvalidSchemaError, Place, SchemaError, did_you_mean


def test_an_error_prints_place_context_message_and_hint() -> None:
    error = SchemaError(Place("a.yaml", 12, 5), "in method 'job.submit', param 'x'", "unknown type 'Strng'", "did you?")
    assert str(error) == "a.yaml:12:5: in method 'job.submit', param 'x': unknown type 'Strng'\n  hint: did you?"


def test_errors_are_sorted_by_place_and_said_once() -> None:
    late, early = (SchemaError(Place("a.yaml", line, 1), "", "wrong") for line in (12, 2))
    assert InvalidSchemaError([late, early, late]).errors == (early, late)


def test_no_hint_is_better_than_a_wrong_one() -> None:
    assert did_you_mean("Strng", ["str", "String"]) == "did you mean 'String'?"
    assert did_you_mean("Strng", ["int", "bool"]) == ""
