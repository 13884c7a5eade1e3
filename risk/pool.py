"""What is in the bureau's pool of loans, what may be lost on it, by whom, and what would a proposed rule change?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from statistics import fmean

import pandas as pd

from data.spec.access import Access, Purpose
from data.spec.audit import Action, AuditEvent
from data.spec.dated import load_strict
from data.spec.errors import Refusal
from data.spec.identifiers import Scheme
from data.spec.progress import Progress
from data.spec.tables import TABLES
from data.store.reads import read_enterprises, read_events, read_numbers
from data.store.work import Work
from features.conflicts import visible
from models.card import ModelCard
from models.fitted import Model
from models.labels import default_events, default_spells
from models.retraining import LENDING, read_rule
from risk.answering import DEMONSTRATION_NOTE, Champions, Question, live_model
from risk.freshness import read_freshness
from risk.grade import read_master_scale, typical_pd
from risk.limits import read_scoring_limits
from risk.policies.facts import near
from risk.policies.parameters import PolicyParameters, Used, credit_terms
from risk.policies.product import Product, products
from risk.pool_aims import Earlier, aims_of, bank_lines, grade_lines
from risk.pool_book import LoanAtRisk, PoolLoan, Rules, at_risk, lgd_of, open_loans, rings_of
from risk.pool_costs import INSURANCE
from risk.pool_figures import STRESSES, Rated, Run, concentration, factor_model, outcome, stressed
from risk.pool_report import PoolReport
from risk.scoring import Terms, judge
from risk.standing import standings
from risk.unscored import Unscored

SEED = 20260101
LEDGER = ("loan", "loan_month", "loan_event", "loan_application", "enterprise_registration")
GRAPHS = ("guarantee", "chain_position")
READ_PARAMETERS = ("ccf", "default_days", "correlation", "stress_quantile", "stress_lgd_uplift")
PRICE_PARAMETERS = ("funding_cost", "operating_cost", "margin_low")
EARLY_SHARES = ("early_government_share_max", "early_province_part")
"""What a loan that the ledger calls early-stage R&D credit is shared by."""
REFORM = ("reform", "拟议规定", "同样的贷款、企业与年景，只换参数")
Reforms = Mapping[str, Mapping[str, Decimal | None]]
Live = tuple[str, Model, ModelCard]


class PoolEmpty(Refusal):
    """No loan is open on the day."""

    code = "pool-empty"


class PoolWithoutModel(Refusal):
    """No model may answer, so that no firm has a PD."""

    code = "pool-without-model"


class StressUnknown(Refusal):
    """There is no stress scenario of this name."""

    code = "stress-unknown"


class ReformUnknown(Refusal):
    """A proposal names something whose numbers the pool does not read."""

    code = "reform-unknown"


@dataclass(frozen=True, kw_only=True)
class PoolQuestion:
    """Ask about the pool on a day: how many scenarios, which stress (None: all), which proposed numbers by product."""

    ask: Question
    scenarios: int
    stress: str | None = None
    reforms: Reforms
    seed: int = SEED


@dataclass(frozen=True, kw_only=True)
class _Judged:
    """Hold the firms that have a grade on a day, and those in default then."""

    grades: Mapping[int, str]
    in_default: frozenset[int]


@cache
def pool_terms() -> PolicyParameters:
    """Return the dated numbers of the pool and its stress scenarios (risk/pool_terms.yaml)."""
    text = Path(__file__).with_name("pool_terms.yaml").read_text(encoding="utf-8")
    return PolicyParameters.model_validate(load_strict(text))


def read_rules(reforms: Reforms) -> Rules:
    """Return the products that share losses or subsidise premiums, and the numbers, with a proposal's in their place.

    Raises ReformUnknown, ParameterUnknown, ParameterMalformed.
    """
    sharing = {one.code: one for one in products() if one.rulebook.sharing is not None or one.code == INSURANCE}
    rules = Rules(products=sharing, terms=credit_terms(), pool_terms=pool_terms())
    for code, values in reforms.items():
        if code in sharing:
            sharing[code] = sharing[code].reform(values)
        elif code == rules.terms.code:
            rules = replace(rules, terms=rules.terms.reform(values))
        elif code == rules.pool_terms.code:
            rules = replace(rules, pool_terms=rules.pool_terms.reform(values))
        else:
            known = {
                **{one: sharing[one].file for one in sharing},
                "credit_terms": rules.terms,
                "pool_terms": pool_terms(),
            }
            help_ = near(code, known) or "可用的有：" + "、".join(known)
            raise ReformUnknown(f"资金池不读取“{code}”的参数。", help=help_)
    return replace(rules, products=sharing)


@dataclass(frozen=True, kw_only=True)
class _Looked:
    """Hold what was read and judged once: the loans at risk, those of firms in default, and the book a year ago."""

    live: Live
    rated: Rated
    defaulted: tuple[LoanAtRisk, ...]
    unscored: int
    assumed: Decimal
    earlier: Earlier
    names: Mapping[int, str]


def report_pool(
    work: Work, question: PoolQuestion, champions: Champions, *, access: Access, progress: Progress
) -> PoolReport:
    """Return what the pool comes to on a day; nothing is kept.

    Raises DayInFuture, PoolEmpty, PoolWithoutModel, StressUnknown, ReformUnknown and what a proposal's numbers raise.
    """
    ask = question.ask
    ask.check_day()
    wanted = _stresses(question.stress)
    rules, proposed = read_rules({}), read_rules(question.reforms)
    looked = _look(work, ask, _live(champions, ask), rules, access=access, progress=progress)
    run = Run(rules=rules, on=ask.as_of, scenarios=question.scenarios, seed=question.seed, progress=progress)
    rated, day = looked.rated, ask.as_of
    then = _under(rated, proposed, on=day)
    factor_model(proposed, on=day)
    base = outcome("base", "现行规定", "按评估日的规定与违约概率", rated, run)
    filed = [one for one in rated.loans if one.loan.product]
    top = int(rules.number("concentration_top", day))
    return PoolReport(
        as_of=day,
        demonstration=ask.demonstration,
        model=looked.live[0],
        scenarios=question.scenarios,
        seed=question.seed,
        filed=concentration("备案贷款", filed, looked.names, rated, top=top),
        book=concentration("全部在贷", rated.loans, looked.names, rated, top=top),
        in_default=sum((one.exposure for one in looked.defaulted), Decimal("0.00")),
        defaulted_firms=len({one.loan.enterprise_id for one in looked.defaulted}),
        unscored_firms=looked.unscored,
        assumed_pd=float(looked.assumed),
        fund_size=rules.number("fund_size", day),
        base=base,
        stresses=tuple(stressed(name, rated, run) for name in wanted),
        reform=outcome(*REFORM, then, replace(run, rules=proposed)) if question.reforms else None,
        reforms={f"{code}.{name}": value for code, one in question.reforms.items() for name, value in one.items()},
        banks=bank_lines(rated, looked.earlier),
        grades=grade_lines(looked.earlier),
        aims=aims_of(rated, rules, on=day),
        used=_used(rated, proposed if question.reforms else rules, wanted, day),
        notes=_notes(ask, looked),
    )


def note_report(work: Work, report: PoolReport, *, access: Access) -> None:
    """Record that the pool of a day was looked at, and for how many firms' loans; never commits."""
    work.record(
        AuditEvent(
            tenant=access.tenant,
            actor=access.actor,
            action=Action.POOL_READ,
            object_id=str(report.as_of),
            at=work.at,
            details={"enterprises": report.book.firms + report.defaulted_firms},
        )
    )


def _look(work: Work, ask: Question, live: Live, rules: Rules, *, access: Access, progress: Progress) -> _Looked:
    on, before_on = ask.as_of, _year_before(ask.as_of)
    progress.stage("读取台账")
    city = read_events(work, (*LEDGER, *GRAPHS), access=access)
    seen = visible(city, on)
    loans, before = (
        open_loans(rows, rules, on=day) for rows, day in ((seen, on), (visible(city, before_on), before_on))
    )
    if not loans:
        raise PoolEmpty(f"{on}没有未结清的贷款。", help="请先导入贷款台账，或改用别的日期。")
    firms, firms_before = (sorted({one.enterprise_id for one in book}) for book in (loans, before))
    progress.stage("为借款企业评分", len(firms) + len(firms_before))
    events = read_events(work, list(TABLES), access=access, enterprises={*firms, *firms_before})
    judged = _judge(work, live, events, firms, on=on)
    progress.advance(len(firms))
    then = _judge(work, live, events, firms_before, on=before_on)
    progress.advance(len(firms_before))
    rings = rings_of(seen["guarantee"], read_numbers(work, Scheme.USCC, access=access), on=on)
    pds, assumed = _pds(firms, judged, on)
    risky = at_risk(loans, rules, on=on)
    return _Looked(
        live=live,
        rated=Rated(
            loans=tuple(one for one in risky if one.loan.enterprise_id not in judged.in_default),
            pds=pds,
            horizon_months=_horizon(live),
            rings=rings,
            chains=_chains(seen["chain_position"], on),
        ),
        defaulted=tuple(one for one in risky if one.loan.enterprise_id in judged.in_default),
        unscored=len(set(firms) - set(judged.grades) - judged.in_default),
        assumed=assumed,
        earlier=_earlier(before, then, live, seen, on),
        names=_names(work, access),
    )


def _names(work: Work, access: Access) -> dict[int, str]:
    listed = read_enterprises(work, access=access)
    return dict(zip(listed["enterprise_id"].tolist(), listed["name"], strict=True))


def _live(champions: Champions, ask: Question) -> Live:
    """Return the model for borrowers under way, else that for applications; raise PoolWithoutModel."""
    for purpose in (Purpose.MONITORING, Purpose.PRE_LOAN):
        live = live_model(champions, replace(ask, purpose=purpose))
        if live is not None:
            return live
    raise PoolWithoutModel("没有可以作答的模型，借款企业没有违约概率。", help="请先训练并上架模型：lukeping train。")


def _stresses(name: str | None) -> tuple[str, ...]:
    if name is not None and name not in STRESSES:
        listed = "、".join(f"{one}（{label}）" for one, (label, _) in STRESSES.items())
        raise StressUnknown(f"没有名为“{name}”的压力情景。", help=f"可用的有：{listed}。")
    return tuple(STRESSES) if name is None else (name,)


def _year_before(day: date) -> date:
    return (pd.Timestamp(day) - pd.DateOffset(years=1)).date()


def _horizon(live: Live) -> Decimal:
    return Decimal(live[2].purpose.horizon_months)


def _judge(work: Work, live: Live, events: Mapping[str, pd.DataFrame], firms: Sequence[int], *, on: date) -> _Judged:
    """Grade the firms that may be graded on a day; those in default are told apart."""
    if not firms:
        return _Judged(grades={}, in_default=frozenset())
    against = standings(events, firms, on, stale_days=read_scoring_limits(on).stale_days)
    spine = pd.DataFrame({"enterprise_id": [firm for firm in firms if firm not in against]})
    spine = spine.assign(as_of=pd.Timestamp(on).as_unit("s"), own_loan=_own_loan(live))
    late = read_freshness(work, as_of=on, recorded_before=None).late_tables
    judged = judge(live, events, spine, terms=Terms(on=on), late=late) if len(spine) else ()
    pairs = zip(spine["enterprise_id"].tolist(), judged, strict=True)
    order = [grade.code for grade in read_master_scale(on)]
    grades = {firm: one.grade.code for firm, one in pairs if one.fitness.against is None}
    defaulted = (firm for firm, standing in against.items() if standing.code == Unscored.IN_DEFAULT)
    return _Judged(
        grades=dict(sorted(grades.items(), key=lambda pair: order.index(pair[1]))), in_default=frozenset(defaulted)
    )


def _own_loan(live: Live) -> str | None:
    return None if live[2].purpose.card == "behaviour" else ""


def _pds(firms: Sequence[int], judged: _Judged, on: date) -> tuple[dict[int, Decimal], Decimal]:
    """Return each firm's grade PD; a firm without a grade is taken for the mean of the others, or the whole scale's."""
    scale = read_master_scale(on)
    of_grade = {grade.code: _decimal(typical_pd(grade.code, scale)) for grade in scale}
    graded = {firm: of_grade[grade] for firm, grade in judged.grades.items()}
    assumed = _decimal(fmean(map(float, graded.values() or of_grade.values())))
    return {firm: graded.get(firm, assumed) for firm in firms if firm not in judged.in_default}, assumed


def _decimal(pd_: float) -> Decimal:
    return Decimal(repr(round(pd_, 9)))


def _chains(positions: pd.DataFrame, on: date) -> dict[int, frozenset[str]]:
    held = positions[positions["ended_on"].isna() | (positions["ended_on"] > pd.Timestamp(on))]
    return {int(str(firm)): frozenset(rows) for firm, rows in held.groupby("enterprise_id")["chain"]}


def _earlier(
    loans: tuple[PoolLoan, ...], judged: _Judged, live: Live, seen: Mapping[str, pd.DataFrame], on: date
) -> Earlier:
    """Say of the firms that were graded a year ago which have begun a default since."""
    rule = read_rule(on)
    lending = {name: seen[name] for name in LENDING}
    spells = default_spells(default_events(lending, rule), lending["loan_month"], rule)
    since = spells[(spells["started_on"] >= pd.Timestamp(_year_before(on))) & (spells["started_on"] < pd.Timestamp(on))]
    firms = sorted({loan.enterprise_id for loan in loans})
    pds, _ = _pds(firms, judged, on)
    return Earlier(
        loans=loans,
        pds={firm: pds[firm] for firm in judged.grades if firm in pds},
        grades=judged.grades,
        horizon_months=_horizon(live),
        defaulted=frozenset(since["enterprise_id"]),
    )


def _under(rated: Rated, rules: Rules, *, on: date) -> Rated:
    """Return the same loans and firms under other numbers; raise SharesUnsound where those do not add up."""
    return replace(rated, loans=at_risk(tuple(one.loan for one in rated.loans), rules, on=on))


def _used(rated: Rated, rules: Rules, stresses: Sequence[str], on: date) -> tuple[Used, ...]:
    """Return the numbers that were read, once each."""
    names = {"chain": "stress_chain_multiple", "ring": "stress_ring_pd", "pd": "stress_pd_multiple"}
    pool = ("fund_size", "ring_multiple", *(names[one] for one in stresses))
    lgds = sorted({lgd_of(one.loan) for one in rated.loans})
    told = [rules.pool_terms.used(name, on) for name in pool]
    told += [rules.terms.used(name, on) for name in (*READ_PARAMETERS, *PRICE_PARAMETERS, *lgds)]
    shared = [rules.products[code] for code in sorted({one.loan.product for one in rated.loans if one.loan.product})]
    if any(product.rulebook.guarantee for product in shared):
        told.append(rules.terms.used("market_guarantee_fee", on))
    if any(one.loan.premium for one in rated.loans):
        shared.append(rules.products[INSURANCE])
    early = EARLY_SHARES if any(one.loan.is_early for one in rated.loans) else ()
    for product in shared:
        told += [product.used(name, on) for name in _read(product, early)]
    return tuple(one for one in told if one is not None)


def _read(product: Product, early: Sequence[str]) -> Iterable[str]:
    """Return the names of a product's numbers that the pool reads, once each."""
    sharing = product.rulebook.sharing
    shares = (*sharing.parameters, *(name for name in early if name in sharing.options)) if sharing else ()
    return dict.fromkeys((*shares, *(name for one in product.rulebook.benefits for name in one.parameters)))


def _notes(ask: Question, looked: _Looked) -> tuple[str, ...]:
    scale = "违约概率取各企业所属等级在主标尺上的几何中点〔未核实〕，推算到贷款到期后90天。"
    unscored = f"{looked.unscored}家借款企业没有评分，按其余企业的平均违约概率计算。" if looked.unscored else ""
    told = (
        DEMONSTRATION_NOTE if ask.demonstration else "",
        scale,
        "支持不改变违约概率，只改变损失由谁承担。",
        unscored,
        "已经违约的企业不在模拟之内，其敞口单列；可用年限按公式均值推算，不含互保圈传染。",
        "早期、初创期企业研发信用贷款按台账所载的备案口径分担，最高90%；台账没有写明的按一般比例。",
        "企业综合成本＝利息＋担保费＋保险费－贴息与补贴，逐笔按备案日（未备案的按放款日）的规定计算；担保费、保险费取自台账。",
        "一年前的对照用今天的模型回看，模型训练时已见过这一年，只可粗看。",
    )
    return tuple(one for one in told if one)
