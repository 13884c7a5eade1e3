"""How far has an enterprise climbed the ladder of titles, how fast, and does it keep what it reached?

科技型中小企业, 高新技术企业, 专精特新, 瞪羚与科技领军: each step asks more than the one below.
"""

import numpy as np

from data.spec.table import Group, Unit
from data.spec.tables.operations import annual_report
from data.spec.tables.qualifications import high_tech_certificate, honour_listing, tech_sme_entry
from data.spec.tables.rnd import rnd_year
from features.arithmetic import Floats, ratio, share_of_years
from features.numbers import number, said
from features.profile import Profile
from features.qualifications import LISTED, Qualifications
from features.spec import Aggregate, Card, Derived, Direction, FeatureGroup, Reduce
from features.windows import Window

TWO_YEARS = Window(2, "years")
BLOCK = "只作其他指标的组成部分"
SPECIALIZED = ("specialized_sme", "little_giant", "single_product_champion")
LEADING = ("gazelle", "tech_leading_enterprise")
OBLIGED = said("obliged_after_years")


def _rung(
    ladder_tech_sme_entries_18m: Floats,
    qualification_high_tech_held: Floats,
    ladder_specialized_held: Floats,
    ladder_leading_held: Floats,
) -> Floats:
    rung = np.where(ladder_tech_sme_entries_18m > 0, 1.0, 0.0)
    rung = np.where(qualification_high_tech_held > 0, 2.0, rung)
    rung = np.where(ladder_specialized_held > 0, 3.0, rung)
    rung = np.where(ladder_leading_held > 0, 4.0, rung)
    known = ladder_tech_sme_entries_18m + qualification_high_tech_held + ladder_specialized_held + ladder_leading_held
    return np.where(np.isnan(known), np.nan, rung)


def _first_days(
    ladder_tech_sme_first_days: Floats, qualification_high_tech_first_days: Floats, ladder_honour_first_days: Floats
) -> Floats:
    return np.fmax(np.fmax(ladder_tech_sme_first_days, qualification_high_tech_first_days), ladder_honour_first_days)


def _pace(ladder_rung: Floats, ladder_first_days: Floats) -> Floats:
    return ratio(ladder_rung, np.maximum(share_of_years(ladder_first_days), 1.0))


def _high_tech_lost(ladder_high_tech_ever: Floats, qualification_high_tech_held: Floats) -> Floats:
    lost = np.where((ladder_high_tech_ever > 0) & (qualification_high_tech_held == 0), 1.0, 0.0)
    return np.where(np.isnan(ladder_high_tech_ever + qualification_high_tech_held), np.nan, lost)


def _told_when_obliged(since_days: Floats, reports: Floats) -> Floats:
    """Return 1 where a firm that must report did, 0 where it did not; NaN for those that need not, or are not known."""
    obliged = (share_of_years(since_days) >= number("obliged_after_years")) & ~np.isnan(reports)
    return np.where(obliged, np.where(reports > 0, 1.0, 0.0), np.nan)


def _rnd_told_when_obliged(
    qualification_high_tech_first_days: Floats, qualification_high_tech_held: Floats, ladder_rnd_reports_2y: Floats
) -> Floats:
    since = np.where(qualification_high_tech_held > 0, qualification_high_tech_first_days, np.nan)
    return _told_when_obliged(since, ladder_rnd_reports_2y)


def _books_told_when_obliged(profile_age_days: Floats, ladder_annual_reports_2y: Floats) -> Floats:
    return _told_when_obliged(profile_age_days, ladder_annual_reports_2y)


class Ladder(FeatureGroup):
    """梯次成长：所处梯级、晋级快慢、资格得失与应报已报。"""

    prefix = "ladder"
    group = Group.QUALIFICATIONS
    cards = (Card.APPLICATION, Card.BEHAVIOUR)
    reads = (Profile, Qualifications)
    tech_sme_entries_18m = Aggregate(
        label="近18个月科技型中小企业入库次数",
        label_en="tech SME entries in 18 months",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=tech_sme_entry,
        reduce=Reduce.COUNT,
        window=Window(18, "months"),
        empty=0,
        cards=(),
    )
    specialized_held = Aggregate(
        label="有效的专精特新、小巨人与单项冠军称号数",
        label_en="specialised-SME honours in force",
        unit=Unit.ITEM,
        reason=LISTED,
        table=honour_listing,
        where={"honour": SPECIALIZED},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    leading_held = Aggregate(
        label="有效的瞪羚与科技领军称号数",
        label_en="gazelle and leading-enterprise honours in force",
        unit=Unit.ITEM,
        reason=LISTED,
        table=honour_listing,
        where={"honour": LEADING},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    innovative_held = Aggregate(
        label="有效的创新型中小企业称号数",
        label_en="innovative-SME honours in force",
        unit=Unit.ITEM,
        reason=LISTED,
        table=honour_listing,
        where={"honour": "innovative_sme"},
        reduce=Reduce.COUNT,
        in_force=True,
        empty=0,
    )
    tech_sme_first_days = Aggregate(
        label="首次科技型中小企业入库距今天数",
        label_en="days since the first tech SME entry",
        unit=Unit.DAY,
        reason=LISTED,
        table=tech_sme_entry,
        reduce=Reduce.DAYS_SINCE_FIRST,
    )
    honour_first_days = Aggregate(
        label="首次获称号距今天数",
        label_en="days since the first honour",
        unit=Unit.DAY,
        reason=BLOCK,
        table=honour_listing,
        reduce=Reduce.DAYS_SINCE_FIRST,
        cards=(),
    )
    high_tech_ever = Aggregate(
        label="历来高新技术企业证书数",
        label_en="high-tech certificates ever",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=high_tech_certificate,
        reduce=Reduce.COUNT,
        empty=0,
        cards=(),
    )
    rnd_reports_2y = Aggregate(
        label="近两年研发投入记录数",
        label_en="R&D years on record in 2 years",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=rnd_year,
        reduce=Reduce.COUNT,
        window=TWO_YEARS,
        empty=0,
        cards=(),
    )
    annual_reports_2y = Aggregate(
        label="近两年报送年报数",
        label_en="annual reports filed in 2 years",
        unit=Unit.ITEM,
        reason=BLOCK,
        table=annual_report,
        reduce=Reduce.COUNT,
        window=TWO_YEARS,
        empty=0,
        cards=(),
    )
    rung = Derived(
        label="所处梯级（科技型中小企业1、高企2、专精特新3、瞪羚与领军4）",
        label_en="step reached on the ladder of titles",
        unit=Unit.LEVEL,
        reason=LISTED,
        formula=_rung,
        told="瞪羚或科技领军称号有效记4；否则专精特新、小巨人或单项冠军有效记3；否则高新技术企业证书有效记2；否则近18个月有科技型中小企业入库记1；都没有记0",
    )
    first_days = Derived(
        label="首次登上梯级距今天数",
        label_en="days since the first step on the ladder",
        unit=Unit.DAY,
        reason=BLOCK,
        cards=(),
        formula=_first_days,
        told="首次科技型中小企业入库、首次高新技术企业证书、首次获称号三者距今天数中最长的一个",
    )
    pace = Derived(
        label="晋级速度（每年梯级数）",
        label_en="steps climbed a year since the first",
        unit=Unit.LEVEL,
        reason="晋级快说明成长，也可能是突击申报，不作断言",
        formula=_pace,
        told="所处梯级 ÷ 首次登上梯级距今年数（不足一年按一年）",
    )
    high_tech_lost = Derived(
        label="曾为高新技术企业而现无有效证书",
        label_en="was a high-tech enterprise and is no more",
        unit=Unit.FLAG,
        direction=Direction.RISK_RISES,
        reason="到期未能续认或被取消，说明研发或收入指标下滑",
        formula=_high_tech_lost,
        told="历来有过高新技术企业证书而当前没有有效证书的为是，其余为否",
    )
    rnd_told_when_obliged = Derived(
        label="高新技术企业是否报送了研发投入",
        label_en="R&D reported by a firm that must report it",
        unit=Unit.FLAG,
        direction=Direction.RISK_FALLS,
        reason="有报送义务而停报，常因数据难看或无人管理；没有义务的企业不适用",
        formula=_rnd_told_when_obliged,
        silence_of=rnd_year,
        told=f"高新技术企业证书有效且首次获证已满{number('obliged_after_years'):g}年的：近两年有研发投入记录为是，没有为否；其余不适用；名单本身迟到时，没有记录不作否",
        numbers=OBLIGED,
    )
    books_told_when_obliged = Derived(
        label="应报年报的企业是否报送了年报",
        label_en="annual report filed by a firm that must file it",
        unit=Unit.FLAG,
        direction=Direction.RISK_FALLS,
        reason="有报送义务而停报，常因经营异常；新成立的企业不适用",
        formula=_books_told_when_obliged,
        silence_of=annual_report,
        told=f"成立已满{number('obliged_after_years'):g}年的：近两年报送过年报为是，没有为否；其余不适用；名单本身迟到时，没有记录不作否",
        numbers=OBLIGED,
    )
