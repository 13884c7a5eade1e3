"""The pool of a whole city is told by one command: sums are the ledger's, and unverified numbers are marked."""

import json
from decimal import Decimal

import pandas as pd
import pytest
from sqlalchemy import select

from data.spec.access import BUREAU, Purpose
from data.spec.identifiers import Identifier, Scheme
from data.spec.progress import Silent
from data.store.orm import AUDIT_EVENT
from data.store.reads import read_events
from features.conflicts import visible
from risk.answering import Question
from risk.pool import PoolQuestion, PoolWithoutModel, report_pool
from risk.pool_book import CLOSED_BY
from tests.e2e.town import AT, TODAY, City, Run


def open_in(city: City) -> pd.DataFrame:
    with city.store.work(at=AT, read_only=True) as work:
        events = read_events(work, ["loan", "loan_month", "loan_event"], access=city.access)
    seen = visible(events, TODAY)
    loans, changes = seen["loan"], seen["loan_event"]
    running = loans["settled_on"].isna() | (loans["settled_on"] >= pd.Timestamp(TODAY))
    closed = changes.loc[changes["event"].isin(CLOSED_BY), "loan_no"]
    loans = loans[running & ~loans["loan_no"].isin(closed)]
    last = seen["loan_month"].dropna(subset=["balance"]).sort_values("happened_on").groupby("loan_no")["balance"].last()
    balance = loans["loan_no"].map(last)
    return loans.assign(owed=balance.where(balance.notna(), loans["amount"] - loans["undrawn"].fillna(0)))


def test_the_book_is_the_ledgers_to_the_fen(city: City, run: Run) -> None:
    told = json.loads(run("pool", "--json", "--scenarios", "2000")[1])["pool"]
    loans = open_in(city)

    owed = (
        sum((Decimal(round(one * 100)) for one in loans["owed"] + 0.5 * loans["undrawn"].fillna(0)), Decimal(0)) / 100
    )

    assert Decimal(told["book"]["exposure"]) + Decimal(told["in_default"]) == owed
    assert told["defaulted_firms"] > 0
    assert told["demonstration"] is True
    assert 0 < Decimal(told["filed"]["exposure"]) < Decimal(told["book"]["exposure"])
    assert {bank["bank"] for bank in told["banks"]} == set(loans["bank"])


def test_each_look_at_the_pool_is_one_entry_of_the_log(city: City, run: Run) -> None:
    def entries() -> list[tuple[str, object]]:
        query = select(AUDIT_EVENT.c.object, AUDIT_EVENT.c.payload_canonical).where(AUDIT_EVENT.c.action == "pool.read")
        with city.store.work(at=AT, read_only=True) as work:
            return [
                (row.object, row.payload_canonical)
                for row in work.connection.execute(query.order_by(AUDIT_EVENT.c.seq))
            ]

    before = entries()
    told = json.loads(run("pool", "--json", "--scenarios", "1000")[1])["pool"]

    (made,) = entries()[len(before) :]
    assert made[0] == str(TODAY)
    assert json.loads(str(made[1]))["enterprises"] == told["book"]["firms"] + told["defaulted_firms"]


def test_figures_hang_together_and_come_again_with_the_seed(run: Run) -> None:
    arguments = ("pool", "--json", "--scenarios", "5000", "--stress", "pd")
    arguments += ("--reform", "lukedai.share_bank=0.2", "--reform", "lukedai.share_city=0.45")
    told, again = (json.loads(run(*arguments)[1])["pool"] for _ in range(2))

    base, reform, (stress,) = told["base"], told["reform"], told["stresses"]
    assert told == again
    assert abs(base["total"]["mean"] / base["total"]["exact"] - 1) < 0.25
    assert stress["total"]["mean"] > base["total"]["mean"]
    assert reform["total"]["mean"] == pytest.approx(base["total"]["mean"])
    assert reform["fund"]["mean"] == pytest.approx(base["fund"]["mean"] * 8 / 7, rel=0.02)
    assert reform["years"] < base["years"]
    for one in (base, reform, stress):
        assert sum(party["share"] for party in one["parties"]) == pytest.approx(1)
    assert told["aims"]["cost_with"] < told["aims"]["cost_without"]
    assert told["aims"]["bank_loss_with"] < told["aims"]["bank_loss_without"]


def test_the_page_marks_what_is_unverified_and_says_that_all_is_invented(run: Run) -> None:
    code, page, progress = run("pool", "--scenarios", "1000")

    assert code == 0
    assert "演示数据" in page.splitlines()[0]
    for title in ("损失分布（万元）", "各方预期损失（万元）", "补偿资金在现有贷款上的损失（万元）"):
        assert f"{title}〔未核实〕" in page
    assert "50,000,000.00元〔未核实〕" in page
    assert "█" in page
    assert "模拟现行规定（1,000）" in progress
    assert "None" not in page
    assert "nan" not in page


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--stress", "flood"), "stress-unknown"),
        (("--reform", "lukedai.share_bank=0.2"), "shares-unsound"),
        (("--reform", "share_bank=0.2"), "parameter-malformed"),
        (("--reform", "lukedai"), "usage"),
        (("--reform", "credit_terms.correlation=1"), "parameter-malformed"),
        (("--reform", "credit_terms.stress_quantile=0.5"), "parameter-malformed"),
        (("--reform", "pool_terms.fund_size=null"), "not-in-force"),
        (("--as-of", "2016-01-01"), "pool-empty"),
        (("--as-of", "2026-06-01"), "day-in-future"),
    ],
)
def test_what_cannot_be_told_is_refused_with_a_code(run: Run, arguments: tuple[str, ...], code: str) -> None:
    ended, out, _ = run("pool", "--json", *arguments)

    assert ended == 2
    assert json.loads(out)["code"] == code


def test_a_real_pool_is_not_judged_by_a_demonstration_model(city: City) -> None:
    ask = Question(
        id="",
        identifier=Identifier(Scheme.USCC, ""),
        tenant=BUREAU,
        actor="test",
        purpose=Purpose.MONITORING,
        as_of=TODAY,
        at=AT,
        demonstration=False,
    )
    with city.store.work(at=AT, read_only=True) as work, pytest.raises(PoolWithoutModel):
        report_pool(
            work,
            PoolQuestion(ask=ask, scenarios=1_000, reforms={}),
            city.shelf,
            access=city.access,
            progress=Silent(),
        )
