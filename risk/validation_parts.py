"""What does a validation say of stability, directions, sensitivity, simpler candidates, and its own limits?"""

import math

import pandas as pd

from models.candidates import NAMES
from models.comparison import BOOSTED
from models.drift import Stability
from models.segments import ATTRIBUTES
from models.sensitivity import Dependence, said
from risk.document import BarChart, Curve, PanelChart, Picture, Section, Table
from risk.unscored import STANDINGS, Unscored
from risk.validation import Validated

DECLARED = {1: "越大越险", 0: "不作断言", -1: "越大越稳"}
MARKS = {"stable": "稳定", "watch": "留意", "moved": "已变"}
MOST_PANELS = 12
SHOWN = {"auc": 3, "ks": 3, "brier": 4, "log_loss": 4, "calibration_slope": 2}
CANDIDATES = {**NAMES, BOOSTED: "LightGBM（本模型的做法）"}


def stability(found: Validated) -> Section:
    """Say whether the later firms differ from the earlier ones by more than chance."""
    measured = found.validity.stabilities
    moved = [_name(found, name) for name, one in measured.items() if one.beyond_chance]
    verdict = (
        "没有一项的变化超出抽样误差。" if not moved else f"超出抽样误差的有 {len(moved)} 项：{'、'.join(moved[:6])}。"
    )
    rows = sorted(measured.items(), key=lambda one: (one[0] != "", -one[1].psi))
    table = Table(
        title=f"{found.validity.split_on} 之前与之后",
        head=("项目", "PSI", "95% 临界值", "99% 临界值", "之前企业", "之后企业", "习惯标记", "是否超出误差"),
        rows=tuple(_stability_row(found, name, one) for name, one in rows),
        numeric=frozenset({1, 2, 3, 4, 5}),
        marked=frozenset(place for place, (_, one) in enumerate(rows) if one.beyond_chance),
    )
    sentences = (
        "临界值由两边的企业数算出：企业少时，习惯上的 0.10 与 0.25 只是噪声。每家企业在每一边只取最后一行。",
        verdict,
    )
    return Section(title="稳定性", english="Stability", sentences=sentences, tables=(table,) if rows else ())


def _stability_row(found: Validated, name: str, one: Stability) -> tuple[str, ...]:
    return (
        _name(found, name),
        f"{one.psi:.3f}",
        f"{one.critical_95:.3f}",
        f"{one.critical_99:.3f}",
        f"{one.expected_rows:,}",
        f"{one.actual_rows:,}",
        MARKS[one.mark],
        "是" if one.beyond_chance else "否",
    )


def _name(found: Validated, name: str) -> str:
    return "分数（违约概率）" if name == "" else found.labels.get(name, name)


def directions(found: Validated) -> Section:
    """Say what the model learned of each column beside what was declared."""
    learned = found.validity.dependences
    broken = [one for one in learned if not one.kept]
    verdict = (
        "声明了方向的指标，逐行检验无一违反。"
        if not broken
        else f"违反声明方向的有：{'、'.join(_name(found, one.column) for one in broken)}。"
    )
    table = Table(
        title="声明的方向与学到的方向",
        head=("指标", "声明", "学到（平均）", "影响幅度（分）", "未知比最好值多（分）", "是否守住"),
        rows=tuple(_direction_row(found, one) for one in learned),
        numeric=frozenset({3, 4}),
        marked=frozenset(place for place, one in enumerate(learned) if not one.kept or _rewards_silence(one)),
    )
    widest = sorted(learned, key=lambda one: -one.span)[:MOST_PANELS]
    chart = PanelChart(
        name="directions",
        alt="各指标由低到高时平均违约对数几率的变化",
        y_label="对数几率，越高越险；横轴为该指标由低到高的分位",
        panels=tuple(Curve(label=_name(found, one.column), points=_points(one)) for one in widest if one.span > 0),
    )
    silent = [one for one in learned if _rewards_silence(one)]
    names = "、".join(_name(found, one.column) for one in silent)
    unknown = f"未知反而优于最好记录的有：{names}。" if silent else "没有一项声明了方向的指标，未知反而优于最好的记录。"
    sentences = (
        verdict,
        unknown,
        "未声明方向的指标由数据说明，有升有降者不作理由讲述，只并入所属方面的合计。这些都是相关，不是因果。",
    )
    return Section(
        title="方向",
        english="Directions, declared and learned",
        sentences=sentences,
        charts=(chart,) if chart.panels else (),
        tables=(table,),
    )


def _direction_row(found: Validated, one: Dependence) -> tuple[str, ...]:
    kept = "—" if not one.declared else "是" if one.kept else f"否（逆向 {one.against:.3f}）"
    shape = (DECLARED[one.declared], said(one.learned), f"{one.span:.1f}", f"{one.unknown:+.1f}")
    return (_name(found, one.column), *shape, kept)


def _rewards_silence(one: Dependence) -> bool:
    """Tell whether it pays, by more than half a point, that a directed column is not known."""
    return bool(one.declared) and one.unknown > 0.5


def _points(one: Dependence) -> tuple[tuple[float, float], ...]:
    last = max(1, len(one.grid) - 1)
    return tuple((place / last, value) for place, value in enumerate(one.log_odds))


def sensitivity(found: Validated) -> Section:
    """Say how scores move when one column is not known."""
    moves = found.validity.sensitivities
    table = Table(
        title="逐项隐去后的分数变化",
        head=("指标", "平均变化", "平均幅度", "最大幅度", "变化半分以上的占比"),
        rows=tuple(
            (
                _name(found, one.column),
                f"{one.mean_move:+.2f}",
                f"{one.mean_size:.2f}",
                f"{one.largest:.1f}",
                f"{one.moved:.0%}",
            )
            for one in moves
        ),
        numeric=frozenset({1, 2, 3, 4}),
    )
    bars = tuple((_name(found, one.column), one.mean_size) for one in moves[:15] if one.mean_size > 0)
    chart = BarChart(name="sensitivity", alt="逐项隐去后分数变化的平均幅度", x_label="分", bars=bars)
    largest = _name(found, moves[0].column) if moves else ""
    sentences = ("每次把一项指标对所有企业都隐去（视为未知），其余不变。", f"最依赖的一项是“{largest}”。")
    drawn = "各项指标对分数的影响，每点一行样本，由 shap 绘制"
    pictures = (Picture(name="contributions", alt=drawn, svg=found.picture),) if found.picture else ()
    return Section(
        title="敏感性",
        english="Sensitivity",
        sentences=sentences,
        charts=(*((chart,) if bars else ()), *pictures),
        tables=(table,),
    )


def benchmark(found: Validated) -> Section:
    """Say whether something simpler would do as well."""
    compared = found.validity.comparison
    agreed = tuple(
        f"分项贡献与 {one.against} 的独立计算在 {one.rows} 行检验行上相差至多 {one.max_difference:.1e}。"
        for one in found.validity.agreements
    )
    if compared is None:
        sentences = ("本次没有与基准方案比较（--without-baselines）。", *agreed)
        return Section(title="与基准方案比较", english="Benchmarks", sentences=sentences)
    table = Table(
        title="同样的分折，同样的指标",
        head=("方案", "AUC（95% 区间，下同）", "KS", "Brier", "对数损失", "校准斜率", "落后本模型"),
        rows=tuple(
            (
                CANDIDATES.get(str(name), str(name)),
                *(_spread(row, name, digits) for name, digits in SHOWN.items()),
                f"{row['behind']:+.3f}（{row['behind_low']:+.3f} 至 {row['behind_high']:+.3f}）",
            )
            for name, row in compared.table.iterrows()
        ),
        numeric=frozenset(range(1, 7)),
    )
    held = f"{compared.validation}：{compared.rows:,} 行，{compared.defaults} 次违约。"
    noticed = (one.message for one in compared.findings if one.severity == "warning")
    sentences = (held, compared.reason, *noticed, *agreed)
    return Section(title="与基准方案比较", english="Benchmarks", sentences=sentences, tables=(table,))


def _spread(row: "pd.Series[float]", name: str, digits: int) -> str:
    value, low, high = (f"{row[key]:.{digits}f}" for key in (name, f"{name}_low", f"{name}_high"))
    return f"{value}（{low}–{high}）"


def unscored_table(found: Validated) -> Table:
    """Say of each segment how many of its firms the model may not score, and why."""
    codes = [code for code in Unscored if any(code in one.reasons for one in found.unscored)]
    return Table(
        title=f"不能评分的企业及原因（{found.as_of}）",
        head=("分群", "企业", "不能评分", *(STANDINGS[code].label for code in codes), "违约中（另列）"),
        rows=tuple(
            (
                f"{ATTRIBUTES[one.attribute]}：{one.value}",
                f"{one.firms:,}",
                f"{one.not_scored:,}",
                *(f"{one.reasons.get(code, 0):,}" for code in codes),
                f"{one.in_default:,}",
            )
            for one in found.unscored
        ),
        numeric=frozenset(range(1, len(codes) + 4)),
    )


def limits(found: Validated) -> Section:
    """Say what this report does not show."""
    defaulted, card = found.validity.metrics.defaulted_clusters, found.card
    sentences = [
        "只有获批并放款的企业有结果：本报告说的是它们；被拒绝与从未申请的企业没有标签，不作推断。",
        "未到期、未报送、提前结清、无债注销的行既不算好也不算坏。",
        "80% 区间是同类企业的违约概率的区间，不是这一家企业自己的；单个企业的真实概率常在其外。",
        f"违约企业 {defaulted} 家：等级、分群、年份越细，区间越宽；“无差距”常只是“看不出差距”。",
        "担保、贴息、风险补偿不降低违约概率，只改变由谁承担损失。",
        "重抽样与分折以企业为单位：所属集团与实际控制人未入库，关联企业一同违约时，真实的区间比这里的宽。",
    ]
    if found.validity.comparison is not None:
        sentences.append(
            "与基准方案比较用的是本模型的指标，训练时选定指标用到的行有晚于首个被判断日的，除官方百分制外各方案都可能偏乐观；"
            "lukeping compare 只用此前的行选指标。"
        )
    if card.purpose.demonstration:
        sentences += [
            "演示城市由程序生成，难度是设定的：这里的 AUC 不能外推到任何真实企业。",
            "演示城市中被拒绝与从未申请的企业后来如何是隐藏的真值，只供 make test-deep 检验，不进入本报告。",
        ]
    if not card.live_use:
        sentences.append("违约企业不足 20 家：该模型不得用于实际业务，请使用启动卡。")
    if not math.isclose(card.margin, 0.0):
        sentences.append(f"分数另扣审慎边际 {card.margin:g}（对数几率），违约概率与等级不含。")
    return Section(title="局限", english="Limits", sentences=tuple(sentences))
