"""The messages of the two gRPC systems.

They are real protobuf classes, such as protoc would generate, from descriptors that are built here: the serializers are
the same C code, and no generated file has to be kept.
"""

from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

__all__ = ["EchoParams", "EchoResult", "Item", "ItemsParams", "item"]

_Field = descriptor_pb2.FieldDescriptorProto
_file = descriptor_pb2.FileDescriptorProto(name="bench.proto", package="bench", syntax="proto3")


def _message(name: str, **fields: int) -> None:
    message = _file.message_type.add(name=name)
    for number, (field, kind) in enumerate(fields.items(), 1):
        message.field.add(name=field, number=number, type=kind, label=_Field.LABEL_OPTIONAL)


_TEXT, _INT, _FLOAT = _Field.TYPE_STRING, _Field.TYPE_INT64, _Field.TYPE_DOUBLE
_message("EchoParams", job_id=_TEXT, limit=_INT)
_message("EchoResult", job_id=_TEXT, status=_TEXT, limit=_INT)
_message("ItemsParams", limit=_INT)
_message("Item", seq=_INT, job_id=_TEXT, event=_TEXT, timestamp=_FLOAT, text=_TEXT)
_classes: dict[str, Any] = message_factory.GetMessages([_file], pool=descriptor_pool.DescriptorPool())

EchoParams = _classes["bench.EchoParams"]
EchoResult = _classes["bench.EchoResult"]
ItemsParams = _classes["bench.ItemsParams"]
Item = _classes["bench.Item"]


def item(seq: int) -> Any:
    """One event."""
    return Item(seq=seq, job_id="fix-tests#7", event="sheet.output", timestamp=1790000000.25, text="x" * 60)
