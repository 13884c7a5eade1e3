"""Does the written city say what the letter says, to the unit?"""

from collections.abc import Callable

import pandas as pd
import pytest

from data.zibo.figures import TRANSFER_DISTRICTS, Figure, read_figures
from data.zibo.plan import LETTER_DAY, STOCK_DAY

Count = Callable[["Lists", Figure], float]


class Lists:
    """Count over the written files of one city; each list is read once."""

    def __init__(self, city) -> None:
        self.city = city
        self.kept: dict[str, pd.DataFrame] = {}

    def rows(self, name: str) -> pd.DataFrame:
        if name not in self.kept:
            self.kept[name] = self.city.read(name)
        return self.kept[name]

    def latest(self, name: str, key: list[str], on: object) -> pd.DataFrame:
        rows = self.rows(name)
        rows = rows[rows["known_on"] <= pd.Timestamp(on)].sort_values("known_on", kind="stable")
        return rows.drop_duplicates(key, keep="last")

    def stock(self, name: str, key: list[str], start: str, end: str | None, on: object) -> pd.DataFrame:
        """Return the records in force on a day, as known on it."""
        day = pd.Timestamp(on)
        rows = self.latest(name, key, day)
        open_still = rows[end].isna() | (rows[end] > day) if end else True
        return rows[(rows[start] <= day) & open_still]

    def private(self) -> set[str]:
        rows = self.rows("enterprise_registration")
        return set(rows["code"][rows["ownership"] == "民营"])


@pytest.fixture(scope="module")
def lists(full) -> Lists:
    return Lists(full)


def high_tech(lists: Lists, on: object) -> set[str]:
    """Return the names, as of today, of firms with a certificate in force."""
    day = pd.Timestamp(on)
    issued = lists.rows("high_tech_certificate").drop_duplicates()
    issued = issued[(issued["known_on"] <= day) & (issued["valid_until"] > day)]
    revoked = lists.rows("high_tech_revocation")
    gone = set(revoked["certificate_no"][(revoked["known_on"] <= day) & (revoked["valid_until"] <= day)])
    issued = issued[~issued["certificate_no"].isin(gone)]
    named = lists.rows("enterprise_registration")[["name", "code"]].drop_duplicates()
    return set(issued.drop(columns="code").merge(named, on="name")["code"])


def tech_smes(lists: Lists, figure: Figure) -> float:
    return lists.stock("tech_sme_entry", ["entry_no"], "entered_on", "valid_until", figure.day)["code"].nunique()


def library(lists: Lists, figure: Figure) -> float:
    rows = lists.stock("cultivation_listing", ["code", "programme", "entered_on"], "entered_on", "left_on", figure.day)
    return rows["code"][rows["programme"] == "科技领军企业培育库"].nunique()


def positions(lists: Lists, figure: Figure) -> pd.DataFrame:
    return lists.stock("chain_position", ["code", "chain"], "listed_on", "removed_on", figure.day)


def key_firms(lists: Lists, figure: Figure) -> set[str]:
    rows = positions(lists, figure)
    return set(rows["code"][rows["is_key_firm"] == "是"])


def platforms(lists: Lists, figure: Figure) -> pd.DataFrame:
    rows = lists.stock("innovation_platform", ["platform"], "recognised_on", "removed_on", figure.day)
    return rows[rows["level"].isin(["国家级", "省级"])]


def projects(lists: Lists, figure: Figure) -> pd.DataFrame:
    rows = lists.stock("project", ["code", "project_no", "role"], "started_on", "closed_on", figure.day)
    return rows[rows["programme"].isin(["省重大科技创新工程", "省科技型中小企业创新能力提升工程"])]


def project_count(programme: str) -> Count:
    def counted(lists: Lists, figure: Figure) -> float:
        rows = projects(lists, figure)
        return rows["project_no"][rows["programme"] == programme].nunique()

    return counted


def led_by_private(lists: Lists, figure: Figure) -> float:
    rows = projects(lists, figure)
    return rows["project_no"][(rows["role"] == "牵头") & rows["code"].isin(lists.private())].nunique()


def instruments(lists: Lists, figure: Figure) -> pd.DataFrame:
    return lists.stock("instrument", ["instrument_no"], "joined_on", "left_on", figure.day)


def vouchers(lists: Lists, figure: Figure) -> pd.DataFrame:
    rows = lists.latest("innovation_voucher", ["order_no"], figure.day)
    return rows[(rows["paid_on"] >= pd.Timestamp(figure.since)) & (rows["paid_on"] <= pd.Timestamp(figure.day))]


def posts(lists: Lists, figure: Figure, kind: str, level: str | None = None) -> pd.DataFrame:
    rows = lists.stock("talent_post", ["person_code", "kind"], "started_on", "ends_on", figure.day)
    rows = rows[rows["kind"] == kind]
    if figure.since is not None:
        rows = rows[rows["started_on"] >= pd.Timestamp(figure.since)]
    return rows if level is None else rows[rows["level"] == level]


def post_count(kind: str, level: str | None = None) -> Count:
    return lambda lists, figure: len(posts(lists, figure, kind, level))


def post_sum(column: str) -> Count:
    return lambda lists, figure: posts(lists, figure, "科技副总")[column].sum()


def contracts(lists: Lists, figure: Figure) -> pd.DataFrame:
    rows = lists.latest("technology_contract", ["contract_no", "role"], STOCK_DAY)
    inside = rows["registered_on"].between(pd.Timestamp(figure.since), pd.Timestamp(figure.day))
    return rows[inside & rows["cancelled_on"].isna()]


def brokered(lists: Lists, figure: Figure) -> pd.DataFrame:
    rows = contracts(lists, figure)
    return rows[rows["transfer_body"].notna()].drop_duplicates("contract_no")


def transfer_counties(lists: Lists, figure: Figure, district_names: dict[str, str]) -> float:
    rows = contracts(lists, figure)
    where = lists.rows("enterprise_registration").drop_duplicates("code").set_index("code")["district"]
    sold = rows[rows["role"] == "卖方"].groupby(rows["code"].map(where))["amount"].sum()
    return len({district_names[name] for name in sold.nlargest(4).index} & set(TRANSFER_DISTRICTS))


def services(lists: Lists, figure: Figure, kind: str) -> pd.DataFrame:
    rows = lists.latest("platform_service", ["service_no"], STOCK_DAY)
    rows = rows[(rows["provider_kind"] == kind) & (rows["served_on"] <= pd.Timestamp(figure.day))]
    return rows if figure.since is None else rows[rows["served_on"] >= pd.Timestamp(figure.since)]


COUNTS: dict[str, Count] = {
    "tech_sme_in_force": tech_smes,
    "high_tech_in_force": lambda lists, figure: len(high_tech(lists, figure.day)),
    "leading_library": library,
    "chains": lambda lists, figure: positions(lists, figure)["chain"].nunique(),
    "key_chain_firms": lambda lists, figure: len(key_firms(lists, figure)),
    "key_chain_high_tech": lambda lists, figure: len(key_firms(lists, figure) & high_tech(lists, figure.day)),
    "provincial_platforms": lambda lists, figure: platforms(lists, figure)["platform"].nunique(),
    "provincial_platforms_private_share": lambda lists, figure: (
        platforms(lists, figure)["code"].isin(lists.private()).mean()
    ),
    "projects_provincial_major": project_count("省重大科技创新工程"),
    "projects_sme_capability": project_count("省科技型中小企业创新能力提升工程"),
    "projects_led_by_private": led_by_private,
    "partner_institutions": lambda lists, figure: posts(lists, figure, "科技副总")["from_university"].nunique(),
    "sharing_members": lambda lists, figure: lists.stock(
        "sharing_member", ["code", "role"], "joined_on", None, figure.day
    )["code"].nunique(),
    "instruments": lambda lists, figure: len(instruments(lists, figure)),
    "instruments_value": lambda lists, figure: instruments(lists, figure)["original_value"].sum(),
    "vouchers": lambda lists, figure: len(vouchers(lists, figure)),
    "vouchers_amount": lambda lists, figure: vouchers(lists, figure)["amount"].sum(),
    "tech_vice_presidents": post_count("科技副总"),
    "problems_solved": post_sum("problems_solved"),
    "results_transferred": post_sum("results_transferred"),
    "talents_national": post_count("领军人才", "国家级"),
    "talents_taishan": post_count("领军人才", "泰山人才"),
    "talents_city": post_count("领军人才", "市级"),
    "transfer_talents": post_count("技术经理人"),
    "managers_junior": post_count("技术经理人", "初级"),
    "managers_intermediate": post_count("技术经理人", "中级"),
    "transfer_bodies": lambda lists, figure: brokered(lists, figure)["transfer_body"].nunique(),
    "transfer_body_contracts": lambda lists, figure: brokered(lists, figure)["amount"].sum(),
    "transfer_body_firms_served": lambda lists, figure: services(lists, figure, "技术转移机构")["code"].nunique(),
    "transfer_body_events": lambda lists, figure: services(lists, figure, "技术转移机构")["event_name"].nunique(),
    "public_platform_amount": lambda lists, figure: services(lists, figure, "公共技术服务平台")["amount"].sum(),
    "public_platform_firms": lambda lists, figure: services(lists, figure, "公共技术服务平台")["code"].nunique(),
}


def agrees(counted: float, figure: Figure) -> bool:
    if figure.relation == "at_least":
        return counted >= figure.value
    return counted == pytest.approx(figure.value, abs=0.005)


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_a_figure_of_the_letter_is_counted_from_the_written_files(lists: Lists, name: str) -> None:
    figure = read_figures()[name]

    counted = COUNTS[name](lists, figure)

    assert agrees(counted, figure), f"{figure.says}: {counted} {figure.unit}, not {figure.value}"


def test_the_four_transfer_counties_sell_most_technology(lists: Lists, district_names: dict[str, str]) -> None:
    figure = read_figures()["transfer_counties"]

    assert transfer_counties(lists, figure, district_names) == figure.value


def test_every_declared_figure_is_counted() -> None:
    assert set(read_figures()) == set(COUNTS) | {"transfer_counties"}


STOCKS = (
    "provincial_platforms", "projects_provincial_major", "projects_sme_capability", "sharing_members", "instruments",
    "tech_vice_presidents", "talents_city", "transfer_talents",
)  # fmt: skip


@pytest.mark.parametrize("name", STOCKS)
def test_a_stock_of_the_letters_day_still_stands_at_the_years_end(lists: Lists, name: str) -> None:
    figure = read_figures()[name]
    later = Figure(**{**vars(figure), "day": pd.Timestamp(STOCK_DAY).date()})

    assert figure.day == pd.Timestamp(LETTER_DAY).date()
    assert COUNTS[name](lists, later) == figure.value
