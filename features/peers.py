"""How does an enterprise stand among its peers: the same industry, the same stage?

A raw number misleads where industries differ: 60 % of leverage is much for software and little for trade. The
reference is a derived table (`features.tables.peers`), an aggregate over at least twenty firms.
"""

from data.spec.table import Group, Unit
from data.spec.tables.derived import PEER_MEASURES, QUARTILES, peer_reference
from features.arithmetic import Floats, standing
from features.operations import Operations
from features.rnd import Rnd
from features.spec import Aggregate, Card, Derived, Direction, FeatureGroup, Reduce
from features.windows import Window

TWO_YEARS = Window(2, "years")


def _reference(measure: str, place: str) -> Aggregate:
    """Declare one quartile of the latest reference; a building block, on no card."""
    label, unit = PEER_MEASURES[measure]
    return Aggregate(
        label=f"同行{label}的{QUARTILES[place]}",
        label_en=f"{place} quartile of the peers' {measure.replace('_', ' ')}",
        unit=unit,
        reason="只作同行比较的参照",
        table=peer_reference,
        reduce=Reduce.LATEST,
        column=f"{measure}_{place}",
        window=TWO_YEARS,
        cards=(),
    )


def _rnd_intensity_standing(
    rnd_intensity_2y: Floats,
    peer_rnd_intensity_lower_ratio_latest_2y: Floats,
    peer_rnd_intensity_middle_ratio_latest_2y: Floats,
    peer_rnd_intensity_upper_ratio_latest_2y: Floats,
) -> Floats:
    return standing(
        rnd_intensity_2y,
        peer_rnd_intensity_lower_ratio_latest_2y,
        peer_rnd_intensity_middle_ratio_latest_2y,
        peer_rnd_intensity_upper_ratio_latest_2y,
    )


def _rnd_staff_share_standing(
    rnd_staff_share_ratio_2y: Floats,
    peer_rnd_staff_share_lower_ratio_latest_2y: Floats,
    peer_rnd_staff_share_middle_ratio_latest_2y: Floats,
    peer_rnd_staff_share_upper_ratio_latest_2y: Floats,
) -> Floats:
    return standing(
        rnd_staff_share_ratio_2y,
        peer_rnd_staff_share_lower_ratio_latest_2y,
        peer_rnd_staff_share_middle_ratio_latest_2y,
        peer_rnd_staff_share_upper_ratio_latest_2y,
    )


def _leverage_standing(
    operations_leverage_ratio_2y: Floats,
    peer_leverage_lower_ratio_latest_2y: Floats,
    peer_leverage_middle_ratio_latest_2y: Floats,
    peer_leverage_upper_ratio_latest_2y: Floats,
) -> Floats:
    return standing(
        operations_leverage_ratio_2y,
        peer_leverage_lower_ratio_latest_2y,
        peer_leverage_middle_ratio_latest_2y,
        peer_leverage_upper_ratio_latest_2y,
    )


def _revenue_growth_standing(
    operations_revenue_growth_3y: Floats,
    peer_revenue_growth_lower_ratio_latest_2y: Floats,
    peer_revenue_growth_middle_ratio_latest_2y: Floats,
    peer_revenue_growth_upper_ratio_latest_2y: Floats,
) -> Floats:
    return standing(
        operations_revenue_growth_3y,
        peer_revenue_growth_lower_ratio_latest_2y,
        peer_revenue_growth_middle_ratio_latest_2y,
        peer_revenue_growth_upper_ratio_latest_2y,
    )


def _profit_margin_standing(
    operations_profit_margin_ratio_2y: Floats,
    peer_profit_margin_lower_ratio_latest_2y: Floats,
    peer_profit_margin_middle_ratio_latest_2y: Floats,
    peer_profit_margin_upper_ratio_latest_2y: Floats,
) -> Floats:
    return standing(
        operations_profit_margin_ratio_2y,
        peer_profit_margin_lower_ratio_latest_2y,
        peer_profit_margin_middle_ratio_latest_2y,
        peer_profit_margin_upper_ratio_latest_2y,
    )


def _revenue_per_head_standing(
    operations_revenue_per_head_2y: Floats,
    peer_revenue_per_head_lower_latest_2y: Floats,
    peer_revenue_per_head_middle_latest_2y: Floats,
    peer_revenue_per_head_upper_latest_2y: Floats,
) -> Floats:
    return standing(
        operations_revenue_per_head_2y,
        peer_revenue_per_head_lower_latest_2y,
        peer_revenue_per_head_middle_latest_2y,
        peer_revenue_per_head_upper_latest_2y,
    )


class Peers(FeatureGroup):
    """同行比较：与同行业、同阶段企业的中位数相比，以四分位距为尺。"""

    prefix = "peer"
    group = Group.OPERATIONS
    cards = (Card.APPLICATION, Card.BEHAVIOUR)
    reads = (Operations, Rnd)

    rnd_intensity_lower_ratio_latest_2y = _reference("rnd_intensity", "lower")
    rnd_intensity_middle_ratio_latest_2y = _reference("rnd_intensity", "middle")
    rnd_intensity_upper_ratio_latest_2y = _reference("rnd_intensity", "upper")
    rnd_intensity_standing_2y = Derived(
        label="研发投入强度高于同行中位数的程度（以同行四分位距计）",
        label_en="R&D intensity above the peers' median, in interquartile ranges",
        unit=Unit.TIMES,
        reason="高于同行说明创新，也说明现金消耗大，不作断言",
        formula=_rnd_intensity_standing,
    )
    rnd_staff_share_lower_ratio_latest_2y = _reference("rnd_staff_share", "lower")
    rnd_staff_share_middle_ratio_latest_2y = _reference("rnd_staff_share", "middle")
    rnd_staff_share_upper_ratio_latest_2y = _reference("rnd_staff_share", "upper")
    rnd_staff_share_standing_2y = Derived(
        label="研发人员占比高于同行中位数的程度（以同行四分位距计）",
        label_en="share of R&D staff above the peers' median, in interquartile ranges",
        unit=Unit.TIMES,
        reason="说明企业在同行中的类型，与偿债的关系不作断言",
        formula=_rnd_staff_share_standing,
    )
    leverage_lower_ratio_latest_2y = _reference("leverage", "lower")
    leverage_middle_ratio_latest_2y = _reference("leverage", "middle")
    leverage_upper_ratio_latest_2y = _reference("leverage", "upper")
    leverage_standing_2y = Derived(
        label="资产负债率高于同行中位数的程度（以同行四分位距计）",
        label_en="leverage above the peers' median, in interquartile ranges",
        unit=Unit.TIMES,
        direction=Direction.RISK_RISES,
        reason="负债重于同行，遇到行业下行时余地更小",
        formula=_leverage_standing,
    )
    revenue_growth_lower_ratio_latest_2y = _reference("revenue_growth", "lower")
    revenue_growth_middle_ratio_latest_2y = _reference("revenue_growth", "middle")
    revenue_growth_upper_ratio_latest_2y = _reference("revenue_growth", "upper")
    revenue_growth_standing_2y = Derived(
        label="营业收入增长率高于同行中位数的程度（以同行四分位距计）",
        label_en="revenue growth above the peers' median, in interquartile ranges",
        unit=Unit.TIMES,
        reason="慢于同行有风险，过快扩张也有风险，不作单向断言",
        formula=_revenue_growth_standing,
    )
    profit_margin_lower_ratio_latest_2y = _reference("profit_margin", "lower")
    profit_margin_middle_ratio_latest_2y = _reference("profit_margin", "middle")
    profit_margin_upper_ratio_latest_2y = _reference("profit_margin", "upper")
    profit_margin_standing_2y = Derived(
        label="净利润率高于同行中位数的程度（以同行四分位距计）",
        label_en="profit margin above the peers' median, in interquartile ranges",
        unit=Unit.TIMES,
        direction=Direction.RISK_FALLS,
        reason="比同行更能盈利，还款的第一来源更足",
        formula=_profit_margin_standing,
    )
    revenue_per_head_lower_latest_2y = _reference("revenue_per_head", "lower")
    revenue_per_head_middle_latest_2y = _reference("revenue_per_head", "middle")
    revenue_per_head_upper_latest_2y = _reference("revenue_per_head", "upper")
    revenue_per_head_standing_2y = Derived(
        label="人均营业收入高于同行中位数的程度（以同行四分位距计）",
        label_en="revenue per head above the peers' median, in interquartile ranges",
        unit=Unit.TIMES,
        reason="说明效率，也说明用工方式，不作断言",
        formula=_revenue_per_head_standing,
    )
