"""On which rows of the store is a shelved model validated, and who accepted what was found?

This module composes store, label and measures; the measures themselves know no store.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path

from data.spec.access import Access
from data.spec.audit import Action, AuditEvent
from data.spec.progress import Progress
from data.store.work import Work
from features.catalogue import features_of
from models.acceptance import Acceptances
from models.candidates import yardsticks
from models.card import ModelCard
from models.fitted import Model
from models.labels import CENSORED, Outcome
from models.refusals import ModelUnknown
from models.register import Register
from models.retraining import CARDS, TrainingSet, build_training_set, embargo_days_of, withholdable
from models.shelf import seal_of
from models.validity import Cases


def find_model(register: Register, wanted: str) -> tuple[str, Model, ModelCard]:
    """Return a model by its name, or the one that answers for a card of this name.

    Raises ModelUnknown, ModelDamaged.
    """
    if wanted in CARDS:
        model, card = register.load_champion(wanted)
        return card.name, model, card
    if wanted not in register.names():
        known = "、".join(register.names()) or "（空）"
        raise ModelUnknown(f"没有名为 {wanted} 的模型或卡。", help=f"货架上有：{known}；卡有：{'、'.join(CARDS)}。")
    model, card = register.load(wanted)
    return wanted, model, card


def cases_of(
    work: Work,
    model: Model,
    card: ModelCard,
    *,
    as_of: date,
    access: Access,
    with_baselines: bool,
    progress: Progress,
) -> Cases:
    """Return the labelled rows of the model's card that were observable before as_of, with yardsticks where wanted.

    Raises FeatureMismatch where a column of the model is no feature any more.
    """
    card.check_fingerprints({feature.name: feature.fingerprint for feature in features_of(card.purpose.card)})
    training = build_training_set(work, card=card.purpose.card, as_of=as_of, access=access, progress=progress)
    cases = cases_from(training, model)
    if not with_baselines:
        return cases
    rows = training.rows[training.learnable]
    return replace(cases, yardsticks=yardsticks(work, rows, access=access, progress=progress))


def cases_from(training: TrainingSet, model: Model) -> Cases:
    """Return the rows of a training set that are learned from, with the model's columns."""
    chosen = training.learnable
    rows, matrix = training.rows[chosen], training.matrix[chosen]
    return Cases(
        X=matrix[list(model.features)],
        label=rows["outcome"].eq(Outcome.DEFAULT).astype(float),
        firms=rows["enterprise_id"],
        days=rows["as_of"],
        attributes=training.attributes[chosen],
        known=matrix.notna().mean(axis=1).to_numpy(),
        censored=int(training.rows["outcome"].isin(CENSORED).sum()),
        together=withholdable(training.features),
        embargo_days=embargo_days_of(training),
    )


def accept(work: Work, model: str, *, shelf: Path, access: Access, by: str, reason: str) -> int:
    """Record that a person accepts a model's gaps in writing; return how many people have; never commits.

    Raises ModelUnknown, ModelDamaged, AcceptanceUnfounded.
    """
    register, book = Register(shelf), Acceptances(shelf)
    _, described = register.load(model)
    seal = seal_of(register.place_of(model))
    book.accept(described, seal, by=by, at=access.at, reason=reason)
    people = len(book.of(seal))
    work.record(replace(told(access, Action.GAP_ACCEPTED, model), details={"people": people}))
    return people


def told(access: Access, action: Action, name: str) -> AuditEvent:
    """Return the audit event of something done to a model."""
    return AuditEvent(tenant=access.tenant, actor=access.actor, action=action, object_id=name, at=access.at)
