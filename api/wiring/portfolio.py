"""How are all enterprises scored at once, each as it would be alone?

The evidence is read once and scored in one matrix. What stands against a score is looked at for all firms
together: who has no visible evidence, who is deregistered, who is in default.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pandas as pd

from api.assessment_id import new_id
from api.wiring.acting import as_bureau
from data.spec.access import Purpose
from data.spec.errors import DayInFuture
from data.spec.identifiers import Scheme
from data.spec.progress import Progress
from data.spec.tables import TABLES
from data.spec.versions import latest_known
from data.store import Store
from data.store.reads import read_enterprises, read_events
from models.labels import default_events, default_spells, in_default
from models.retraining import LENDING, read_rule
from risk import startup
from risk.assess import ADVISORY_NOTE, CARD_OF, DEMONSTRATION_NOTE, VALID_DAYS, Champions
from risk.assessment import Assessment, Status
from risk.scoring import Judged, judge
from risk.standing import DEREGISTERED, IN_DEFAULT, NO_EVIDENCE, Standing

PURPOSE = Purpose.PRE_LOAN
REGISTER = "enterprise_registration"
Events = Mapping[str, pd.DataFrame]


@dataclass(frozen=True, kw_only=True)
class Portfolio:
    """Score every enterprise of a store on one day."""

    store: Store
    champions: Champions
    as_of: date
    at: datetime

    def assess(self, progress: Progress) -> Iterator[Assessment]:
        """Yield an answer for each enterprise, in the order of their codes; nothing is kept.

        Raises DayInFuture.
        """
        if self.as_of > self.at.date():
            raise DayInFuture(f"{self.as_of}还没有到来。", help="请改用今天或更早的日期。")
        listed, events = self._read(progress)
        against = standings(events, listed["enterprise_id"], self.as_of)
        judged = self._judge(listed[~listed["enterprise_id"].isin(list(against))], events, progress)
        progress.stage("写出答复", len(listed))
        named = zip(*(listed[name] for name in ("enterprise_id", "name", "scheme", "value")), strict=True)
        for enterprise, name, scheme, value in named:
            blank = self._blank(name, value if scheme == Scheme.USCC else f"{scheme}:{value}")
            yield self._answer(blank, int(enterprise), against, judged, events)
            progress.advance()

    def _read(self, progress: Progress) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
        access = as_bureau(self.at, purpose=PURPOSE)
        progress.stage("读取证据")
        with self.store.work(at=self.at, read_only=True) as work:
            listed = read_enterprises(work, access=access).sort_values(["scheme", "value"], ignore_index=True)
            return listed, read_events(work, list(TABLES), access=access)

    def _judge(self, listed: pd.DataFrame, events: Events, progress: Progress) -> dict[int, Judged]:
        """Score the firms against which nothing stands; none where no model may answer."""
        live = self.champions.champion(CARD_OF[PURPOSE])
        if live is None or listed.empty or (live[2].purpose.demonstration and not self.store.demonstration):
            return {}
        progress.stage("评分", len(listed))
        spine = pd.DataFrame({"enterprise_id": listed["enterprise_id"].to_numpy(), "own_loan": ""})
        spine["as_of"] = pd.Timestamp(self.as_of).as_unit("s")
        judged = {}
        for enterprise, answer in zip(spine["enterprise_id"], judge(live, events, spine, on=self.as_of), strict=True):
            judged[int(enterprise)] = answer
            progress.advance()
        return judged

    def _blank(self, name: str, identifier: str) -> Assessment:
        demonstration = self.store.demonstration
        return Assessment(
            id=new_id(self.at),
            status=Status.NOT_SCORED,
            enterprise_name=name,
            identifier=identifier,
            as_of=self.as_of,
            made_at=self.at,
            valid_until=self.at.date() + timedelta(days=VALID_DAYS),
            purpose=PURPOSE,
            demonstration=demonstration,
            notes=(*((DEMONSTRATION_NOTE,) if demonstration else ()), ADVISORY_NOTE),
        )

    def _answer(
        self,
        blank: Assessment,
        enterprise: int,
        against: Mapping[int, Standing],
        judged: Mapping[int, Judged],
        events: Events,
    ) -> Assessment:
        if enterprise in against:
            found = against[enterprise]
            return replace(blank, status=found.status, code=found.code, message=found.message)
        if enterprise in judged:
            return _scored(blank, judged[enterprise])
        own = {name: frame[frame["enterprise_id"] == enterprise] for name, frame in events.items()}
        return startup.answer(blank, own, enterprise)


def standings(events: Events, enterprises: "pd.Series[int]", as_of: date) -> dict[int, Standing]:
    """Tell for which enterprises something stands against a score, as `risk.standing` tells it of one."""
    day = pd.Timestamp(as_of).as_unit("s")
    seen = {name: _visible(frame, day) for name, frame in events.items()}
    evident = {int(one) for name, frame in seen.items() if name != REGISTER for one in frame["enterprise_id"].unique()}
    register = seen[REGISTER]
    gone = set(register.loc[register["ended_on"] <= day, "enterprise_id"])
    defaulted = _in_default(seen, enterprises, day)
    against: dict[int, Standing] = {}
    for one in enterprises:
        for standing, firms in ((NO_EVIDENCE, None), (DEREGISTERED, gone), (IN_DEFAULT, defaulted)):
            if one not in evident if firms is None else one in firms:
                against.setdefault(int(one), standing)
    return against


def _visible(frame: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    latest = latest_known(frame, day)
    return latest[latest["happened_on"] < day]


def _in_default(seen: Events, enterprises: "pd.Series[int]", day: pd.Timestamp) -> set[int]:
    rule = read_rule(day.date())
    lending = {name: seen[name] for name in LENDING}
    spells = default_spells(default_events(lending, rule), lending["loan_month"], rule)
    asked = pd.DataFrame({"enterprise_id": enterprises.to_numpy(), "as_of": day})
    return set(asked.loc[in_default(asked, spells), "enterprise_id"])


def _scored(blank: Assessment, judged: Judged) -> Assessment:
    """Put the score into the answer; a table has no room for source rows, so that reasons cite none."""
    return replace(
        blank,
        status=Status.SCORED,
        score=judged.score,
        grade=judged.grade.code,
        grade_label=judged.grade.label,
        pd=judged.pd,
        pd_low=judged.pd_low,
        pd_high=judged.pd_high,
        interval=judged.interval,
        model=judged.model,
        groups=judged.groups,
        lines=judged.lines,
        reasons_for=judged.reasons_for,
        reasons_against=judged.reasons_against,
        contributions=judged.contributions,
        values=judged.values,
    )
