"""What do the open loans come to: spread, losses, who bears them, in plain years and under stress? Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np

from data.spec.progress import Progress
from risk.policies.losses import DAYS_A_MONTH, pd_until
from risk.policies.parameters import ParameterMalformed
from risk.policies.rule import Party
from risk.pool_book import LoanAtRisk, Rules
from risk.pool_report import FUND, QUANTILES, Concentration, LossCurve, Outcome, PartyLine, TopName
from risk.simulation import ALONE, FactorModel, Floats, Ints, Pool, expected_loss, simulate

BEARERS = tuple(party for party in Party if party is not Party.FIRM)
FUND_PLACES = [BEARERS.index(party) for party in FUND]
BINS = 16
YEAR = Decimal(12)


@dataclass(frozen=True, kw_only=True)
class Rated:
    """Hold the loans at risk with each firm's PD, its ring and its chains.

    `pds` has a PD within `horizon_months` for every firm of the loans.
    """

    loans: tuple[LoanAtRisk, ...]
    pds: Mapping[int, Decimal]
    horizon_months: Decimal
    rings: Mapping[int, int]
    chains: Mapping[int, frozenset[str]]

    @property
    def firms(self) -> tuple[int, ...]:
        """Return the firms in the order of their numbers."""
        return tuple(sorted({one.loan.enterprise_id for one in self.loans}))

    def exposure_by(self, key: Callable[[LoanAtRisk], Iterable[object]]) -> dict[object, Decimal]:
        """Return the yuan at risk under each key of its loans."""
        sums: dict[object, Decimal] = {}
        for one in self.loans:
            for name in key(one):
                sums[name] = sums.get(name, Decimal(0)) + one.exposure
        return sums

    def raised(self, multiple: Decimal, firms: Iterable[int]) -> "Rated":
        """Return the same loans with the PDs of some firms multiplied, at most 1."""
        changed = {firm: min(Decimal(1), self.pds[firm] * multiple) for firm in firms if firm in self.pds}
        return replace(self, pds={**self.pds, **changed})


@dataclass(frozen=True, kw_only=True)
class Run:
    """Say how a simulation is run."""

    rules: Rules
    on: date
    scenarios: int
    seed: int
    progress: Progress


def concentration(
    label: str, loans: Sequence[LoanAtRisk], names: Mapping[int, str], rated: Rated, *, top: int
) -> Concentration:
    """Return how the loans are spread over firms and rings; indices are of yuan at risk."""
    part = replace(rated, loans=tuple(loans))
    firms = part.exposure_by(lambda one: (one.loan.enterprise_id,))
    groups = part.exposure_by(lambda one: (_group(one.loan.enterprise_id, rated.rings),))
    whole = sum(firms.values(), Decimal(0))
    members: dict[object, list[int]] = {}
    for firm in part.firms:
        members.setdefault(_group(firm, rated.rings), []).append(firm)
    greatest = _greatest(firms, whole, top, lambda firm: (names[int(str(firm))], 1))
    rings = {group: amount for group, amount in groups.items() if len(members[group]) > 1}
    return Concentration(
        label=label,
        loans=len(part.loans),
        firms=len(firms),
        exposure=whole,
        hhi_firms=_herfindahl(firms.values(), whole),
        hhi_groups=_herfindahl(groups.values(), whole),
        even=1 / len(firms) if firms else 0.0,
        top=greatest,
        top_share=sum(one.share for one in greatest),
        groups=_greatest(rings, whole, 3, lambda group: (_ring_name(members[group], names), len(members[group]))),
    )


def _group(firm: int, rings: Mapping[int, int]) -> tuple[str, int]:
    return ("ring", rings[firm]) if firm in rings else ("firm", firm)


def _ring_name(firms: Sequence[int], names: Mapping[int, str]) -> str:
    return f"{names[firms[0]]}等互保圈"


def _herfindahl(amounts: Iterable[Decimal], whole: Decimal) -> float:
    return float(sum(((one / whole) ** 2 for one in amounts), Decimal(0))) if whole else 0.0


def _greatest(
    amounts: Mapping[object, Decimal], whole: Decimal, count: int, told: Callable[[object], tuple[str, int]]
) -> tuple[TopName, ...]:
    order = sorted(amounts, key=lambda key: (-amounts[key], str(key)))[:count]
    named = [(*told(key), amounts[key]) for key in order]
    return tuple(
        TopName(name=name, firms=firms, exposure=amount, share=float(amount / whole)) for name, firms, amount in named
    )


def pool_of(rated: Rated, *, months: Decimal | None, rules: Rules, on: date) -> Pool:
    """Return the loans as arrays; each PD reaches to the loan's end and the days until default, or `months` from now.

    A ring of which only one firm owes anything is none.
    """
    places = {firm: place for place, firm in enumerate(rated.firms)}
    late = rules.number("default_days", on) / DAYS_A_MONTH
    spans = [months if months is not None else one.loan.months + late for one in rated.loans]
    return Pool(
        pd=np.array(
            [
                float(pd_until(rated.pds[one.loan.enterprise_id], horizon_months=rated.horizon_months, months=span))
                for one, span in zip(rated.loans, spans, strict=True)
            ],
            dtype=float,
        ),
        firm=np.array([places[one.loan.enterprise_id] for one in rated.loans], dtype=np.int64),
        ring=_rings(rated),
        loss=_matrix([one.borne for one in rated.loans]),
        stressed_loss=_matrix([one.stressed_borne for one in rated.loans]),
    )


def _rings(rated: Rated) -> Ints:
    members: dict[int, set[int]] = {}
    for firm in rated.firms:
        if firm in rated.rings:
            members.setdefault(rated.rings[firm], set()).add(firm)
    rings = [rated.rings.get(one.loan.enterprise_id, ALONE) for one in rated.loans]
    return np.array([ring if len(members.get(ring, ())) > 1 else ALONE for ring in rings], dtype=np.int64)


def _matrix(borne: Sequence[Mapping[Party, Decimal]]) -> Floats:
    rows = [[float(parts.get(party, 0)) for party in BEARERS] for parts in borne]
    return np.array(rows, dtype=float).reshape(len(borne), len(BEARERS))


def factor_model(rules: Rules, *, on: date) -> FactorModel:
    """Return the model by the numbers in force on the day; raise ParameterMalformed where it would be none."""
    for name, least, most in (("correlation", -1, 1), ("stress_quantile", Decimal("0.5"), 1)):
        if not least < rules.number(name, on) < most:
            label = rules.terms.parameters[name].label
            raise ParameterMalformed(f"“{label}”不能取这个值。", help="相关系数小于1；分位数在0.5与1之间。")
    return FactorModel(
        correlation=float(rules.number("correlation", on)),
        stress_quantile=float(rules.number("stress_quantile", on)),
        ring_multiple=float(rules.number("ring_multiple", on)),
    )


def outcome(name: str, label: str, about: str, rated: Rated, run: Run) -> Outcome:
    """Simulate the loans to their ends and tell who bears what.

    The same seed makes outcomes comparable: they differ by their numbers, not by chance.
    """
    rules, on = run.rules, run.on
    model = factor_model(rules, on=on)
    pool = pool_of(rated, months=None, rules=rules, on=on)
    run.progress.stage(f"模拟{label}", run.scenarios)
    lost = simulate(pool, model, scenarios=run.scenarios, seed=run.seed, progress=run.progress)
    exact = expected_loss(pool, model)
    yearly = expected_loss(pool_of(rated, months=YEAR, rules=rules, on=on), model)[FUND_PLACES].sum()
    size = float(rules.number("fund_size", on))
    fund = lost[:, FUND_PLACES].sum(axis=1)
    return Outcome(
        name=name,
        label=label,
        about=about,
        total=curve(lost.sum(axis=1), exact=float(exact.sum())),
        fund=curve(fund, exact=float(exact[FUND_PLACES].sum())),
        parties=_parties(lost),
        yearly=float(yearly),
        years=size / float(yearly) if yearly else None,
        exhausted=float((fund > size).mean()),
    )


def _parties(lost: Floats) -> tuple[PartyLine, ...]:
    means, whole = lost.mean(axis=0), float(lost.sum(axis=1).mean())
    bad = np.quantile(lost, 0.99, axis=0)
    return tuple(
        PartyLine(
            party=party,
            expected_without=whole if party is Party.BANK else 0.0,
            expected_with=float(means[place]),
            share=float(means[place]) / whole if whole else 0.0,
            bad_year=float(bad[place]),
        )
        for place, party in enumerate(BEARERS)
    )


def curve(lost: Floats, *, exact: float) -> LossCurve:
    """Return the distribution of a loss over scenarios (scenarios,)."""
    at = np.quantile(lost, QUANTILES)
    beyond = lost[lost >= at[QUANTILES.index(0.99)]]
    edges = np.linspace(0.0, max(float(at[-1]), 1.0), BINS + 1)[:-1]
    places = np.searchsorted(edges, lost, side="right") - 1
    return LossCurve(
        mean=float(lost.mean()),
        standard_error=float(lost.std(ddof=1) / np.sqrt(len(lost))),
        exact=exact,
        quantiles=tuple(zip(QUANTILES, map(float, at), strict=True)),
        tail=float(beyond.mean()),
        edges=tuple(map(float, edges)),
        shares=tuple((np.bincount(places, minlength=BINS) / len(lost)).tolist()),
    )


def pd_doubled(rated: Rated, run: Run) -> tuple[str, Rated]:
    """Multiply every firm's PD."""
    multiple = run.rules.number("stress_pd_multiple", run.on)
    return f"全部企业违约概率的{multiple}倍", rated.raised(multiple, rated.pds)


def chain_in_trouble(rated: Rated, run: Run) -> tuple[str, Rated]:
    """Multiply the PDs along the industry chain with the greatest exposure; nothing where no firm is in one."""
    amounts = rated.exposure_by(lambda one: rated.chains.get(one.loan.enterprise_id, frozenset()))
    if not amounts:
        return "没有企业列入产业链图谱", rated
    chain = min(amounts, key=lambda one: (-amounts[one], str(one)))
    struck = [firm for firm in rated.firms if chain in rated.chains.get(firm, frozenset())]
    multiple = run.rules.number("stress_chain_multiple", run.on)
    return f"{chain}上{len(struck)}家企业违约概率的{multiple}倍", rated.raised(multiple, struck)


def ring_breaks(rated: Rated, run: Run) -> tuple[str, Rated]:
    """Let the greatest member of the ring with the greatest exposure default; nothing where there is no ring."""
    live = {int(ring) for ring in _rings(rated) if ring != ALONE}
    amounts = rated.exposure_by(lambda one: live & {rated.rings.get(one.loan.enterprise_id, ALONE)})
    if not amounts:
        return "没有两家以上有贷款的互保圈", rated
    ring = min(amounts, key=lambda one: (-amounts[one], str(one)))
    members = {firm for firm in rated.firms if rated.rings.get(firm) == ring}
    owed = rated.exposure_by(lambda one: {one.loan.enterprise_id} & members)
    first = int(str(min(owed, key=lambda one: (-owed[one], str(one)))))
    struck = {first: run.rules.number("stress_ring_pd", run.on)}
    return f"{len(members)}家互保企业中最大一户违约", replace(rated, pds={**rated.pds, **struck})


STRESSES: Mapping[str, tuple[str, Callable[[Rated, Run], tuple[str, Rated]]]] = {
    "chain": ("产业链受困", chain_in_trouble),
    "ring": ("互保圈断裂", ring_breaks),
    "pd": ("违约概率加倍", pd_doubled),
}
"""Stress scenarios by name; their numbers are in pool_terms.yaml."""


def stressed(name: str, rated: Rated, run: Run) -> Outcome:
    """Return the outcome under one stress scenario."""
    label, strike = STRESSES[name]
    about, struck = strike(rated, run)
    return outcome(name, label, about, struck, run)
