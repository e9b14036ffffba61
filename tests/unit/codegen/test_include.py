from pathlib import Path

from daemonrpc_codegen import load

PART = "types:\n  {name}: {{type: str, doc: A name.}}\n"


def test_included_files_count_as_one_schema_in_the_order_of_reading(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "main.yaml").write_text(
        "include: [deep/one.yaml]\nservice: Kv\npackage: kv_api\nversion: 1.0.0\ndoc: A store.\n"
        "types:\n  Own: {type: 'list[Two]', doc: Own.}\n  Other: {type: One, doc: Other.}\n"
    )
    (tmp_path / "deep" / "one.yaml").write_text("include: [two.yaml]\n" + PART.format(name="One"))
    (tmp_path / "deep" / "two.yaml").write_text(PART.format(name="Two"))
    api = load(tmp_path / "main.yaml")
    assert [item.name for item in api.types] == ["Own", "Other", "One", "Two"]
    assert api.types[3].at.place.file.endswith("deep/two.yaml")


def test_tombstones_of_all_files_are_put_together(tmp_path: Path) -> None:
    (tmp_path / "main.yaml").write_text(
        "include: [graves.yaml]\nservice: Kv\npackage: kv_api\nversion: 1.1.0\ndoc: A store.\n"
        "removed: {methods: {put: {since: 1.1.0, reason: Gone.}}}\n"
        "methods: {get: {doc: Read., result: str}}\n"
    )
    (tmp_path / "graves.yaml").write_text(
        "removed:\n  methods: {drop: {since: 1.0.0, reason: Gone.}}\n"
        "  errors: {Full: {code: -32001, since: 1.0.0, reason: Never.}}\n"
    )
    removed = load(tmp_path / "main.yaml").removed
    assert [item.name for item in removed.methods] == ["put", "drop"]
    assert [(item.name, item.code) for item in removed.errors] == [("Full", -32001)]
    assert removed.methods[1].at.place.file.endswith("graves.yaml")
