"""Tables of clerks: whatever encoding, separator, quoting and characters they use, every cell arrives as it was typed."""

from __future__ import annotations

import csv
import string
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.apps.reunion import tables
from backend.apps.reunion.enums import Side
from backend.apps.reunion.tables import MOST_ROWS, Table, TableProblem

HEADER = ["编号", "姓名", "性别", "备注"]
COLUMNS = ("key", "name", "sex", "circumstances")
#: Beyond the basic plane (𠮷, 𡈽), of minority languages' names (·), of the compatibility block, and what spreadsheets escape.
RARE = "𠮷𡈽㛃䶮·〇﨑éü\"',;\t|，；、（）"
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")


def text_of(rows: list[list[str]], separator: str = ",", ending: str = "\r\n") -> str:
    made = StringIO(newline="")
    csv.writer(made, delimiter=separator, lineterminator=ending).writerows(rows)
    return made.getvalue()


def table(rows: list[list[str]], **more: str) -> Table:
    return tables.read(text_of([HEADER, *rows], **more).encode(), Side.SOUGHT)


cells = st.text(st.one_of(st.sampled_from(RARE + "王李张\n "), st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))), max_size=20)


@given(
    rows=st.lists(st.lists(cells, min_size=4, max_size=4), min_size=1, max_size=8), encoding=st.sampled_from(ENCODINGS),
    separator=st.sampled_from(tables.SEPARATORS), ending=st.sampled_from(["\r\n", "\n"]),
)  # fmt: skip
def test_what_was_typed_arrives(rows: list[list[str]], encoding: str, separator: str, ending: str) -> None:
    rows = [["1" + row[0].strip(), *row[1:]] for row in rows]
    data = text_of([HEADER, *rows], separator, ending).encode(encoding)
    read = tables.read(data, Side.SOUGHT)
    assert read.columns == COLUMNS
    # A first row of plain letters may be read as UTF-8, which it is as well.
    typed = [[cell.strip() for cell in row] for row in rows]
    assert [[row.cells.get(column, "") for column in COLUMNS] for row in read.rows] == typed
    assert not any(row.problem for row in read.rows)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_table_or_a_problem(data: bytes) -> None:
    for beginning in (b"", HEADER[1].encode() + b"\n", HEADER[1].encode("gb18030") + b",\xd0\xd4\xb1\xf0\r\n", b"\xff\xfe"):
        try:
            read = tables.read(beginning + data, Side.FOUND)
        except TableProblem as problem:
            assert problem.code in {"EMPTY", "ENCODING", "BROKEN_QUOTES", "NO_HEADERS", "HEADER_TWICE", "TOO_MANY_COLUMNS"}
        else:
            assert read.rows


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_gbk_and_its_like_are_told_apart(encoding: str) -> None:
    read = tables.read(text_of([HEADER, ["7", "𠮷田·买买提", "男", "约1987年冬"]]).encode(encoding), Side.SOUGHT)
    assert read.encoding == encoding.removesuffix("-sig")
    assert read.rows[0].cells["name"] == "𠮷田·买买提"


def test_a_line_in_no_encoding_is_named() -> None:
    data = text_of([HEADER, ["1", "王", "男", ""]]).encode("gb18030") + b"2,\xff\xff\xff,,\r\n"
    with pytest.raises(TableProblem) as problem:
        tables.read(data, Side.SOUGHT)
    assert (problem.value.code, problem.value.data) == ("ENCODING", {"line": 3})


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("走失人姓名", "name"), (" 姓 名 ", "name"), ("出生日期(或年龄)", "born"), ("Date of Birth", "born"), ("身高（CM）", "height"),
        ("联系电话*", "phone"), ("与走失人关系", "relation"), ("报警编号：", "policeCaseNo"), ("照片文件名", "pictures"),
        ("last_seen", "seen"), ("reporterName", "reporterName"), ("DNA编号", "dnaRef"),
    ],
)  # fmt: skip
def test_headers_under_many_names(header: str, column: str) -> None:
    assert tables.read(text_of([[header, "没人认得"], ["一", "二"]]).encode(), Side.SOUGHT) == Table(
        "utf-8", ",", (column,), ("没人认得",), (tables.TableRow(2, {column: "一"}),)
    )


def test_every_header_means_one_column() -> None:
    for side in Side:
        words = [tables.plain_header(word) for column, known in tables.columns_of(side).items() for word in {column.lower(), *known.split()}]
        assert len(words) == len(set(words)), sorted(word for word in words if words.count(word) > 1)
        assert all(words)


@pytest.mark.parametrize(
    ("text", "code", "data"),
    [
        ("", "EMPTY", {}), (" \r\n \r\n", "EMPTY", {}), ("姓名,性别\r\n", "EMPTY", {}), ("甲,乙\r\n1,2\r\n", "NO_HEADERS", {}),
        ("姓名,名字\r\n王,李\r\n", "HEADER_TWICE", {"column": "name"}), ('姓名,性别\r\n王,男\r\n"李,女\r\n', "BROKEN_QUOTES", {"line": 3}),
        ("姓名," + "x," * 300 + "\r\n王\r\n", "TOO_MANY_COLUMNS", {"most": 200}),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why_and_where(text: str, code: str, data: dict[str, object]) -> None:
    with pytest.raises(TableProblem) as problem:
        tables.read(text.encode(), Side.SOUGHT)
    assert (problem.value.code, problem.value.data) == (code, data)


def test_rows_are_counted_as_an_editor_counts_lines() -> None:
    read = tables.read('\r\n编号,姓名,备注\r\n\r\n1,王,"一\n二"\r\n,,\r\n2,李,三\r\n'.encode(), Side.SOUGHT)
    assert [(row.number, row.cells["name"]) for row in read.rows] == [(4, "王"), (7, "李")]


def test_a_shifted_row_and_an_endless_cell_are_problems_of_their_row() -> None:
    read = table([["1", "王", "男", "好", "多"], ["2", "李", "女", "x" * 5000], ["3", "张", "男", ""]])
    assert [(row.problem, row.column) for row in read.rows] == [("MORE_CELLS", ""), ("CELL_TOO_LONG", "circumstances"), ("", "")]
    assert len(read.rows[1].cells["circumstances"]) == tables.LONGEST_CELL


def test_more_rows_than_one_import_takes() -> None:
    with pytest.raises(TableProblem) as problem:
        tables.read(("姓名\n" + "王\n" * (MOST_ROWS + 1)).encode(), Side.SOUGHT)
    assert problem.value.code == "TOO_MANY_ROWS"
    assert len(tables.read(("姓名\n" + "王\n" * MOST_ROWS).encode(), Side.SOUGHT).rows) == MOST_ROWS


def test_columns_that_no_record_can_do_without() -> None:
    assert tables.missing_columns(["name"], Side.SOUGHT, ["kind"]) == ["reporterName", "relation", "phone"]
    assert tables.missing_columns(["admittedOn", "kind"], Side.FOUND, ["station"]) == []


@given(st.text(st.sampled_from(string.ascii_letters + "、,，;；|/ \n."), max_size=40))
def test_several_in_one_cell(text: str) -> None:
    parts = tables.several(text)
    assert all(part == part.strip() and part for part in parts)
    assert "".join("".join(parts).split()) == "".join(tables.LIST.sub("", text).split())
