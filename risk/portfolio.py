"""How are all enterprises scored at once, each as it would be alone?"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date

import pandas as pd

from data.spec.access import Access, Purpose
from data.spec.audit import Action, AuditEvent
from data.spec.identifiers import Identifier, Scheme
from data.spec.progress import Progress
from data.spec.tables import TABLES
from data.store.reads import read_enterprises, read_events
from data.store.work import Work
from models.card import ModelCard
from models.fitted import Model
from risk import startup
from risk.answering import CARD_OF, Champions, Question, begin, live_model, put_score
from risk.assessment import Assessment
from risk.fitness import Baseline, baseline_beside, fitness_of
from risk.freshness import read_freshness
from risk.limits import read_scoring_limits
from risk.remarks import about, remarks_of
from risk.scoring import Judged, judge, show
from risk.standing import standings
from risk.unscored import Standing, put_standing

Ask = Callable[[Identifier], Question]


def assess_all(
    work: Work, ask: Ask, champions: Champions, *, access: Access, progress: Progress
) -> Iterator[Assessment]:
    """Yield an answer for each enterprise in the order of their codes; nothing is kept, and reasons cite no rows.

    The evidence is read once and scored in one matrix; institutions that are no enterprises are left out.
    Raises DayInFuture.
    """
    progress.stage("读取证据")
    listed = read_enterprises(work, access=access)
    listed = listed[listed["kind"] != "institution"].sort_values(["scheme", "value"], ignore_index=True)
    if listed.empty:
        return
    asked = [
        ask(Identifier(Scheme(scheme), value)) for scheme, value in zip(listed["scheme"], listed["value"], strict=True)
    ]
    asked[0].check_day()
    events = read_events(work, list(TABLES), access=access)
    numbers, day = listed["enterprise_id"].tolist(), asked[0].as_of
    against = standings(events, numbers, day, stale_days=read_scoring_limits(day).stale_days)
    freshness = read_freshness(work, as_of=day, recorded_before=None)
    remarks, late = remarks_of(events, numbers, freshness, day), freshness.late_tables
    open_ = listed.loc[~listed["enterprise_id"].isin(list(against)), "enterprise_id"]
    judged = _judge(open_, events, asked[0], champions, late=late)
    progress.stage("评分", len(listed))
    for question, enterprise, name in zip(asked, listed["enterprise_id"].tolist(), listed["name"], strict=True):
        begun = begin(question, name, access)
        if enterprise in against:
            yield replace(put_standing(begun, against[enterprise]), remarks=remarks[enterprise])
        else:
            answer = (
                put_score(begun, judged[enterprise])
                if enterprise in judged
                else startup.answer(begun, _own(events, enterprise), enterprise, late=late)
            )
            yield replace(answer, remarks=about(remarks[enterprise], answer.fingerprints))
        progress.advance()


def note_listed(work: Work, *, access: Access, as_of: date, enterprises: int) -> None:
    """Record that so many enterprises' answers of a day were given out at once; never commits."""
    work.record(
        AuditEvent(
            tenant=access.tenant,
            actor=access.actor,
            action=Action.SCORES_LISTED,
            object_id=str(as_of),
            at=work.at,
            details={"enterprises": enterprises},
        )
    )


def _judge(
    enterprises: "pd.Series[int]",
    events: Mapping[str, pd.DataFrame],
    question: Question,
    champions: Champions,
    *,
    late: Collection[str],
) -> dict[int, Judged]:
    """Score the firms against which nothing stands; none where no model may answer."""
    live = live_model(champions, question)
    if live is None or enterprises.empty:
        return {}
    judged = judge(
        live,
        events,
        spine_of(enterprises, as_of=question.as_of, own_loan=question.own_loan),
        terms=question.terms,
        baseline=baseline_beside(champions, live[0]),
        late=late,
    )
    return dict(zip(enterprises.tolist(), judged, strict=True))


def spine_of(enterprises: "pd.Series[int]", *, as_of: date, own_loan: str | None) -> pd.DataFrame:
    """Return one row for each enterprise as of the day, as `features.engine.compute` takes them."""
    spine = pd.DataFrame({"enterprise_id": enterprises.to_numpy(), "own_loan": own_loan})
    return spine.assign(as_of=pd.Timestamp(as_of).as_unit("s"))


def refusals_of(
    work: Work,
    live: tuple[str, Model, ModelCard],
    events: Mapping[str, pd.DataFrame],
    enterprises: "pd.Series[int]",
    *,
    as_of: date,
    baseline: Baseline | None,
) -> dict[int, Standing]:
    """Return why there is no score, for those of the enterprises that this model may not score on the day.

    Shapes: events as for `standings`; the model is shown what `assess_all` would show it.
    Raises FeatureMismatch.
    """
    limits = read_scoring_limits(as_of)
    against = standings(events, enterprises.tolist(), as_of, stale_days=limits.stale_days)
    open_ = enterprises[~enterprises.isin(list(against))]
    if open_.empty:
        return against
    own_loan = None if live[2].purpose.card == CARD_OF[Purpose.MONITORING] else ""
    late = read_freshness(work, as_of=as_of, recorded_before=None).late_tables
    shown = show(live, events, spine_of(open_, as_of=as_of, own_loan=own_loan), baseline=baseline, late=late)
    found = zip(open_.tolist(), fitness_of(shown, limits), strict=True)
    return against | {firm: one.against for firm, one in found if one.against is not None}


def _own(events: Mapping[str, pd.DataFrame], enterprise: int) -> dict[str, pd.DataFrame]:
    return {name: frame[frame["enterprise_id"] == enterprise] for name, frame in events.items()}
