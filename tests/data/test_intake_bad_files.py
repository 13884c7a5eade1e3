"""Is every bad file refused with a clear sentence, and every bad row set aside, with nothing half-loaded?"""

import gzip
import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest

from data.intake import BatchReport, load_file, load_folder
from data.spec.access import bureau_access
from data.spec.errors import Refusal
from data.store import Store
from data.store.reads import read_batches, read_enterprises, read_events, read_quarantine

HEADER = ["企业名称", "统一社会信用代码", "成立日期", "职工人数", "注册资本（万元）"]
Book = Callable[..., Path]


def row(code: object, /, **changes: object) -> list[object]:
    given = {
        "name": f"淄博演示{str(code)[-4:]}有限公司",
        "code": code,
        "founded": "2015-03-01",
        "staff": 12,
        "capital": 5,
    }
    return list((given | changes).values())


def refusal(store: Store, path: Path, at: datetime, **options: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        load_file(store, path, at=at, actor="test", **options)  # type: ignore[arg-type]
    with store.work(at=at) as work:
        assert read_batches(work).empty
        assert read_enterprises(work, access=bureau_access("test", at=at)).empty
    assert any("\u4e00" <= letter <= "\u9fff" for letter in caught.value.message)
    return caught.value


def reasons(report: BatchReport) -> dict[str, tuple[int, ...]]:
    return {reason.code: reason.rows for reason in report.quarantined}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not-a-workbook"),
        ("a.xlsx", b"PK\x03\x04 broken", "not-a-workbook"),
        ("a.xls", b"\xd0\xcf\x11\xe0 broken", "not-a-workbook"),
        ("a.csv.gz", b"\x1f\x8b broken", "not-a-workbook"),
        ("a.csv.gz", gzip.compress(b"a,b\n" * 9999, mtime=0)[:-30], "not-a-workbook"),
        ("a.xls", "<html><table><tr><td>企业名称</td></tr></table></html>".encode("gbk"), "html-named-workbook"),
        ("a.xls", b"\xef\xbb\xbf\r\n <?xml version='1.0'?><Workbook/>", "html-named-workbook"),
        ("a.csv", b"", "list-unrecognised"),
        ("a.csv", "甲,乙\n1,2\n".encode(), "list-unrecognised"),
        ("a.csv", b'"a\n"b",c', "text-malformed"),
    ],
    ids=["picture", "broken zip", "broken xls", "broken gzip", "cut gzip", "html", "xml", "empty", "no list", "quotes"],
)
def test_a_file_that_is_no_list_is_refused(
    store: Store, tmp_path: Path, at: datetime, name: str, content: bytes, code: str
) -> None:
    (tmp_path / name).write_bytes(content)

    assert refusal(store, tmp_path / name, at).code == code


def test_a_file_that_is_not_there_is_refused(store: Store, tmp_path: Path, at: datetime) -> None:
    assert refusal(store, tmp_path / "none.xlsx", at).code == "file-unreadable"


def test_a_workbook_without_a_known_header_names_the_closest_lists(store: Store, book: Book, at: datetime) -> None:
    refused = refusal(store, book("x.xlsx", [["企业名称", "成立日期", "职工人数"], ["甲", "2015-01-01", 3]]), at)

    assert refused.code == "list-unrecognised"
    assert "最接近的：企业名录（enterprise_registration）缺少：统一社会信用代码；" in refused.message


def test_a_file_that_fits_two_lists_is_refused_by_name(store: Store, book: Book, at: datetime) -> None:
    rows = [["企业名称", "证书编号", "发证日期"], ["甲", "GR202037000001", "2020-12-07"]]

    refused = refusal(store, book("x.xlsx", rows), at, known_on=date(2021, 1, 1))

    assert refused.code == "list-unrecognised"
    assert "high_tech_certificate" in refused.message
    assert "high_tech_revocation" in refused.message


def test_a_list_of_no_such_name_is_refused(store: Store, book: Book, codes: list[str], at: datetime) -> None:
    path = book("企业名录.xlsx", [HEADER, row(codes[0])])

    assert refusal(store, path, at, list_name="nothing").code == "list-unknown"


def test_two_lists_in_one_workbook_are_refused(store: Store, tmp_path: Path, codes: list[str], at: datetime) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(tmp_path / "two.xlsx")) as workbook:
        for name in ("一", "二"):
            sheet = workbook.add_worksheet(name)
            sheet.write_row(0, 0, HEADER)
            sheet.write_row(1, 0, row(codes[0]))

    assert refusal(store, tmp_path / "two.xlsx", at, known_on=date(2021, 1, 1)).code == "sheets-ambiguous"


def archive(*members: tuple[str, bytes], lie: bool = False) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members:
            file.writestr(name, content)
    data = bytearray(packed.getvalue())
    if lie:
        place = data.rfind(b"PK\x01\x02")
        data[place + 24 : place + 28] = (1000).to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize("lie", [False, True])
def test_a_workbook_that_unpacks_to_gigabytes_is_refused(
    store: Store, tmp_path: Path, at: datetime, monkeypatch: pytest.MonkeyPatch, lie: bool
) -> None:
    monkeypatch.setattr("data.intake.unpacking.MAX_BYTES", 2_000_000)
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(archive(("xl/worksheets/sheet1.xml", b"0" * 3_000_000), lie=lie))

    assert path.stat().st_size < 10_000
    assert refusal(store, path, at).code == "file-too-large"


def test_a_gzip_that_unpacks_to_gigabytes_is_refused(
    store: Store, tmp_path: Path, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.intake.unpacking.MAX_BYTES", 2_000_000)
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(b"0" * 3_000_000))

    assert refusal(store, tmp_path / "bomb.csv.gz", at).code == "file-too-large"


@pytest.mark.parametrize(
    "data",
    [
        archive(*((f"m{number}", b"") for number in range(201))),
        archive(
            ("xl/worksheets/sheet1.xml", b'<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>')
        ),
    ],
    ids=["too many members", "a rectangle of billions of cells"],
)
def test_a_workbook_of_no_sensible_size_is_refused(store: Store, tmp_path: Path, at: datetime, data: bytes) -> None:
    (tmp_path / "wide.xlsx").write_bytes(data)

    assert refusal(store, tmp_path / "wide.xlsx", at).code == "file-too-large"


def test_a_text_of_too_many_columns_is_refused(store: Store, tmp_path: Path, at: datetime) -> None:
    (tmp_path / "wide.csv").write_text("," * 600)

    assert refusal(store, tmp_path / "wide.csv", at).code == "sheet-too-large"


@pytest.mark.parametrize(("encoding", "line", "place"), [("gb18030", 3, 5), ("utf-8", 3, 5), ("utf-8-sig", 3, 5)])
def test_one_bad_byte_is_named_by_line_and_character(
    store: Store, tmp_path: Path, codes: list[str], at: datetime, encoding: str, line: int, place: int
) -> None:
    content = "\n".join([",".join(HEADER), *(",".join(map(str, row(code))) for code in codes[:4])]).encode(encoding)
    lines = content.split(b"\n")
    head = "淄博演示".encode(encoding.removesuffix("-sig"))
    lines[2] = head + b"\xff" + lines[2][len(head) :]
    (tmp_path / "企业名录.csv").write_bytes(b"\n".join(lines))

    refused = refusal(store, tmp_path / "企业名录.csv", at)

    assert refused.code == "text-undecodable"
    assert f"第 {line} 行第 {place} 个字符" in refused.message
    assert "0xFF" in refused.message


def test_a_list_without_its_day_asks_for_one(store: Store, book: Book, codes: list[str], at: datetime) -> None:
    path = book("企业名录.xlsx", [HEADER, row(codes[0])])

    refused = refusal(store, path, at)
    report = load_file(store, path, at=at, actor="test", known_on=date(2020, 1, 1))

    assert refused.code == "known-on-needed"
    assert "--known-on" in refused.help
    assert report.kept == 1


BAD_ROWS = {
    "uscc-scientific-notation": {"code": 9.137030300000001e17},
    "uscc-check-digit": {"code": "91370303MA0000001X"},
    "uscc-malformed": {"code": "91370303MA"},
    "date-impossible": {"founded": "2015-02-30"},
    "date-in-future": {"founded": "2026-03-01"},
    "required-missing": {"founded": "—"},
    "below-minimum": {"staff": -3},
    "integer-malformed": {"staff": 3.5},
    "number-malformed": {"capital": "五百"},
    "name-unmatched": {"code": None},
    "identifier-missing": {"code": None, "name": "无"},
}


@pytest.mark.parametrize("code", BAD_ROWS)
def test_a_bad_row_is_set_aside_by_number_and_the_rest_kept(
    store: Store, book: Book, codes: list[str], at: datetime, code: str
) -> None:
    path = book("企业名录.xlsx", [HEADER, row(codes[0]), row(codes[1], **BAD_ROWS[code]), row(codes[2])])

    report = load_file(store, path, at=at, actor="test", known_on=date(2020, 1, 1))

    assert reasons(report)[code] == (3,)
    assert (report.kept, report.quarantined_rows) == (2, 1)
    with store.work(at=at) as work:
        aside = read_quarantine(work, report.batch_id)
        assert set(aside["file_row"]) == {3}
        assert "企业名称" in aside["raw"].iloc[0]


def test_a_scientific_code_in_a_text_file_is_told_apart(
    store: Store, text: Book, codes: list[str], at: datetime
) -> None:
    path = text("企业名录.csv", [HEADER, row(codes[0]), row("9.137E+17")])

    report = load_file(store, path, at=at, actor="test", known_on=date(2020, 1, 1))

    assert reasons(report) == {"uscc-scientific-notation": (3,)}
    assert "科学计数法" in report.quarantined[0].message


def test_strictly_one_bad_row_refuses_the_file(store: Store, book: Book, codes: list[str], at: datetime) -> None:
    path = book("企业名录.xlsx", [HEADER, row(codes[0]), row(codes[1], staff=-3)])

    refused = refusal(store, path, at, known_on=date(2020, 1, 1), strict=True)

    assert refused.code == "strict-row-faults"
    assert "第 3 行" in refused.message


@pytest.mark.parametrize("rows", [[], [row("91370303MA")]], ids=["no rows", "only bad rows"])
def test_a_file_of_which_nothing_can_be_kept_is_refused(
    store: Store, book: Book, at: datetime, rows: list[list[object]]
) -> None:
    path = book("企业名录.xlsx", [HEADER, *rows])

    assert refusal(store, path, at, known_on=date(2020, 1, 1)).code == "nothing-kept"


def test_cells_beyond_the_header_betray_a_shifted_row(store: Store, text: Book, codes: list[str], at: datetime) -> None:
    path = text("企业名录.csv", [HEADER, row(codes[0]), [*row(codes[1]), "多"]])

    report = load_file(store, path, at=at, actor="test", known_on=date(2020, 1, 1))

    assert reasons(report) == {"row-too-long": (3,)}


def test_a_fault_while_writing_leaves_nothing_behind(
    store: Store, book: Book, codes: list[str], at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("data.intake.batch.write_batch", fail)

    with pytest.raises(OSError, match="disk full"):
        load_file(store, book("企业名录.xlsx", [HEADER, row(codes[0])]), at=at, actor="x", known_on=date(2020, 1, 1))

    access = bureau_access("test", at=at)
    with store.work(at=at) as work:
        assert read_enterprises(work, access=access).empty
        assert read_batches(work).empty
        assert read_events(work, ["enterprise_registration"], access=access)["enterprise_registration"].empty


def test_a_folder_without_lists_is_refused(store: Store, tmp_path: Path, at: datetime) -> None:
    (tmp_path / "notes.md").write_text("x")

    with pytest.raises(Refusal, match="没有可导入的文件"):
        load_folder(store, tmp_path, at=at, actor="test")


def test_one_file_that_is_no_list_refuses_the_folder(
    store: Store, book: Book, tmp_path: Path, codes: list[str], at: datetime
) -> None:
    book("企业名录.xlsx", [["公告日期：2020-01-01"], HEADER, row(codes[0])])
    (tmp_path / "z.csv").write_text("a,b\n1,2\n")

    with pytest.raises(Refusal, match=r"z\.csv"):
        load_folder(store, tmp_path, at=at, actor="test")

    with store.work(at=at) as work:
        assert read_batches(work).empty
