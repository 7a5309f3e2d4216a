"""Tables that clerks keep, read as rows of named cells: any of the usual encodings and separators, headers in Chinese or
English. Pure: bytes in, rows out. What a cell says is judged elsewhere."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO
from typing import Final

from backend.apps.reunion.enums import Side

MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 200
LONGEST_CELL: Final = 4_000
SEPARATORS: Final = (",", "\t", ";", "，", "；", "|")
UTF16: Final = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
#: Separate several names or files in one cell. A full stop is part of a file's name.
LIST: Final = re.compile(r"[、,，;；|/\n\r]+")

#: Column → headers under which clerks keep it, beside the column's own name. Spaces, case and brackets do not count.
_BOTH: Final[Mapping[str, str]] = {
    "key": "编号 序号 档案号 档案编号 登记号 登记编号 记录编号 no number id key ref reference record",
    "kind": "类型 类别 人员类型 人员类别 走失类型 来源类型 kind type category",
    "division": "区划代码 行政区划代码 所属区划 属地代码 辖区代码 division divisioncode area",
    "name": "姓名 名字 人员姓名 走失人姓名 走失人员姓名 失踪人姓名 被寻人姓名 受助人姓名 受助人员姓名 name fullname",
    "nicknames": "别名 小名 曾用名 绰号 乳名 nickname nicknames alias aliases",
    "sex": "性别 sex gender",
    "born": "出生日期 出生年月 出生时间 出生年份 生日 年龄 估计年龄 大约年龄 出生日期或年龄 born birth birthdate birthday dateofbirth dob age",
    "height": "身高 大约身高 身高厘米 身高cm height heightcm",
    "dialect": "口音 方言 语言口音 dialect accent",
    "originText": "籍贯 户籍地 户籍 户籍地址 老家 家乡 住址 家庭住址 origin hometown home address",
    "originCode": "籍贯代码 户籍地代码",
    "marks": "体貌特征 特征 明显特征 身体特征 体表特征 marks features distinguishingmarks",
    "clothes": "衣着 衣着特征 穿着 clothes clothing",
    "relatives": "亲属 亲属姓名 家属 relatives family",
    "circumstances": "经过 走失经过 失踪经过 发现经过 情况说明 情况 备注 说明 circumstances story notes remarks",
    "placeText": "地点 走失地点 失踪地点 发现地点 最后出现地点 place location lastseenplace foundplace",
    "placeCode": "地点代码 走失地点代码 发现地点代码",
    "seen": "时间 走失时间 走失日期 失踪时间 失踪日期 发现时间 发现日期 最后出现时间 seen lastseen date when foundon",
    "dnaRef": "dna编号 血样编号 dna采样编号 dnaref dnasample",
    "dnaLab": "dna实验室 鉴定机构 dnalab laboratory",
    "pictures": "照片 照片文件 照片文件名 相片 图片 photo photos picture pictures image images file files filename",
    "taken": "照片时间 照片日期 拍摄时间 拍摄日期 taken takenon phototaken photodate",
}
_SOUGHT: Final[Mapping[str, str]] = {
    "reporterName": "报案人 报案人姓名 报告人 联系人 联系人姓名 家属姓名 reporter reportername contact contactname",
    "relation": "关系 与走失人关系 与报案人关系 与被寻人关系 relation relationship",
    "phone": "电话 联系电话 手机 手机号 手机号码 报案人电话 联系人电话 家属电话 phone telephone mobile contactphone",
    "policeCaseNo": "警情编号 案件编号 立案号 立案编号 报警编号 接警编号 policecaseno caseno policeno",
}
_FOUND: Final[Mapping[str, str]] = {
    "station": "救助站 所在机构 安置地点 安置机构 医院 机构 station shelter hospital institution",
    "admittedOn": "入站时间 入站日期 接收日期 救助日期 救助时间 入院日期 admitted admittedon admissiondate",
    "conditions": "身体状况 状况 无法表达原因 原因 健康状况 condition conditions",
    "languages": "语言 使用语言 language languages",
    "claims": "自述 本人自述 自称 自述内容 claims statement says",
}


class TableProblem(Exception):
    """The whole file cannot be read. Codes: EMPTY, ENCODING, BROKEN_QUOTES, NO_HEADERS, HEADER_TWICE, TOO_MANY_ROWS,
    TOO_MANY_COLUMNS; `data` holds what the wording needs, never what a cell says."""

    def __init__(self, code: str, **data: int | str) -> None:
        super().__init__(code)
        self.code = code
        self.data = data


@dataclass(frozen=True)
class TableRow:
    """`number` is the line on which the row begins, as a spreadsheet or editor counts; the header is line 1."""

    number: int
    cells: Mapping[str, str]
    problem: str = ""  # MORE_CELLS, CELL_TOO_LONG
    column: str = ""


@dataclass(frozen=True)
class Table:
    """Attributes:
    columns: those understood, in the order of the file.
    ignored: headers that mean nothing here.
    """

    encoding: str
    separator: str
    columns: tuple[str, ...]
    ignored: tuple[str, ...] = ()
    rows: tuple[TableRow, ...] = field(default=())


def columns_of(side: Side) -> dict[str, str]:
    return {**_BOTH, **(_SOUGHT if side == Side.SOUGHT else _FOUND)}


def read(data: bytes, side: Side) -> Table:
    """Every row that says anything.

    Raises:
        TableProblem
    """
    text, encoding = decode(data)
    if not text.strip():
        raise TableProblem("EMPTY")
    known = _headers(side)
    separator = _separator(text, known)
    lines = _lines(text, separator)
    _, header = next(lines)
    places, ignored = _places(header, known)
    rows: list[TableRow] = []
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(rows) >= MOST_ROWS:
            raise TableProblem("TOO_MANY_ROWS", most=MOST_ROWS)
        rows.append(_row(number, cells, places, len(header)))
    if not rows:
        raise TableProblem("EMPTY")
    return Table(encoding, separator, tuple(places), ignored, tuple(rows))


def decode(data: bytes) -> tuple[str, str]:
    """Text and encoding: UTF-8 with or without its mark, UTF-16 with it, else GB18030, which holds GBK and GB2312.

    Raises:
        TableProblem: `ENCODING`, with the line that is in none of them.
    """
    for mark, encoding in UTF16:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding), "utf-16"
            except UnicodeDecodeError as problem:
                raise TableProblem("ENCODING", line=data[: problem.start].count(b"\n") + 1) from None
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8"), "utf-8"
    except UnicodeDecodeError as problem:
        utf8_line = data[: problem.start].count(b"\n") + 1
    try:
        return data.decode("gb18030"), "gb18030"
    except UnicodeDecodeError as problem:
        # Whichever reading got further is what the clerk meant.
        line = max(utf8_line, data[: problem.start].count(b"\n") + 1)
        raise TableProblem("ENCODING", line=line) from None


def several(text: str) -> list[str]:
    """The parts of a cell that holds several."""
    return [part.strip() for part in LIST.split(text) if part.strip()]


def plain_header(text: str) -> str:
    """What counts of a header."""
    return re.sub(r"[\s_\-*:.()（）【】\[\]/、]+", "", unicodedata.normalize("NFKC", text).lower())


def _headers(side: Side) -> dict[str, str]:
    known = {}
    for column, words in columns_of(side).items():
        for word in (column, *words.split()):
            known[plain_header(word)] = column
    return known


def _separator(text: str, known: Mapping[str, str]) -> str:
    """The one that finds most headers in the first line."""
    first = text[: LONGEST_CELL * 4].lstrip("\r\n")

    def understood(separator: str) -> int:
        try:
            header = next(csv.reader(StringIO(first, newline=""), delimiter=separator))
        except (csv.Error, StopIteration):
            return 0
        return sum(plain_header(cell) in known for cell in header)

    best = max(SEPARATORS, key=understood)
    if understood(best) == 0:
        raise TableProblem("NO_HEADERS")
    return best


def _lines(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line on which each begins; the header first."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    begins, begun = 1, False
    try:
        for cells in reader:
            if begun or any(cell.strip() for cell in cells):
                begun = True
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error:
        raise TableProblem("BROKEN_QUOTES", line=begins) from None


def _places(header: list[str], known: Mapping[str, str]) -> tuple[dict[str, int], tuple[str, ...]]:
    if len(header) > MOST_COLUMNS:
        raise TableProblem("TOO_MANY_COLUMNS", most=MOST_COLUMNS)
    places: dict[str, int] = {}
    ignored = []
    for place, cell in enumerate(header):
        column = known.get(plain_header(cell))
        if column is None:
            if cell.strip():
                ignored.append(cell.strip()[:40])
        elif column in places:
            raise TableProblem("HEADER_TWICE", column=column)
        else:
            places[column] = place
    return places, tuple(ignored)


def _row(number: int, cells: list[str], places: Mapping[str, int], width: int) -> TableRow:
    taken = {column: cells[place].strip() for column, place in places.items() if place < len(cells)}
    kept = {column: cell[:LONGEST_CELL] for column, cell in taken.items() if cell}
    if any(cell.strip() for cell in cells[width:]):
        # A separator inside a cell without quotes has moved everything behind it.
        return TableRow(number, kept, "MORE_CELLS")
    long = next((column for column, cell in taken.items() if len(cell) > LONGEST_CELL), "")
    return TableRow(number, kept, "CELL_TOO_LONG" if long else "", long)


def missing_columns(columns: Iterable[str], side: Side, given: Iterable[str]) -> list[str]:
    """Columns without which no row can be a record, beside those `given` once for all rows."""
    needed = ("kind", "reporterName", "relation", "phone") if side == Side.SOUGHT else ("kind", "station", "admittedOn")
    return [column for column in needed if column not in {*columns, *given}]
