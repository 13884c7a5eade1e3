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
from models.register import Register
from models.revalidation import cases_of, find_model, told
from models.segments import ValidationRule, attributes_of, read_validation_rule
from models.shelf import seal_of
from models.validity import Scaled, Validity, validate
from risk.assessment import Status
from risk.grade import read_master_scale
from risk.limits import read_scoring_limits
from risk.standing import standings


@dataclass(frozen=True, kw_only=True)
class Unscored:
    """Say of one segment how many of its firms cannot be scored on the day."""

    attribute: str
    value: str
    firms: int
    not_scored: int
    in_default: int


@dataclass(frozen=True, kw_only=True)
class Validated:
    """Hold everything that a report on one model tells."""

    name: str
    card: ModelCard
    rule: ValidationRule
    validity: Validity
    unscored: tuple[Unscored, ...]
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
    unscored = unscored_firms(work, as_of=as_of, access=access, rule=rule)
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


def unscored_firms(work: Work, *, as_of: date, access: Access, rule: ValidationRule) -> tuple[Unscored, ...]:
    """Return for each segment how many of all firms have no score on the day, and how many are in default."""
    events = read_events(work, list(TABLES), access=access)
    day = pd.Timestamp(as_of).as_unit("s")
    listed = read_enterprises(work, access=access)
    firms = listed.loc[listed["kind"] != "institution", "enterprise_id"].drop_duplicates().reset_index(drop=True)
    against = standings(events, firms.tolist(), as_of, stale_days=read_scoring_limits(as_of).stale_days)
    register = latest_known(events["enterprise_registration"], day)
    attributes = attributes_of(register, firms, _of_the_day(register, firms, day), rule)
    status = firms.map({firm: found.status for firm, found in against.items()})
    return tuple(
        Unscored(
            attribute=str(name),
            value=str(value),
            firms=int((attributes[name] == value).sum()),
            not_scored=int((status[attributes[name] == value] == Status.NOT_SCORED).sum()),
            in_default=int((status[attributes[name] == value] == Status.IN_DEFAULT).sum()),
        )
        for name in attributes.columns
        for value in attributes[name].value_counts().index
    )


def _of_the_day(register: pd.DataFrame, firms: "pd.Series[int]", day: pd.Timestamp) -> pd.DataFrame:
    """Return age and staff of each firm on the day, under the names of the features that say the same."""
    known = register.drop_duplicates("enterprise_id", keep="last").set_index("enterprise_id").reindex(firms)
    known.index = firms.index
    years = (day - known["happened_on"]).dt.days / 365.25
    return pd.DataFrame({"profile_age_years": years, "profile_staff_latest": known["staff"].astype("float64")})
