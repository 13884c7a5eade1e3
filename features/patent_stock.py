"""How much is left of an enterprise's patents: of which kind, how old, pledged, kept up, with whom?"""

from data.spec.table import Group, Unit
from data.spec.tables.patents import patent, patent_event
from features.arithmetic import Floats, ratio, share_of_years, surplus
from features.numbers import number, said
from features.patents import BLOCK, DESIGN_TERM, HELD, INVENTION_TERM, UTILITY_TERM, Patents
from features.spec import Aggregate, Card, Derived, Direction, FeatureGroup, Filled, Reduce
from features.windows import Window

TWO_YEARS = Window(2, "years")
FIVE_YEARS = Window(5, "years")

TERMS = said("invention_term_years", "utility_term_years", "design_term_years")


def _left(held: Floats, days: Floats, term: str) -> Floats:
    """Return rights counted by the share of their term that is left, none below nothing."""
    return surplus(held, share_of_years(days) / number(term))


def _remaining(
    patent_inventions_held: Floats,
    patent_invention_days_held: Floats,
    patent_utility_models_held: Floats,
    patent_utility_days_held: Floats,
    patent_designs_held: Floats,
    patent_design_days_held: Floats,
) -> Floats:
    return (
        _left(patent_inventions_held, patent_invention_days_held, "invention_term_years")
        + _left(patent_utility_models_held, patent_utility_days_held, "utility_term_years")
        + _left(patent_designs_held, patent_design_days_held, "design_term_years")
    )


def _mean_age(
    patent_invention_days_held: Floats,
    patent_utility_days_held: Floats,
    patent_design_days_held: Floats,
    patent_granted_held: Floats,
) -> Floats:
    days = patent_invention_days_held + patent_utility_days_held + patent_design_days_held
    return share_of_years(ratio(days, patent_granted_held))


class PatentStock(FeatureGroup):
    """知识产权存量：类别、年龄、剩余期限、质押、维持与合作。"""

    prefix = "patent"
    group = Group.PATENTS
    cards = (Card.APPLICATION, Card.BEHAVIOUR)
    reads = (Patents,)
    utility_models_held = Aggregate(
        label="有效实用新型数",
        label_en="utility models in force",
        unit=Unit.ITEM,
        reason=HELD,
        table=patent,
        where={"kind": "utility", "granted_on": Filled()},
        reduce=Reduce.COUNT,
        window=UTILITY_TERM,
        in_force=True,
        empty=0,
    )
    designs_held = Aggregate(
        label="有效外观设计数",
        label_en="designs in force",
        unit=Unit.ITEM,
        reason=HELD,
        table=patent,
        where={"kind": "design", "granted_on": Filled()},
        reduce=Reduce.COUNT,
        window=DESIGN_TERM,
        in_force=True,
        empty=0,
    )
    pending_inventions_held = Aggregate(
        label="在审的发明专利申请数",
        label_en="invention applications pending",
        unit=Unit.ITEM,
        reason="申请能否授权尚不确定，不作断言",
        table=patent,
        where={"kind": "invention", "granted_on": Filled(filled=False)},
        reduce=Reduce.COUNT,
        window=INVENTION_TERM,
        in_force=True,
        empty=0,
    )
    all_utilities_held = Aggregate(
        label="有效实用新型、外观设计与在审申请数",
        label_en="utility models and designs in force and applications pending",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=patent,
        where={"kind": ("utility", "design")},
        reduce=Reduce.COUNT,
        window=UTILITY_TERM,
        in_force=True,
        empty=0,
        cards=(),
    )
    all_held = Derived(
        label="有效专利与在审申请总数",
        label_en="patents in force and applications pending",
        unit=Unit.ITEM,
        reason=BLOCK,
        cards=(),
        formula=lambda patent_inventions_held, patent_pending_inventions_held, patent_all_utilities_held: (
            patent_inventions_held + patent_pending_inventions_held + patent_all_utilities_held
        ),
    )
    invention_days_held = Aggregate(
        label="有效发明专利自申请日起的天数合计",
        label_en="days since filing of inventions in force, added up",
        unit=Unit.DAY,
        reason=BLOCK,
        table=patent,
        where={"kind": "invention", "granted_on": Filled()},
        reduce=Reduce.DAYS_SINCE_SUM,
        window=INVENTION_TERM,
        in_force=True,
        empty=0,
        cards=(),
    )
    utility_days_held = Aggregate(
        label="有效实用新型自申请日起的天数合计",
        label_en="days since filing of utility models in force, added up",
        unit=Unit.DAY,
        reason=BLOCK,
        table=patent,
        where={"kind": "utility", "granted_on": Filled()},
        reduce=Reduce.DAYS_SINCE_SUM,
        window=UTILITY_TERM,
        in_force=True,
        empty=0,
        cards=(),
    )
    design_days_held = Aggregate(
        label="有效外观设计自申请日起的天数合计",
        label_en="days since filing of designs in force, added up",
        unit=Unit.DAY,
        reason=BLOCK,
        table=patent,
        where={"kind": "design", "granted_on": Filled()},
        reduce=Reduce.DAYS_SINCE_SUM,
        window=DESIGN_TERM,
        in_force=True,
        empty=0,
        cards=(),
    )
    granted_held = Derived(
        label="有效的已授权专利总数",
        label_en="granted patents in force of all kinds",
        unit=Unit.ITEM,
        reason=BLOCK,
        cards=(),
        formula=lambda patent_inventions_held, patent_utilities_held: patent_inventions_held + patent_utilities_held,
    )
    mean_age_years = Derived(
        label="有效专利平均年龄（自申请日）",
        label_en="mean age of patents in force since filing",
        unit=Unit.YEAR,
        reason="老专利可能是核心技术，也可能已过时，不作断言",
        formula=_mean_age,
        told="三类有效专利自申请日起的天数合计 ÷ 有效的已授权专利总数 ÷ 365.25",
    )
    remaining_stock = Derived(
        label="有效专利按剩余保护期折算的件数",
        label_en="patents in force counted by the share of their term that is left",
        unit=Unit.ITEM,
        reason=HELD,
        formula=_remaining,
        numbers=TERMS,
    )
    remaining_ratio = Derived(
        label="有效专利剩余保护期占比",
        label_en="share of the term of patents in force that is left",
        unit=Unit.RATIO,
        reason="说明存量新旧，与偿债的关系不作断言",
        formula=lambda patent_remaining_stock, patent_granted_held: ratio(patent_remaining_stock, patent_granted_held),
    )
    invention_share = Derived(
        label="有效专利中发明占比",
        label_en="share of inventions among patents in force",
        unit=Unit.RATIO,
        reason=HELD,
        formula=lambda patent_inventions_held, patent_granted_held: ratio(patent_inventions_held, patent_granted_held),
    )
    filings_5y = Aggregate(
        label="近五年专利申请数（已公开）",
        label_en="patents filed in 5 years and published",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=patent,
        reduce=Reduce.COUNT,
        window=FIVE_YEARS,
        empty=0,
        cards=(),
    )
    granted_filings_5y = Aggregate(
        label="近五年申请且已授权的专利数",
        label_en="patents filed in 5 years and granted",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=patent,
        where={"granted_on": Filled()},
        reduce=Reduce.COUNT,
        window=FIVE_YEARS,
        empty=0,
        cards=(),
    )
    grant_rate_5y = Derived(
        label="近五年申请的授权率",
        label_en="share of patents filed in 5 years that were granted",
        unit=Unit.RATIO,
        reason="授权需要时间，近期申请多的企业本来就低，不作断言",
        formula=lambda patent_granted_filings_5y, patent_filings_5y: ratio(
            patent_granted_filings_5y, patent_filings_5y
        ),
    )
    refused_5y = Aggregate(
        label="近五年申请后被驳回的专利数",
        label_en="patents filed in 5 years and refused",
        unit=Unit.ITEM,
        reason="驳回多少受申请策略影响，不作断言",
        table=patent,
        where={"ended_by": "refused"},
        reduce=Reduce.COUNT,
        window=FIVE_YEARS,
        empty=0,
    )
    lapse_rate_3y = Derived(
        label="近三年专利终止率",
        label_en="patents lapsed in 3 years over those and the ones in force",
        unit=Unit.RATIO,
        reason="主动放弃无用专利与无力缴费难以区分，不作断言",
        formula=lambda patent_lapses_3y, patent_granted_held: ratio(
            patent_lapses_3y, patent_lapses_3y + patent_granted_held
        ),
    )
    late_fee_rate_12m = Derived(
        label="近12个月年费滞纳次数与有效专利数之比",
        label_en="late annual fees in 12 months over patents in force",
        unit=Unit.RATIO,
        direction=Direction.RISK_RISES,
        reason="连年费都未按期缴，常是资金紧张的早期信号",
        formula=lambda patent_late_fees_12m, patent_granted_held: ratio(patent_late_fees_12m, patent_granted_held),
    )
    pledges_ever = Aggregate(
        label="历来专利质押登记数",
        label_en="patent pledges ever registered",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=patent_event,
        where={"event": "pledged"},
        reduce=Reduce.COUNT,
        empty=0,
        cards=(),
    )
    releases_ever = Aggregate(
        label="历来专利质押注销数",
        label_en="patent pledges ever released",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=patent_event,
        where={"event": "released"},
        reduce=Reduce.COUNT,
        empty=0,
        cards=(),
    )
    pledges_open = Derived(
        label="尚未注销的专利质押数",
        label_en="patent pledges not released",
        unit=Unit.ITEM,
        reason="质押说明有融资需求，也说明获得过银行认可，不作断言",
        formula=lambda patent_pledges_ever, patent_releases_ever: surplus(patent_pledges_ever, patent_releases_ever),
    )
    pledged_ratio = Derived(
        label="尚未注销的质押与有效专利数之比",
        label_en="pledges not released over patents in force",
        unit=Unit.RATIO,
        reason="可再质押的余地变小，但也说明获得过银行认可，不作断言",
        formula=lambda patent_pledges_open, patent_granted_held: ratio(patent_pledges_open, patent_granted_held),
    )
    net_transfers_2y = Derived(
        label="近两年专利净转入数（转入减转出）",
        label_en="patents transferred in less out within 2 years",
        unit=Unit.ITEM,
        reason="认定前买入需要留意，变卖也需要留意，不作断言",
        formula=lambda patent_bought_2y, patent_sold_2y: patent_bought_2y - patent_sold_2y,
    )
    university_ratio = Derived(
        label="与高校院所共有的专利占比",
        label_en="share of patents shared with universities",
        unit=Unit.RATIO,
        reason=HELD,
        formula=lambda patent_university_held, patent_all_held: ratio(patent_university_held, patent_all_held),
    )
    inventors_mean_2y = Aggregate(
        label="近两年专利平均发明人数",
        label_en="mean inventors of patents filed in 2 years",
        unit=Unit.PERSON,
        reason=BLOCK,
        table=patent,
        reduce=Reduce.MEAN,
        column="inventors",
        window=TWO_YEARS,
        cards=(),
    )
    inventors_change_ratio_2y = Derived(
        label="近两年与近五年平均发明人数之比",
        label_en="mean inventors of 2 years over those of 5 years",
        unit=Unit.RATIO,
        reason="名单不载发明人姓名，只能以人数看研发团队的延续，不作断言",
        formula=lambda patent_inventors_mean_2y, patent_inventors_mean_5y: ratio(
            patent_inventors_mean_2y, patent_inventors_mean_5y
        ),
    )
    latest_grant_days = Aggregate(
        label="最近一次专利授权距今天数",
        label_en="days since the latest patent grant",
        unit=Unit.DAY,
        reason=HELD,
        table=patent_event,
        where={"event": "granted"},
        reduce=Reduce.DAYS_SINCE_LATEST,
    )
    first_filing_days = Aggregate(
        label="首次专利申请距今天数",
        label_en="days since the first patent filing",
        unit=Unit.DAY,
        reason=HELD,
        table=patent,
        reduce=Reduce.DAYS_SINCE_FIRST,
    )
