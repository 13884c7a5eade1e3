"""What does a validation say to a bank's validator, in words, tables and pictures?"""

import math
from collections.abc import Iterator

from models.acceptance import gaps_of
from models.measures import Metrics
from models.segments import ATTRIBUTES, SegmentLine
from models.vintages import VintageLine
from risk.document import (
    Curve,
    CurveChart,
    Document,
    Range,
    RangeChart,
    Section,
    Table,
)
from risk.validation import Segment, Validated
from risk.validation_parts import benchmark, directions, limits, sensitivity, stability, unscored_table

CARD_NAMES = {"application": "申请卡（A卡）", "behaviour": "行为卡（B卡）"}
WARNING = "演示数据：企业与数字均为虚构。指标只证明流程走得通，不说明模型的实际效果；该模型拒绝评估真实企业。"
REAL = "仅供授信参考。"


def validation_document(found: Validated) -> Document:
    """Return the report of a validation, section by section."""
    card = found.card
    return Document(
        title=f"模型验证报告 · {CARD_NAMES.get(card.purpose.card, card.purpose.card)}",
        english="Model validation report",
        facts=tuple(_facts(found)),
        warning=WARNING if card.purpose.demonstration else REAL,
        sections=(
            _summary(found),
            _rank_order(found),
            _calibration(found),
            stability(found),
            _segments(found),
            _vintages(found),
            directions(found),
            sensitivity(found),
            benchmark(found),
            limits(found),
        ),
    )


def _facts(found: Validated) -> Iterator[tuple[str, str]]:
    card, metrics = found.card, found.validity.metrics
    yield "模型", found.name
    yield "训练日期", str(card.created_on)
    yield "数据截至", str(found.as_of)
    yield "违约概率的期限", f"{card.purpose.horizon_months} 个月"
    yield "检验样本", f"{metrics.rows:,} 行，{metrics.defaults} 次违约，{metrics.defaulted_clusters} 家违约企业"
    if card.purpose.anchor is not None:
        anchor = card.purpose.anchor
        status = "观察值" if anchor.status == "observed" else "假设值"
        yield (
            "校准锚点",
            (
                f"{anchor.population}，{anchor.years}，中心违约率 {anchor.central_tendency:.2%}"
                f"（{anchor.defaults} 家违约企业，{status}）"
            ),
        )
    yield "审慎边际", f"{card.margin:g}（对数几率，在分数中单列一行，不计入违约概率）"
    yield "违约定义", card.purpose.label_definition


def _summary(found: Validated) -> Section:
    metrics, gaps = found.validity.metrics, gaps_of(found.card)
    known = sum(bool(line.gaps) for line in found.validity.segments)
    sentences = [
        f"区分度：AUC {metrics.auc:.3f}，95% 区间 {metrics.auc_low:.3f}–{metrics.auc_high:.3f}（按企业重抽样）。",
        f"校准：斜率 {figure(metrics, 'calibration_slope', 2)}（1 为恰好），违约率 {metrics.base_rate:.2%}。",
        _too_low(found),
        small_number(metrics.defaulted_clusters),
        f"分群：{len(found.validity.segments)} 个分群中 {known} 个超出同时区间。",
    ]
    if gaps:
        people = len(found.acceptances)
        sentences.append(f"启用须 {found.rule.acceptances} 人书面接受分群差距，现有 {people} 人接受。")
    broken = [one for one in found.validity.dependences if not one.kept]
    sentences.append("方向：声明的方向无一被违反。" if not broken else f"方向：{len(broken)} 项违反了声明的方向。")
    findings = tuple((one.code, one.message, one.help) for one in found.card.findings)
    table = Table(title="训练时的提示", head=("代码", "内容", "建议"), rows=findings)
    return Section(title="要点", english="Summary", sentences=tuple(sentences), tables=(table,) if findings else ())


def figure(metrics: Metrics, name: str, digits: int) -> str:
    """Write a figure with its 95 % interval; a card written before intervals were kept says that it has none."""
    interval = metrics.interval(name)
    told = "无区间" if interval is None else f"{interval[0]:.{digits}f}–{interval[1]:.{digits}f}"
    return f"{metrics.to_json()[name]:.{digits}f}（{told}）"


def _too_low(found: Validated) -> str:
    grades = found.validity.grades
    low = [str(grade) for grade in grades.index[grades["verdict"] == "too-low"]]
    return (
        f"等级：{'、'.join(low)} 的 PD 偏低（Jeffreys 检验）。"
        if low
        else "等级：没有一个等级的 PD 偏低（Jeffreys 检验）。"
    )


def small_number(defaulted: int) -> str:
    """Say aloud what so few defaulted firms cannot tell (method.md 2).

    >>> small_number(30)
    '样本小：违约企业只有 30 家，AUC 为 0.80 时其 95% 区间的半宽约 0.10，任何数字请连同区间一起引用。'
    """
    half = 0.55 / math.sqrt(max(1, defaulted))
    said = "样本小：" if defaulted < 100 else ""
    tail = "不足 20 家，不得用于实际业务。" if defaulted < 20 else "任何数字请连同区间一起引用。"
    only = "只有" if defaulted < 100 else "有"
    return f"{said}违约企业{only} {defaulted} 家，AUC 为 0.80 时其 95% 区间的半宽约 {half:.2f}，{tail}"


def _rank_order(found: Validated) -> Section:
    one, later = found.validity.metrics, found.card.report.out_of_time
    rows = [("留出（按企业分折）", one.rows, one.defaults, one)]
    if later is not None:
        rows.append((f"时间外（{later.first_test_on} 起）", later.metrics.rows, later.metrics.defaults, later.metrics))
        parts = (("时间外 · 新企业", later.new_firms), ("时间外 · 老企业", later.known_firms))
        rows += [(name, part.rows, part.defaults, part) for name, part in parts if part is not None]
    table = Table(
        title="区分度",
        head=("样本", "行数", "违约", "AUC（95% 区间，下同）", "KS", "Brier", "对数损失", "校准斜率"),
        rows=tuple(
            (
                name,
                f"{count:,}",
                f"{bad}",
                figure(part, "auc", 3),
                figure(part, "ks", 3),
                figure(part, "brier", 4),
                figure(part, "log_loss", 4),
                figure(part, "calibration_slope", 2),
            )
            for name, count, bad, part in rows
        ),
        numeric=frozenset(range(1, 8)),
    )
    sentences = [
        "每一行都由没有见过该企业的树来判断；区间按企业整体重抽样，同一企业的多行不算多份证据。",
        f"KS {figure(one, 'ks', 3)}；样本越小，KS 偏高越多，不宜单独引用。",
    ]
    if later is not None:
        sentences.append(
            f"时间外检验：训练样本止于 {later.last_train_on}，隔离期 {later.embargo_days} 天，"
            f"训练部分 {later.train_rows:,} 行、{later.train_defaults} 次违约。"
        )
    chart = CurveChart(
        name="roc",
        alt=f"ROC 曲线，AUC {one.auc:.3f}",
        x_label="误报率（未违约者中）",
        y_label="命中率（违约者中）",
        curves=(Curve(label=f"留出，AUC {one.auc:.3f}", points=found.validity.roc),),
        diagonal=True,
    )
    return Section(title="区分度", english="Rank order", sentences=tuple(sentences), charts=(chart,), tables=(table,))


VERDICTS = {"too-low": "PD 偏低", "too-high": "PD 偏高", "agrees": "相符", "empty": "无企业"}


def _calibration(found: Validated) -> Section:
    grades, metrics = found.validity.grades, found.validity.metrics
    held = grades[grades["firms"] > 0]
    prudent = f"{found.rule.prudent_confidence:.0%}"
    table = Table(
        title="按等级（同一企业的表现期互不重叠）",
        head=("等级", "企业次", "占比", "平均 PD", "违约", "实际违约率", "80% 区间", "Jeffreys p", "结论", "审慎上限"),
        rows=tuple(
            (
                str(grade),
                f"{int(row['firms']):,}",
                f"{row['share']:.0%}",
                _percent(row["pd"]),
                f"{int(row['defaults'])}",
                _percent(row["observed"]),
                f"{_percent(row['low'])}–{_percent(row['high'])}" if row["firms"] else "—",
                "—" if math.isnan(row["p_value"]) else f"{row['p_value']:.3f}",
                VERDICTS[row["verdict"]],
                "—" if math.isnan(row["upper"]) else f"{_percent(row['upper'])} / {_percent(row['upper_correlated'])}",
            )
            for grade, row in grades.iterrows()
        ),
        numeric=frozenset({1, 2, 3, 4, 5, 6, 7, 9}),
        marked=frozenset(i for i, verdict in enumerate(grades["verdict"]) if verdict == "too-low"),
    )
    fullest = grades["share"].max()
    sentences = (
        f"校准斜率 {figure(metrics, 'calibration_slope', 2)}，截距 {metrics.calibration_intercept:+.2f}；"
        f"Brier {figure(metrics, 'brier', 4)}（只用平均违约率时 {metrics.base_rate * (1 - metrics.base_rate):.4f}）。",
        f"提前结清、无债注销等截尾 {found.validity.censored} 行未计；若都算作未违约，违约率由 {metrics.base_rate:.2%} "
        f"变为 {found.validity.rate_with_censored:.2%}。",
        "展示的分数只用对数几率上的一条直线校准，各项分值因而相加等于总分。",
        "Jeffreys p 小于 0.05 表示该等级的 PD 偏低；同一企业自首行起，每满一个表现期取一行，与结果无关。",
        f"审慎上限为 Pluto–Tasche 法 {prudent} 置信水平，分别按资产相关性 0 与 {found.rule.asset_correlation:g} 计算。",
        f"最满的等级占 {fullest:.0%}" + ("，不超过 30%。" if fullest <= 0.30 else "，超过 30%，请重新编制主标尺。"),
    )
    chart = RangeChart(
        name="calibration",
        alt="各等级的实际违约率、80% 区间与平均 PD",
        x_label="违约率，点为实际值，线为 80% 区间，菱形为平均 PD",
        ranges=tuple(
            Range(
                label=str(grade),
                value=row["observed"],
                low=row["low"],
                high=row["high"],
                compared=row["pd"],
                marked=row["verdict"] == "too-low",
            )
            for grade, row in held.iterrows()
        ),
        log=True,
    )
    return Section(title="校准", english="Calibration", sentences=sentences, charts=(chart,), tables=(table,))


def _percent(value: float) -> str:
    return "—" if math.isnan(value) else f"{value:.2%}"


def _segments(found: Validated) -> Section:
    lines = found.validity.segments
    outside = [line for line in lines if line.gaps]
    verdict = (
        "没有分群超出区间。"
        if not outside
        else f"{len(outside)} 个分群超出区间，启用前须 {found.rule.acceptances} 人书面接受："
        + "、".join(f"{ATTRIBUTES[line.attribute]}“{line.value}”" for line in outside)
        + "。"
    )
    unscored = {(one.attribute, one.value): one for one in found.unscored}
    tables = [*(_segment_table(name, lines, unscored) for name in ATTRIBUTES), unscored_table(found)]
    shown = [line for line in lines if line.defaulted_firms >= 3 or line.gaps]
    chart = RangeChart(
        name="segments",
        alt="各分群违约数与预期之比及其同时区间",
        x_label=f"实际违约 ÷ 预期违约，{found.rule.segment_level:.0%} 同时区间（只画有 3 家以上违约企业的分群）",
        ranges=tuple(_range_of(line) for line in shown),
        reference=1.0,
        log=True,
    )
    sentences = (
        "下列属性从不作为特征，只在这里与概率相遇；区间已按分群个数收紧，同一企业的多行按设计效应折算。",
        verdict,
        "“已知”为指标有值的比例；“不能评分”按数据截至日的全部企业、以评分时的同一规则计，原因见末表，违约中的企业另列。",
        "违约企业不足 10 家的分群不判断 AUC。",
    )
    return Section(
        title="分群", english="Segments", sentences=sentences, charts=(chart,) if shown else (), tables=tuple(tables)
    )


def _range_of(line: SegmentLine) -> Range:
    return Range(
        label=line.value,
        value=line.ratio,
        low=line.ratio_low,
        high=line.ratio_high,
        marked="defaults" in line.gaps,
    )


def _segment_table(name: str, lines: list[SegmentLine], unscored: dict[tuple[str, str], Segment]) -> Table:
    own = [line for line in lines if line.attribute == name]
    return Table(
        title=ATTRIBUTES[name],
        head=(ATTRIBUTES[name], "行数", "违约", "预期", "比", "区间", "AUC", "AUC 区间", "已知", "不能评分"),
        rows=tuple(
            (
                line.value,
                f"{line.rows:,}",
                f"{line.defaults}",
                f"{line.expected:.1f}",
                f"{line.ratio:.2f}",
                f"{line.ratio_low:.2f}–{line.ratio_high:.2f}",
                "—" if math.isnan(line.auc_low) else f"{line.auc:.2f}",
                "太少" if math.isnan(line.auc_low) else f"{line.auc_low:.2f}–{line.auc_high:.2f}",
                f"{line.known:.0%}",
                _not_scored(unscored.get((name, line.value))),
            )
            for line in own
        ),
        numeric=frozenset(range(1, 10)),
        marked=frozenset(place for place, line in enumerate(own) if line.gaps),
    )


def _not_scored(one: Segment | None) -> str:
    if one is None or not one.firms:
        return "—"
    return f"{one.not_scored / one.firms:.1%}（{one.firms:,} 家）"


def _vintages(found: Validated) -> Section:
    lines = found.validity.vintages
    outside = [line.name for line in lines if not line.ratio_low <= 1 <= line.ratio_high]
    said = "各年违约数与预期之比的区间都含 1。" if not outside else f"区间不含 1 的有：{'、'.join(outside)}。"
    table = Table(
        title="按观察日年份，延期年份内外",
        head=("年份", "行数", "企业", "违约", "预期", "比", "95% 区间", "AUC", "AUC 区间", "Brier"),
        rows=tuple(
            (
                line.name,
                f"{line.rows:,}",
                f"{line.firms:,}",
                f"{line.defaults}",
                f"{line.expected:.1f}",
                f"{line.ratio:.2f}",
                f"{line.ratio_low:.2f}–{line.ratio_high:.2f}",
                "—" if math.isnan(line.auc_low) else f"{line.auc:.2f}",
                "太少" if math.isnan(line.auc_low) else f"{line.auc_low:.2f}–{line.auc_high:.2f}",
                f"{line.brier:.4f}",
            )
            for line in lines
        ),
        numeric=frozenset(range(1, 10)),
        marked=frozenset(place for place, line in enumerate(lines) if line.name in outside),
    )
    chart = RangeChart(
        name="vintages",
        alt="各年份违约数与预期之比",
        x_label="实际违约 ÷ 预期违约，95% 区间",
        ranges=tuple(_vintage_range(line) for line in lines),
        reference=1.0,
        log=True,
    )
    first, last = found.rule.relief_from_year, found.rule.relief_to_year
    sentences = (
        f"{first}–{last} 年为延期还本付息年份（未核实），结果分列；日历时间从不作为特征，概率为时点概率，随证据变化。",
        said,
    )
    return Section(
        title="年份与延期", english="Vintages and relief", sentences=sentences, charts=(chart,), tables=(table,)
    )


def _vintage_range(line: VintageLine) -> Range:
    marked = not line.ratio_low <= 1 <= line.ratio_high
    return Range(label=line.name, value=line.ratio, low=line.ratio_low, high=line.ratio_high, marked=marked)
