"""How good is a shelved model, on which rows, and for whom is it not?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from data.spec.access import Access
from data.spec.audit import Action
from data.spec.progress import Progress
from data.spec.tables import TABLES
from data.spec.versions import latest_known
from data.store.reads import read_enterprises, read_events
from data.store.work import Work
from features.catalogue import FEATURES
from models.acceptance import Acceptance, Acceptances
from models.card import ModelCard
from models.contributions_picture import beeswarm
from models.fitted import Model
from models.register import Register
from models.revalidation import cases_of, find_model, told
from models.segments import ValidationRule, attributes_of, read_validation_rule
from models.shelf import seal_of
from models.validity import Scaled, Validity, validate
from risk.fitness import Baseline
from risk.grade import read_master_scale
from risk.portfolio import refusals_of
from risk.unscored import Unscored


@dataclass(frozen=True, kw_only=True)
class Segment:
    """Say of one segment how many of its firms have no score on the day, by reason; those in default apart."""

    attribute: str
    value: str
    firms: int
    reasons: Mapping[Unscored, int]
    in_default: int

    @property
    def not_scored(self) -> int:
        """Count the firms that are not in default and yet have no score."""
        return sum(self.reasons.values())


@dataclass(frozen=True, kw_only=True)
class Validated:
    """Hold everything that a report on one model tells."""

    name: str
    card: ModelCard
    rule: ValidationRule
    validity: Validity
    unscored: tuple[Segment, ...]
    acceptances: tuple[Acceptance, ...]
    as_of: date
    labels: Mapping[str, str]
    picture: str | None


def validate_model(
    work: Work,
    wanted: str,
    *,
    shelf: Path,
    as_of: date,
    access: Access,
    with_baselines: bool,
    progress: Progress,
) -> Validated:
    """Validate a model by its name, or the champion of a card, on what was known before as_of; never commits.

    Raises ModelUnknown, ModelDamaged, FeatureMismatch, and what `fit` raises of a table.
    """
    name, model, card = find_model(Register(shelf), wanted)
    rule = read_validation_rule(as_of)
    cases = cases_of(work, model, card, as_of=as_of, access=access, with_baselines=with_baselines, progress=progress)
    grades = read_master_scale(as_of)
    scaled = Scaled(codes=[grade.code for grade in grades], below=[grade.below for grade in grades])
    measured = validate(model, card, cases, scaled, rule=rule, with_baselines=with_baselines, progress=progress)
    progress.stage("不能评分的企业")
    labels = {feature.name: feature.label for feature in FEATURES.values()}
    live, baseline = (name, model, card), Register(shelf).baseline(name)
    unscored = unscored_firms(work, live, as_of=as_of, access=access, baseline=baseline, rule=rule)
    work.record(told(access, Action.MODEL_VALIDATED, name))
    return Validated(
        name=name,
        card=card,
        rule=rule,
        validity=measured,
        unscored=unscored,
        acceptances=tuple(Acceptances(shelf).of(seal_of(Register(shelf).place_of(name)))),
        as_of=as_of,
        labels=labels,
        picture=beeswarm(model, cases.X, labels, scale=card.scale, seed=card.seed),
    )


def unscored_firms(
    work: Work,
    live: tuple[str, Model, ModelCard],
    *,
    as_of: date,
    access: Access,
    baseline: Baseline | None,
    rule: ValidationRule,
) -> tuple[Segment, ...]:
    """Return for each segment how many of all firms this model may not score on the day, and why.

    Raises FeatureMismatch.
    """
    events = read_events(work, list(TABLES), access=access)
    day = pd.Timestamp(as_of).as_unit("s")
    listed = read_enterprises(work, access=access)
    firms = listed.loc[listed["kind"] != "institution", "enterprise_id"].drop_duplicates().reset_index(drop=True)
    against = refusals_of(work, live, events, firms, as_of=as_of, baseline=baseline)
    register = latest_known(events["enterprise_registration"], day)
    attributes = attributes_of(register, firms, _of_the_day(register, firms, day), rule)
    why = firms.map({firm: found.code for firm, found in against.items()})
    return tuple(
        _segment(str(name), str(value), why[attributes[name] == value])
        for name in attributes.columns
        for value in attributes[name].value_counts().index
    )


def _segment(attribute: str, value: str, why: "pd.Series[str]") -> Segment:
    """Count the reasons of one segment's firms, in the order of their declaration; NaN where a score is given."""
    counted = {code: int((why == code).sum()) for code in Unscored}
    in_default = counted.pop(Unscored.IN_DEFAULT)
    reasons = {code: count for code, count in counted.items() if count}
    return Segment(attribute=attribute, value=value, firms=len(why), reasons=reasons, in_default=in_default)


def _of_the_day(register: pd.DataFrame, firms: "pd.Series[int]", day: pd.Timestamp) -> pd.DataFrame:
    """Return age and staff of each firm on the day, under the names of the features that say the same."""
    known = register.drop_duplicates("enterprise_id", keep="last").set_index("enterprise_id").reindex(firms)
    known.index = firms.index
    years = (day - known["happened_on"]).dt.days / 365.25
    return pd.DataFrame({"profile_age_years": years, "profile_staff_latest": known["staff"].astype("float64")})
