"""Which enterprises and institutions are there?"""

import numpy as np
import pandas as pd

from data.zibo import names
from data.zibo.draws import chance, days_between, labels, members
from data.zibo.plan import FULL_SIZE, LAST_DAY, Days, Floats, Plan, day

DISTRICT_SHARES = {
    "370303": 0.19,
    "370371": 0.17,
    "370305": 0.15,
    "370302": 0.11,
    "370304": 0.09,
    "370321": 0.09,
    "370306": 0.08,
    "370322": 0.05,
    "370323": 0.04,
    "370372": 0.02,
    "370373": 0.01,
}
INDUSTRY_SHARES = {
    "C26": 0.16,
    "C27": 0.06,
    "C29": 0.07,
    "C30": 0.14,
    "C33": 0.07,
    "C34": 0.11,
    "C35": 0.10,
    "C36": 0.03,
    "C38": 0.06,
    "C39": 0.04,
    "C40": 0.03,
    "I64": 0.02,
    "I65": 0.05,
    "M73": 0.02,
    "M74": 0.02,
    "M75": 0.02,
}
OWNERSHIP_SHARES = {"private": 0.90, "state": 0.04, "foreign": 0.03, "collective": 0.03}
INSTITUTIONS = 120
RENAMED_SHARE = 0.02


def found_enterprises(plan: Plan) -> pd.DataFrame:
    """Return the city's population: firms first, then institutions (codes 12…, ownership 事业单位).

    Shapes: index 0..n-1 is the enterprise's place everywhere in this room; `size` is log revenue in
    10,000 yuan, `tech` how much of a technology firm it is (standard normal), `demand` its need of credit.
    """
    rng = plan.rng("firms")
    count = plan.enterprises
    firms = pd.DataFrame(
        {
            "founded_on": _founding_days(rng, count),
            "district": labels(rng, tuple(DISTRICT_SHARES), count, tuple(DISTRICT_SHARES.values())),
            "industry": labels(rng, tuple(INDUSTRY_SHARES), count, tuple(INDUSTRY_SHARES.values())),
            "ownership": labels(rng, tuple(OWNERSHIP_SHARES), count, tuple(OWNERSHIP_SHARES.values())),
            "institution": False,
            "tech": rng.normal(size=count),
            "demand": rng.normal(size=count),
            "size": np.clip(rng.normal(7.6, 1.05, count), 4.5, 11.0),
        }
    )
    people = pd.concat([firms, _institutions(plan)], ignore_index=True)
    founded = people["founded_on"].to_numpy().astype("M8[D]")
    region = np.where(chance(rng, 0.2, len(people)), "370300", people["district"].to_numpy())
    kind = np.where(people["institution"], "12", "91")
    people["code"] = names.credit_codes(rng, [a + b for a, b in zip(kind, region, strict=True)], founded)
    people["name"] = [
        *names.firm_names(rng, firms["industry"].tolist(), founded[:count]),
        *names.institution_names(plan.rng("institutions"), len(people) - count),
    ]
    people["capital"] = _capital(rng, people["size"].to_numpy())
    people["staff"] = np.maximum(3, np.exp(people["size"] - 3.9 + rng.normal(0, 0.4, len(people))).round())
    return _with_renamings(rng, people)


def _founding_days(rng: np.random.Generator, count: int) -> Days:
    old = chance(rng, 0.42, count)
    early = days_between(rng, day("1996-01-10"), day("2012-12-20"), count)
    late = days_between(rng, day("2013-01-05"), day("2024-11-20"), count)
    return np.where(old, early, late)


def _institutions(plan: Plan) -> pd.DataFrame:
    rng = plan.rng("institutions.rows")
    count = max(12, round(INSTITUTIONS * plan.enterprises / FULL_SIZE))
    return pd.DataFrame(
        {
            "founded_on": days_between(rng, day("1958-03-01"), day("2014-06-30"), count),
            "district": labels(rng, ("370303", "370371", "370305"), count),
            "industry": "M73",
            "ownership": "institution",
            "institution": True,
            "tech": 0.0,
            "demand": -9.0,
            "size": rng.normal(8.5, 0.5, count),
        }
    )


def _capital(rng: np.random.Generator, size: Floats) -> Floats:
    """Registered capital in yuan, in steps of 100,000."""
    return np.asarray(np.maximum(1, np.round(np.exp(size - 1.4 + rng.normal(0, 0.6, size.size)) / 10)) * 100_000.0)


def _with_renamings(rng: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    """Give some firms a name of earlier years: another word of trade before the same form."""
    old_enough = ~people["institution"] & (people["founded_on"] < pd.Timestamp("2017-06-01"))
    chosen = members(rng, old_enough.to_numpy().astype(float), max(2, round(RENAMED_SHARE * len(people))))
    former = pd.Series([None] * len(people), dtype=object)
    words = names.style_words(rng, 1600)[-chosen.size :]
    for place, word in zip(chosen.tolist(), words, strict=True):
        former[place] = f"淄博{word}实业{names.MARK}有限公司"
    renamed = np.full(len(people), np.datetime64("NaT"), dtype="M8[D]")
    renamed[chosen] = days_between(rng, day("2018-03-01"), LAST_DAY - np.timedelta64(240, "D"), chosen.size)
    return people.assign(former_name=former, renamed_on=renamed)


def names_on(people: pd.DataFrame, places: np.ndarray, days: Days) -> pd.Series:
    """Return the names that enterprises bore on given days."""
    chosen = people.iloc[places]
    before = (chosen["renamed_on"].to_numpy() > np.asarray(days, "M8[s]")) & chosen["former_name"].notna().to_numpy()
    return pd.Series(np.where(before, chosen["former_name"], chosen["name"]), dtype=object)
