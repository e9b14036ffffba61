"""The model as an OpenRPC 1.3.2 document (https://spec.open-rpc.org).

What OpenRPC has no words for stands in extensions: `x-stream`, `x-safety`, `x-key`, `x-access`, `x-admission`,
`x-detached`, `x-since`, `x-deprecated`, `x-fingerprint` in `info`, and what `extensions.py` adds.
"""

from typing import Any

from daemonrpc_codegen.dump import fingerprint
from daemonrpc_codegen.extensions import constraint_notes, error_notes, field_notes, method_notes
from daemonrpc_codegen.jsonschema import Direction, JsonSchema, Schemas
from daemonrpc_codegen.model import Api, ErrorDef, Example, Field, Method

__all__ = ["document"]

_REFS = "#/components/schemas/"


def document(api: Api) -> JsonSchema:
    """The document, as JSON data."""
    schemas = Schemas(api, _REFS, both=True)
    methods = [_method(method, schemas) for method in api.methods]
    errors = {error.name: _error(error, schemas) for error in api.errors}
    notes = {error.name: error_notes(error) for error in api.errors if error_notes(error)}
    schemas.refer_to_all()
    return {
        "openrpc": "1.3.2",
        "info": {
            "title": api.service,
            "version": api.version,
            "description": api.doc,
            "x-fingerprint": fingerprint(api),
        },
        "methods": methods,
        "components": {"schemas": schemas.components(), "errors": errors},
        **({"x-errors": notes} if notes else {}),
    }


def _method(method: Method, schemas: Schemas) -> JsonSchema:
    result = {"name": "result", "schema": schemas.type(method.result, Direction.RECEIVED)}
    return {
        "name": method.name,
        "summary": method.doc,
        "paramStructure": "either",
        "params": [_param(param, schemas) for param in method.params],
        "result": result,
        **({"errors": [{"$ref": f"#/components/errors/{name}"} for name in method.errors]} if method.errors else {}),
        **({"deprecated": True, "x-deprecated": method.deprecated} if method.deprecated else {}),
        **_extensions(method, schemas),
        **method_notes(method),
        **_examples(method),
    }


def _param(param: Field, schemas: Schemas) -> JsonSchema:
    descriptor: JsonSchema = {
        "name": param.name,
        "description": param.doc,
        "required": param.required,
        "schema": schemas.type(param.type, Direction.SENT, param.constraints),
    }
    if param.default is not None:
        descriptor["schema"] = _with_default(descriptor["schema"], param.default.value)
    if param.deprecated:
        descriptor["deprecated"] = True
    return descriptor | field_notes(param) | constraint_notes(param.type, param.constraints)


def _with_default(schema: JsonSchema, value: Any) -> JsonSchema:
    return ({"allOf": [schema]} if "$ref" in schema else schema) | {"default": value}


def _extensions(method: Method, schemas: Schemas) -> JsonSchema:
    extensions: JsonSchema = {"x-safety": method.safety, "x-access": method.access, "x-admission": method.admission}
    if method.key:
        extensions["x-key"] = method.key
    if method.detached:
        extensions["x-detached"] = True
    if method.since:
        extensions["x-since"] = method.since
    if method.stream:
        extensions["x-stream"] = {
            "item": schemas.type(method.stream.item, Direction.RECEIVED),
            "notification": method.stream.notification,
            "slowConsumer": method.stream.slow_consumer,
        }
    return extensions


def _examples(method: Method) -> JsonSchema:
    pairings = [_pairing(number, example) for number, example in enumerate(method.examples, 1)]
    return {"examples": pairings} if pairings else {}


def _pairing(number: int, example: Example) -> JsonSchema:
    pairing: JsonSchema = {
        "name": f"example {number}",
        "params": [{"name": name, "value": value} for name, value in example.params.items()],
        "result": {"name": "result", "value": example.result},
    }
    if example.doc:
        pairing["description"] = example.doc
    if example.items:
        pairing["x-items"] = list(example.items)
    return pairing


def _error(error: ErrorDef, schemas: Schemas) -> JsonSchema:
    # An Error Object of OpenRPC allows no extensions, so the schema of the data stands where data stands.
    data = {"data": schemas.object(error.data, Direction.RECEIVED)} if error.data else {}
    return {"code": error.code, "message": error.doc, **data}
