import pytest

from daemonrpc_codegen.markdown import cell, code, prose


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("queued", "`queued`"),
        ("a`b", "`` a`b ``"),
        ("a\nb", r'`"a\nb"`'),
        ("\0", r'`"\u0000"`'),
        (" ", '`" "`'),
        ("", '`""`'),
        ("größe", "`größe`"),
        ('quo"te\t', r'`"quo\"te\t"`'),
    ],
)
def test_a_name_is_code_on_one_line_and_can_be_seen(text: str, shown: str) -> None:
    assert code(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("A sentence with `code <b>`.", "A sentence with `code <b>`."),
        ("<script>x</script> & more", "&lt;script>x&lt;/script> &amp; more"),
        ("# no heading", r"\# no heading"),
        ("- no item", r"\- no item"),
        ("1. no item either", r"1\. no item either"),
        ("1st is no item", "1st is no item"),
    ],
)
def test_a_sentence_makes_no_markup_but_code(text: str, shown: str) -> None:
    assert prose(text) == shown


def test_a_cell_of_a_table_ends_where_it_should() -> None:
    assert cell("`a|b`") == r"`a\|b`"
