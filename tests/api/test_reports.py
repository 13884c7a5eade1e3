"""A document becomes Markdown, SVG and PDF; text stays text, and a machine without Chinese fonts is told so."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import typst

from api.reports.desk import ValidationReport
from api.reports.markdown import markdown_of
from api.reports.pdf import FAMILIES, FontMissing, pdf_of
from api.reports.svg import svg_of
from data.spec.progress import Progress
from risk.document import (
    BarChart,
    Chart,
    Curve,
    CurveChart,
    Document,
    PanelChart,
    Picture,
    Range,
    RangeChart,
    Section,
    Table,
)

AT = datetime(2026, 1, 1, 9, tzinfo=UTC)
HOSTILE = '#panic("x") <b> $a_b$ & "引号" | 竖线'
SVG = "{http://www.w3.org/2000/svg}"

CHARTS: tuple[Chart, ...] = (
    CurveChart(
        name="roc",
        alt="曲线",
        x_label="误报率",
        y_label="命中率",
        curves=(Curve(label=HOSTILE, points=((0.0, 0.0), (0.4, 0.9), (1.0, 1.0))),),
        diagonal=True,
    ),
    RangeChart(
        name="segments",
        alt="区间",
        x_label="比",
        ranges=(
            Range(label="甲", value=1.2, low=0.5, high=2.0),
            Range(label=HOSTILE, value=0.0, low=0.0, high=90.0, compared=0.4, marked=True),
        ),
        reference=1.0,
        log=True,
    ),
    RangeChart(name="plain", alt="区间", x_label="值", ranges=(Range(label="甲", value=1.0, low=1.0, high=1.0),)),
    BarChart(name="bars", alt="条形", x_label="分", bars=(("甲", 3.0), (HOSTILE, 0.0)), limit=2.0),
    PanelChart(
        name="panels",
        alt="小图",
        y_label="对数几率",
        panels=tuple(Curve(label=f"指标{one}", points=((0.0, -1.0), (1.0, one / 5))) for one in range(5)),
    ),
    Picture(name="picture", alt="另一程序所绘", svg='<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'),
)
DOCUMENT = Document(
    title="模型验证报告",
    english="Validation",
    facts=(("模型", HOSTILE),),
    warning="演示数据",
    sections=(
        Section(
            title="要点",
            english="Summary",
            sentences=(HOSTILE,),
            charts=CHARTS,
            tables=(
                Table(
                    title="表",
                    head=("项目", "数"),
                    rows=((HOSTILE, "1"), ("乙", "2")),
                    numeric=frozenset({1}),
                    marked=frozenset({1}),
                ),
            ),
        ),
    ),
)


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
def test_a_chart_is_one_well_formed_svg_and_the_same_again(chart: Chart) -> None:
    text = svg_of(chart, font="宋体 & 黑体")

    root = ElementTree.fromstring(text)

    assert root.tag == f"{SVG}svg"
    assert text == svg_of(chart, font="宋体 & 黑体")
    assert "nan" not in text


@pytest.mark.parametrize("chart", CHARTS[:2], ids=lambda chart: chart.name)
def test_labels_are_text_whatever_they_hold(chart: Chart) -> None:
    root = ElementTree.fromstring(svg_of(chart))

    assert HOSTILE in [one.text for one in root.iter(f"{SVG}text")]


def test_a_range_stands_where_its_numbers_say() -> None:
    wide = RangeChart(
        name="x",
        alt="",
        x_label="",
        ranges=(Range(label="甲", value=1, low=0.1, high=10), Range(label="乙", value=10, low=1, high=10)),
        log=True,
    )

    dots = [float(one.attrib["cx"]) for one in ElementTree.fromstring(svg_of(wide)).iter(f"{SVG}circle")]

    left, right = 190.0, 616.0
    assert dots == pytest.approx([(left + right) / 2, right], abs=0.1)


def test_markdown_names_its_charts_and_escapes_its_cells() -> None:
    text = markdown_of(DOCUMENT)

    assert all(f"({chart.name}.svg)" in text for chart in CHARTS)
    assert text.count("\\|") == 2
    assert "| **乙** | **2** |" in text
    assert "> 演示数据" in text


def test_a_folder_without_chinese_fonts_is_refused_with_what_would_help(tmp_path: Path) -> None:
    with pytest.raises(FontMissing, match=str(tmp_path)) as refusal:
        pdf_of(DOCUMENT, fonts=tmp_path, at=AT)

    assert refusal.value.code == "font-missing"
    assert "LUKEPING_REPORT_FONTS" in refusal.value.help


def test_the_same_document_is_the_same_pdf_or_the_font_is_said_to_be_missing() -> None:
    if not set(FAMILIES) & set(typst.Fonts().families()):
        with pytest.raises(FontMissing, match="字体"):
            pdf_of(DOCUMENT, fonts=None, at=AT)
        return

    first, second = (pdf_of(DOCUMENT, fonts=None, at=AT) for _ in range(2))

    assert first.startswith(b"%PDF-")
    assert first == second
    assert first != pdf_of(replace(DOCUMENT, title="另一份"), fonts=None, at=AT)


class Desk:
    """Answer with one small report, and remember what was accepted."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def now(self) -> datetime:
        return AT

    def validate(self, wanted: str, *, as_of: date, with_baselines: bool, at: datetime, progress: Progress) -> Any:
        self.asked.append((wanted, as_of, with_baselines))
        return ValidationReport(
            model_id="application-1", document=DOCUMENT, figures={"auc": 0.8}, gaps=("区县“甲”",), acceptances=1
        )

    def accept(self, model: str, *, by: str, reason: str, at: datetime) -> int:
        self.asked.append((model, by, reason))
        return 2


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    made = Desk()
    monkeypatch.setattr("api.wiring.validation_desk", lambda settings: made)
    return made


def test_the_command_writes_the_report_and_says_where(
    run: Callable[..., tuple[int, str, str]], desk: Desk, tmp_path: Path
) -> None:
    code, out, _ = run("validate", "behaviour", "--output", str(tmp_path / "r"), "--without-baselines", "--json")
    answer = json.loads(out)

    assert code == 0
    assert desk.asked == [("behaviour", date(2026, 1, 1), False)]
    assert answer["figures"] == {"auc": 0.8}
    assert answer["gaps"] == ["区县“甲”"]
    assert (tmp_path / "r" / "report.md").read_text("utf-8") == markdown_of(DOCUMENT)
    assert {path.name for path in (tmp_path / "r").glob("*.svg")} == {f"{chart.name}.svg" for chart in CHARTS}
    assert (answer["missing"] is None) is ((tmp_path / "r" / "report.pdf") in map(Path, answer["files"]))


def test_without_a_chinese_font_the_rest_is_written_and_the_lack_told(
    run: Callable[..., tuple[int, str, str]], desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fonts").mkdir()
    monkeypatch.setenv("LUKEPING_REPORT_FONTS", str(tmp_path / "fonts"))

    code, out, _ = run("validate", "--output", str(tmp_path / "r"))

    assert code == 0
    assert "font-missing" in out
    assert (tmp_path / "r" / "report.md").is_file()
    assert not (tmp_path / "r" / "report.pdf").exists()


def test_an_acceptance_is_told_with_its_number(run: Callable[..., tuple[int, str, str]], desk: Desk) -> None:
    code, out, _ = run("accept", "application-1", "--by", "甲", "--reason", "已复核")

    assert code == 0
    assert "现有 2 人" in out
    assert desk.asked == [("application-1", "甲", "已复核")]
