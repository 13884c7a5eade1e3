"""In which words do three parties speak of an application?"""

from collections.abc import Mapping
from enum import StrEnum

from data.spec.table import Group


class Role(StrEnum):
    """Name in what capacity someone acts."""

    BANK = "bank"
    GUARANTOR = "guarantor"
    REVIEWER = "reviewer"
    DISTRICT = "district"
    OPERATOR = "operator"


ROLE_LABELS: Mapping[Role, str] = {
    Role.BANK: "银行",
    Role.GUARANTOR: "担保机构",
    Role.REVIEWER: "科技局评审",
    Role.DISTRICT: "区县科技局",
    Role.OPERATOR: "科技局经办",
}
BUREAU_ROLES = frozenset({Role.REVIEWER, Role.DISTRICT, Role.OPERATOR})


class Sheet(StrEnum):
    """Name whose sheet it is; an expert annexes to the bureau's (decisions.md 25)."""

    BUREAU = "bureau"
    BANK = "bank"
    GUARANTOR = "guarantor"


SHEET_LABELS: Mapping[Sheet, str] = {
    Sheet.BUREAU: "科技局",
    Sheet.BANK: "银行",
    Sheet.GUARANTOR: "担保机构",
}
SHEET_OF: Mapping[Role, Sheet] = {
    Role.REVIEWER: Sheet.BUREAU,
    Role.BANK: Sheet.BANK,
    Role.GUARANTOR: Sheet.GUARANTOR,
}
"""Whose sheet each role hands in; the others hand in none."""


class Dimension(StrEnum):
    """Name what a sheet gives marks for."""

    INNOVATION = "innovation"
    GROWTH = "growth"
    SOLVENCY = "solvency"
    STABILITY = "stability"
    CREDIT = "credit"
    INDUSTRY_FIT = "industry_fit"


DIMENSION_LABELS: Mapping[Dimension, str] = {
    Dimension.INNOVATION: "创新能力",
    Dimension.GROWTH: "成长性",
    Dimension.SOLVENCY: "偿债能力",
    Dimension.STABILITY: "经营稳定",
    Dimension.CREDIT: "信用记录",
    Dimension.INDUSTRY_FIT: "产业契合",
}
DIMENSION_OF: Mapping[Group, Dimension] = {
    Group.RND: Dimension.INNOVATION,
    Group.PATENTS: Dimension.INNOVATION,
    Group.PROJECTS: Dimension.INNOVATION,
    Group.PLATFORMS: Dimension.INNOVATION,
    Group.TALENT: Dimension.INNOVATION,
    Group.CONTRACTS: Dimension.GROWTH,
    Group.OPERATIONS: Dimension.SOLVENCY,
    Group.PROFILE: Dimension.STABILITY,
    Group.CONDUCT: Dimension.CREDIT,
    Group.LENDING: Dimension.CREDIT,
    Group.QUALIFICATIONS: Dimension.INDUSTRY_FIT,
}
"""Under which dimension the evidence of each group is laid out beside a sheet."""


class Guarantee(StrEnum):
    """Name how a loan is guaranteed."""

    NONE = "none"
    INDIVIDUAL = "individual"
    BULK = "bulk"


GUARANTEE_LABELS: Mapping[Guarantee, str] = {
    Guarantee.NONE: "无担保",
    Guarantee.INDIVIDUAL: "逐笔担保",
    Guarantee.BULK: "批量担保（见贷即保）",
}


class Conclusion(StrEnum):
    """Say what the joint evaluation comes to."""

    RECOMMENDED = "recommended"
    CONDITIONAL = "conditional"
    NOT_RECOMMENDED = "not_recommended"


CONCLUSION_LABELS: Mapping[Conclusion, str] = {
    Conclusion.RECOMMENDED: "同意推荐备案",
    Conclusion.CONDITIONAL: "有条件推荐",
    Conclusion.NOT_RECOMMENDED: "不同意推荐",
}


class Book(StrEnum):
    """Name what an entry in the books is for."""

    DISBURSED = "disbursed"
    FILED = "filed"
    SUBSIDY = "subsidy"
    PAYOUT = "payout"
    LOSS = "loss"
    BORNE = "borne"
    COMPENSATED = "compensated"
    RECOVERED = "recovered"
    RECOVERY_COST = "recovery_cost"
    RETURNED = "returned"


BOOK_LABELS: Mapping[Book, str] = {
    Book.DISBURSED: "放款",
    Book.FILED: "备案",
    Book.SUBSIDY: "贴息",
    Book.PAYOUT: "代偿",
    Book.LOSS: "本金损失",
    Book.BORNE: "应分担",
    Book.COMPENSATED: "已补偿",
    Book.RECOVERED: "追回",
    Book.RECOVERY_COST: "追偿费用",
    Book.RETURNED: "按比例返还",
}
