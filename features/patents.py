"""What can be said of an enterprise's intellectual property?"""

from data.spec.table import Group, Unit
from data.spec.tables.patents import ip_right, patent, patent_event
from features.arithmetic import ratio
from features.numbers import number
from features.spec import Aggregate, Card, Derived, Direction, FeatureGroup, Filled, Reduce
from features.windows import Window

YEAR = Window(12, "months")
TWO_YEARS = Window(2, "years")
THREE_YEARS = Window(3, "years")

INVENTION_TERM, UTILITY_TERM, DESIGN_TERM = (
    Window(int(number(name)), "years")
    for name in ("invention_term_years", "utility_term_years", "design_least_term_years")
)
"""What is older has expired, though no list may say so; of designs only those filed before June 2021 can be yet."""

HELD = "真实数据中持有专利的企业并不更安全，不作断言"
BLOCK = "只作其他指标或评分卡的组成部分"


class Patents(FeatureGroup):
    """知识产权：存量、授权、缴费、流转与质押。"""

    prefix = "patent"
    group = Group.PATENTS
    cards = (Card.APPLICATION, Card.BEHAVIOUR)

    inventions_held = Aggregate(
        label="有效发明专利数",
        label_en="granted invention patents in force",
        unit=Unit.ITEM,
        reason=HELD,
        table=patent,
        where={"kind": "invention", "granted_on": Filled()},
        reduce=Reduce.COUNT,
        window=INVENTION_TERM,
        in_force=True,
        empty=0,
    )
    utilities_held = Aggregate(
        label="有效实用新型与外观设计数",
        label_en="granted utility models and designs in force",
        unit=Unit.ITEM,
        reason=HELD,
        table=patent,
        where={"kind": ("utility", "design"), "granted_on": Filled()},
        reduce=Reduce.COUNT,
        window=UTILITY_TERM,
        in_force=True,
        empty=0,
    )
    class_one_rights = Aggregate(
        label="其他Ⅰ类知识产权数（植物新品种、集成电路布图设计）",
        label_en="plant varieties and circuit layouts",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=ip_right,
        where={"kind": ("plant_variety", "ic_layout")},
        reduce=Reduce.COUNT,
        empty=0,
        cards=(),
    )
    invention_grants_3y = Aggregate(
        label="近三年发明专利授权数",
        label_en="invention patents granted in 3 years",
        unit=Unit.ITEM,
        reason=HELD,
        table=patent_event,
        where={"patent_kind": "invention", "event": "granted"},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    filings_3y = Aggregate(
        label="近三年专利申请数（已公开）",
        label_en="patents filed in 3 years and published",
        unit=Unit.ITEM,
        reason="申请多少受资助政策影响，不作断言",
        table=patent,
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    filings_12m = Aggregate(
        label="近12个月专利申请数（已公开）",
        label_en="patents filed in 12 months and published",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=patent,
        reduce=Reduce.COUNT,
        window=YEAR,
        empty=0,
        cards=(),
    )
    filing_burst_ratio_3y = Derived(
        label="近12个月申请占近三年申请比重",
        label_en="share of 3 years' filings made in the last 12 months",
        unit=Unit.RATIO,
        reason="突击申请需要留意，但新企业本来如此，不作断言",
        formula=lambda patent_filings_12m, patent_filings_3y: ratio(patent_filings_12m, patent_filings_3y),
    )
    latest_filing_days = Aggregate(
        label="最近一次专利申请距今天数",
        label_en="days since the latest patent filing",
        unit=Unit.DAY,
        reason="研发停顿或转为技术秘密都有可能，不作断言",
        table=patent,
        reduce=Reduce.DAYS_SINCE_LATEST,
    )
    late_fees_12m = Aggregate(
        label="近12个月年费滞纳次数",
        label_en="late annual fees in 12 months",
        unit=Unit.ITEM,
        direction=Direction.RISK_RISES,
        reason="连年费都未按期缴，常是资金紧张的早期信号",
        table=patent_event,
        where={"event": "fee_late"},
        reduce=Reduce.COUNT,
        window=YEAR,
        empty=0,
    )
    lapses_3y = Aggregate(
        label="近三年专利终止数",
        label_en="patents lapsed in 3 years",
        unit=Unit.ITEM,
        reason="主动放弃无用专利与无力缴费难以区分，不作断言",
        table=patent_event,
        where={"event": "lapsed"},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    restorations_3y = Aggregate(
        label="近三年专利权恢复数",
        label_en="patents restored in 3 years",
        unit=Unit.ITEM,
        reason="说明曾有疏漏也说明重视，不作断言",
        table=patent_event,
        where={"event": "restored"},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    invalidations_3y = Aggregate(
        label="近三年被宣告无效的专利数",
        label_en="patents invalidated in 3 years",
        unit=Unit.ITEM,
        reason="无效多因对手挑战，与偿债的关系不作断言",
        table=patent_event,
        where={"event": "invalidated"},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    bought_2y = Aggregate(
        label="近两年转入专利数",
        label_en="patents transferred in within 2 years",
        unit=Unit.ITEM,
        reason="认定前买入专利需要留意，但并购也会如此，不作断言",
        table=patent_event,
        where={"event": "transferred_in"},
        reduce=Reduce.COUNT,
        window=TWO_YEARS,
        empty=0,
    )
    sold_2y = Aggregate(
        label="近两年转出专利数",
        label_en="patents transferred out within 2 years",
        unit=Unit.ITEM,
        reason="变卖资产与正常转让难以区分，不作断言",
        table=patent_event,
        where={"event": "transferred_out"},
        reduce=Reduce.COUNT,
        window=TWO_YEARS,
        empty=0,
    )
    pledges_3y = Aggregate(
        label="近三年专利质押登记数",
        label_en="patent pledges registered in 3 years",
        unit=Unit.ITEM,
        reason="质押说明有融资需求，也说明获得过银行认可，不作断言",
        table=patent_event,
        where={"event": "pledged"},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    university_inventions_held = Aggregate(
        label="与高校院所共有的发明专利数（含在审申请）",
        label_en="inventions and pending applications shared with universities",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=patent,
        where={"kind": "invention", "university_partner": 1},
        reduce=Reduce.COUNT,
        window=INVENTION_TERM,
        in_force=True,
        empty=0,
        cards=(),
    )
    university_utilities_held = Aggregate(
        label="与高校院所共有的实用新型与外观设计数（含在审申请）",
        label_en="utility models and designs shared with universities, pending ones among them",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=patent,
        where={"kind": ("utility", "design"), "university_partner": 1},
        reduce=Reduce.COUNT,
        window=UTILITY_TERM,
        in_force=True,
        empty=0,
        cards=(),
    )
    university_held = Derived(
        label="与高校院所共有的专利数（含在审申请）",
        label_en="patents and pending applications shared with universities",
        unit=Unit.ITEM,
        reason=HELD,
        formula=lambda patent_university_inventions_held, patent_university_utilities_held: (
            patent_university_inventions_held + patent_university_utilities_held
        ),
    )
    inventors_mean_5y = Aggregate(
        label="近五年专利平均发明人数",
        label_en="mean inventors of patents filed in 5 years",
        unit=Unit.PERSON,
        reason="团队大小因行业而异，不作断言",
        table=patent,
        reduce=Reduce.MEAN,
        column="inventors",
        window=Window(5, "years"),
    )
    software_rights_3y = Aggregate(
        label="近三年软件著作权登记数",
        label_en="software copyrights registered in 3 years",
        unit=Unit.ITEM,
        reason="取得成本低，不作断言",
        table=ip_right,
        where={"kind": "software"},
        reduce=Reduce.COUNT,
        window=THREE_YEARS,
        empty=0,
    )
    software_rights = Aggregate(
        label="软件著作权总数",
        label_en="software copyrights registered",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=ip_right,
        where={"kind": "software"},
        reduce=Reduce.COUNT,
        empty=0,
        cards=(),
    )
    standards_5y = Aggregate(
        label="近五年主持或参与制定标准数",
        label_en="standards led or joined in 5 years",
        unit=Unit.ITEM,
        reason="说明行业地位，与偿债的关系不作断言",
        table=ip_right,
        where={"kind": ("national_standard", "industry_standard")},
        reduce=Reduce.COUNT,
        window=Window(5, "years"),
        empty=0,
    )
