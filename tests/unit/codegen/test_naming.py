import keyword

import pytest

from daemonrpc_codegen import naming
from daemonrpc_codegen.model import EnumValue, Field, Method, Scalar, ScalarName

STR = Scalar(ScalarName.STR)


def field(name: str) -> Field:
    return Field(name=name, doc="", type=STR)


def method(name: str, python_name: str = "") -> Method:
    return Method(name=name, doc="", params=(), result=STR, python_name=python_name)


@pytest.mark.parametrize(
    ("wire", "python"),
    [
        ("job_id", "job_id"),
        ("jobId", "job_id"),
        ("job-id", "job_id"),
        ("JobID", "job_id"),
        ("HTTPServer", "http_server"),
        ("sha256", "sha256"),
        ("a__b", "a__b"),
        ("_private", "private"),
        ("class", "class_"),
        ("None", "none"),
        ("str", "str_"),
        ("timeout", "timeout"),
    ],
)
def test_fields_become_snake_case_and_keywords_get_a_suffix(wire: str, python: str) -> None:
    assert naming.field_name(field(wire)) == python


def test_params_cannot_take_the_arguments_of_every_client_method() -> None:
    assert naming.param_name(field("timeout")) == "timeout_"
    assert naming.param_name(field("self")) == "self_"


def test_error_data_cannot_take_the_argument_of_every_error() -> None:
    assert naming.data_field_name(field("message")) == "message_"


@pytest.mark.parametrize(
    ("wire", "python"),
    [("queued", "QUEUED"), ("in-progress", "IN_PROGRESS"), ("inProgress", "IN_PROGRESS"), ("a.b c", "A_B_C")],
)
def test_enum_members_are_upper_case(wire: str, python: str) -> None:
    assert naming.enum_member(EnumValue(value=wire, doc="")) == python


def test_the_names_of_a_method_follow_from_its_python_name_and_its_wire_name() -> None:
    submit = method("job.submit", "submit_job")
    assert naming.method_name(submit) == "submit_job"
    assert naming.params_name(submit) == "SubmitJobParams"
    assert naming.constant_name(submit) == "JOB_SUBMIT"
    assert naming.method_name(method("text/didOpen")) == "text_did_open"
    assert naming.method_name(method("list")) == "list_"


@pytest.mark.parametrize("name", ["", "3d", "größe", "class", "_x", "a-b"])
def test_what_is_no_name_in_python_is_known(name: str) -> None:
    assert not naming.is_python_name(name)


def test_every_keyword_can_be_a_field() -> None:
    names = {naming.field_name(field(name)) for name in keyword.kwlist}
    assert all(map(naming.is_python_name, names))
    assert len(names) == len(keyword.kwlist)


def test_reserved_names_cover_what_generated_code_imports_and_clients_have() -> None:
    import daemonrpc

    exported = {name for name in daemonrpc.__all__ if name[0].isupper()} - {"ABI"}
    unused = {"Access", "Limits", "SocketFileError", "Timeout"}
    unused |= {"ActivationError", "InheritedListener", "ServiceManager"}
    unused |= {"CallRecord", "ConnectionRecord", "Observer", "Reason"}
    assert exported - unused <= naming.RESERVED_TYPES
    attributes = {
        name
        for kind in (daemonrpc.Channel, daemonrpc.SyncChannel)
        for name in [*dir(kind), *vars(kind("/nowhere"))]
        if not name.startswith("_")
    }
    assert attributes <= naming.CHANNEL_ATTRIBUTES
