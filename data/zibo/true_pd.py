"""What was the true probability of default, month by month and application by application?

The oracle knows the latent quality, the ring's stress and the schedule of the open loans, not the failure
itself; a failure that already shows as an unpaid due day is known to it.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.zibo.lending import Town
from data.zibo.loans import (
    DAYS_TO_DEFAULT,
    DISTRESSED_SHARE,
    RELIEF_FROM,
    RELIEF_IF_FAILED,
    RELIEF_UNTIL,
)
from data.zibo.plan import (
    LATENT_MONTHS,
    NOT_YET,
    Bools,
    Days,
    Floats,
    Ints,
    add_days,
    add_months,
    month_end,
    month_index,
)
from data.zibo.quality import NOTICE_DAYS, PERSISTENCE, STEEPNESS, WANDERING, Latent

BEHAVIOUR_MONTHS = 12
APPLICATION_MONTHS = 18
LOOK_BACK = 24
OVERDUE_PD = 0.97
YET_TO_COME = 1.10
"""What loans taken later and strain in the ring add to the hazard of a year: measured over ten seeds."""
NOTICE_MONTHS = (NOTICE_DAYS + 20) / 30.44


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Hold the rows to be judged.

    Shapes: `firm` and `month` are (rows,): the month index at whose end the question is asked; `due` is (rows, horizon)
    and tells in which of the following months something falls due; `proven` is the last month in which the firm paid or
    asked for credit.
    """

    firm: Ints
    month: Ints
    proven: Ints
    due: Bools


def expected_hazard(latent: Latent, firm: Ints, month: Ints, ahead: int) -> Floats:
    """Return the expected monthly hazard some months ahead, given everything latent in that month."""
    level = latent.wandering[firm, month]
    kept = PERSISTENCE**ahead
    slope = STEEPNESS * WANDERING
    drift = slope * level * (1 - kept) + 0.5 * slope**2 * (1 - kept**2)
    return np.asarray(np.exp(latent.log_hazard[firm, month] + drift))


def probability(latent: Latent, moment: Moment) -> Floats:
    """Return the probability that the firm's default falls within the horizon that `due` spans."""
    horizon = moment.due.shape[1]
    falls_due = _next_due(moment.due)
    total = np.zeros(moment.firm.size)
    for back in range(LOOK_BACK, -1, -1):
        month = moment.month - back
        hidden = (month > moment.proven) & (month >= 0)
        hazard = np.where(hidden, np.exp(latent.log_hazard[moment.firm, np.maximum(month, 0)]), 0.0)
        unseen = np.exp(-back / NOTICE_MONTHS)
        total += hazard * unseen * _shows(falls_due[:, 0], moment.month, 0, horizon)
    for ahead in range(1, horizon + 1):
        hazard = expected_hazard(latent, moment.firm, moment.month, ahead)
        total += hazard * _shows(falls_due[:, ahead - 1], moment.month, ahead, horizon)
    return np.asarray(1 - np.exp(-total))


def _next_due(due: Bools) -> Ints:
    """Return for each month of the horizon the number of months until the first due month from it on, 99 if none."""
    horizon = due.shape[1]
    ahead = np.where(due, np.arange(1, horizon + 1), 99)
    return np.asarray(np.minimum.accumulate(ahead[:, ::-1], axis=1)[:, ::-1])


def _shows(next_due: Ints, month: Ints, failed_ahead: int, horizon: int) -> Floats:
    """Return the chance that a failure in a given month becomes a default within the horizon."""
    due_day = month_end(np.minimum(month + next_due, LATENT_MONTHS))
    late = np.where(next_due + 3 <= horizon, 1.0, 0.0)
    put_off = np.where(next_due + 3 + 4 <= horizon, 1.0, 0.0)
    relieved = (due_day >= RELIEF_FROM) & (due_day <= RELIEF_UNTIL)
    by_schedule = np.where(relieved, RELIEF_IF_FAILED * put_off + (1 - RELIEF_IF_FAILED) * late, late)
    by_schedule = DISTRESSED_SHARE * (next_due <= horizon) + (1 - DISTRESSED_SHARE) * by_schedule
    noticed = 1 - np.exp(-max(0.0, horizon - failed_ahead - 0.5) / NOTICE_MONTHS)
    return np.asarray(1 - (1 - by_schedule) * (1 - noticed))


def quarter_end_pds(town: Town, applications: pd.DataFrame, loans: pd.DataFrame) -> pd.DataFrame:
    """Return firm, quarter_end, pd of every borrower that has an open loan and is not in default.

    Shapes: one row per borrower and quarter end from 2017 to 2025; horizon 12 months.
    """
    ends = month_index(np.arange("2017-03", "2026-01", 3, dtype="M8[M]").astype("M8[D]"))
    last = month_end(ends)
    disbursed = loans["disbursed_on"].to_numpy().astype("M8[D]")
    is_open = (disbursed[:, None] <= last) & (loans["closed_on"].to_numpy()[:, None] > last)
    is_open &= loans["default_on"].to_numpy()[:, None] > last
    loan, quarter = np.nonzero(is_open)
    key = loans["firm"].to_numpy()[loan] * ends.size + quarter
    rows, place = np.unique(key, return_inverse=True)
    firm, month = rows // ends.size, ends[rows % ends.size]
    due = np.zeros((rows.size, BEHAVIOUR_MONTHS), dtype=bool)
    overdue = np.zeros(rows.size, dtype=bool)
    _mark_due(due, place, loans.iloc[loan], month[place])
    late = loans["due_on"].to_numpy()[loan] + loans["relief_days"].to_numpy()[loan].astype("m8[D]") <= last[quarter]
    np.logical_or.at(overdue, place, late)
    proven = _proven(town, applications, loans, firm, month)
    value = probability(town.latent, Moment(firm=firm, month=month, proven=proven, due=due))
    value = 1 - (1 - value) ** YET_TO_COME
    value = np.where(overdue, np.maximum(value, OVERDUE_PD), value)
    return pd.DataFrame({"firm": firm, "quarter_end": month_end(month), "pd": value})


def _mark_due(due: Bools, place: Ints, loans: pd.DataFrame, month: Ints) -> None:
    """Mark the months in which loans fall due after the row's month."""
    matures = month_index(loans["matures_on"].to_numpy().astype("M8[D]"))
    first = month_index(loans["disbursed_on"].to_numpy().astype("M8[D]")) + 1
    every = (loans["repayment"] == "instalments").to_numpy()
    for ahead in range(1, due.shape[1] + 1):
        now = month + ahead
        falls = np.where(every, (now >= first) & (now <= matures), now == matures)
        np.logical_or.at(due[:, ahead - 1], place, falls)


def _proven(town: Town, applications: pd.DataFrame, loans: pd.DataFrame, firm: Ints, month: Ints) -> Ints:
    """Return the last month, not after the row's, in which the firm asked for credit or paid what was due."""
    proof = np.zeros((len(town.people), LATENT_MONTHS + 1), dtype=np.int64)
    asked = month_index(applications["applied_on"].to_numpy().astype("M8[D]"))
    _set_proof(proof, applications["firm"].to_numpy(), asked)
    settled = loans["settled_on"].to_numpy().astype("M8[D]")
    paid = (settled < NOT_YET) & ~loans["cured"].to_numpy()
    _set_proof(proof, loans["firm"].to_numpy()[paid], month_index(settled[paid]))
    every = loans[(loans["repayment"] == "instalments").to_numpy()]
    first = every["disbursed_on"].to_numpy().astype("M8[D]")
    last = np.minimum(every["due_on"].to_numpy().astype("M8[D]"), every["closed_on"].to_numpy().astype("M8[D]"))
    for number in range(1, 37):
        paid_on = add_months(first, np.full(len(every), number))
        on_time = (paid_on < last) & (paid_on <= every["matures_on"].to_numpy())
        _set_proof(proof, every["firm"].to_numpy()[on_time], month_index(paid_on[on_time]))
    return np.asarray(np.maximum.accumulate(proof, axis=1)[firm, month])


def _set_proof(proof: Ints, firm: Ints, month: Ints) -> None:
    inside = (month >= 0) & (month < proof.shape[1])
    proof[firm[inside], month[inside]] = month[inside]


def application_pds(town: Town, applications: pd.DataFrame, loans: pd.DataFrame) -> pd.DataFrame:
    """Return application_no, firm, pd over 18 months from disbursement, and whether the firm defaulted or would have.

    A refused application is judged on a one-year bullet loan paid out 25 days after it, beside the firm's other loans.
    """
    applied = applications["applied_on"].to_numpy().astype("M8[D]")
    firm, month = applications["firm"].to_numpy(), month_index(applied)
    supposed = add_days(applied, 25)
    disbursed = np.where(
        applications["disbursed_on"].isna(), supposed, applications["disbursed_on"].to_numpy().astype("M8[D]")
    )
    wished = applications.assign(
        disbursed_on=disbursed,
        matures_on=add_months(disbursed, applications["term"].to_numpy().astype(np.int64)),
    )
    horizon = APPLICATION_MONTHS + 1
    due = np.zeros((len(applications), horizon), dtype=bool)
    _mark_due(due, np.arange(len(applications)), wished, month)
    _mark_other_loans(due, firm, month, loans)
    value = probability(town.latent, Moment(firm=firm, month=month, proven=month, due=due))
    return pd.DataFrame(
        {
            "firm": firm,
            "application_no": applications["application_no"],
            "pd": value,
            "would_default": _would_default(town.latent, wished, disbursed, loans),
            "decision": applications["decision"],
        }
    )


def _mark_other_loans(due: Bools, firm: Ints, month: Ints, loans: pd.DataFrame) -> None:
    """Add the due months of loans that were open when the application came."""
    by_firm = pd.DataFrame({"firm": firm, "place": np.arange(firm.size), "month": month})
    pairs = by_firm.merge(loans.assign(row=np.arange(len(loans)))[["firm", "row"]], on="firm")
    start = month_index(loans["disbursed_on"].to_numpy().astype("M8[D]"))[pairs["row"]]
    end = month_index(loans["closed_on"].to_numpy().astype("M8[D]"))[pairs["row"]]
    pairs = pairs[(start <= pairs["month"]) & (end > pairs["month"])]
    _mark_due(due, pairs["place"].to_numpy(), loans.iloc[pairs["row"].to_numpy()], pairs["month"].to_numpy())


def _would_default(latent: Latent, wished: pd.DataFrame, disbursed: Days, loans: pd.DataFrame) -> Bools:
    """Tell whether the firm defaults within 18 months of the loan, had or as it got it."""
    firm = wished["firm"].to_numpy()
    failed = latent.failed_on[firm]
    until = add_months(disbursed, np.full(firm.size, APPLICATION_MONTHS))
    matures = wished["matures_on"].to_numpy().astype("M8[D]")
    after = np.maximum((failed.astype("M8[M]") - disbursed.astype("M8[M]")).astype(np.int64) + 1, 1)
    due = np.where(wished["repayment"] == "bullet", matures, np.minimum(add_months(disbursed, after), matures))
    own = np.where(failed <= matures, np.minimum(add_days(due, DAYS_TO_DEFAULT), latent.noticed_on[firm]), NOT_YET)
    actual = np.full(latent.failed_on.size, NOT_YET)
    np.minimum.at(actual, loans["firm"].to_numpy(), loans["own_default_on"].to_numpy().astype("M8[D]"))
    got = (wished["decision"] == "approved").to_numpy()
    dated = np.where(got, actual[firm], np.minimum(own, actual[firm]))
    return np.asarray((dated > disbursed) & (dated <= until))
