"""Which reviewed sentences are there, and is each one whole?

Every sentence that explains a score, a change or an advice stands in risk/sentences/*.yaml, by reader and language.
Code fills the gaps and writes none. A template that lacks a gap, has one too many, or claims a cause is refused.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from data.spec.dated import YamlMalformed, load_strict
from data.spec.missing import Missing
from risk.readers import Audience, Language

FOLDER = Path(__file__).with_name("sentences")


CAUSAL: Mapping[Language, tuple[str, ...]] = {
    Language.ZH: ("导致", "因为", "使得", "造成", "致使", "引起", "引发", "由于", "所以", "因此", "因而", "决定了"),
    Language.EN: ("because", "caus", "due to", "owing to", "lead to", "leads to", "results in", "therefore", "makes"),
}
"""Words that claim what brings about what; method.md 6 allows association alone."""

REASON = {"fact", "compare", "claim", "points"}
GAPS: Mapping[str, set[str]] = {
    "facts": {"label", "value"},
    "above": {"reference", "typical"},
    "below": {"reference", "typical"},
    "equal": {"reference"},
    "usual": {"reference", "typical"},
    "share": {"reference", "typical"},
    "claims.against": {"side"},
    "claims.for": {"side"},
    "level_against": {"reference"},
    "level_for": {"reference"},
    "for": REASON,
    "against": REASON,
    "together_for": REASON | {"others"},
    "together_against": REASON | {"others"},
    "claims.owed": set(),
    "owed": {"label", "claim", "points", "lists"},
    "missing": {"label"},
    "neutral": {"group", "count", "points"},
    "reference": {"reference", "score"},
    "moved": {"label", "before", "after", "points"},
    "same": {"label", "after", "points"},
    "peers.long": {"industry", "stage"},
    "industry.long": {"industry"},
    "cutoff.short": {"grade"},
    "cutoff.long": {"grade"},
    "cutoff.base": {"grade"},
    "lower_liabilities": {"bound"},
    "collect_receivables": {"bound"},
    "cut_costs": {"bound"},
}
"""The gaps that a template must have, by the longest ending of its place that is named here; any other has none."""

FLAGS = ("facts.flag", "facts.trace")
"""A flag is said by its template; there is no value to fill in."""


class WordingUnfit(YamlMalformed):
    """A template lacks a gap, has a wrong one, or claims a cause."""

    code = "wording-unfit"


class Words(BaseModel):
    """Hold templates as they stand in the file: frozen, nothing surplus."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


Form = TypeVar("Form", bound=Words)


class KindFacts(Words):
    """Say a fact of one kind: above zero, zero."""

    some: str
    none: str


class Sides(Words):
    """Name where a value lies."""

    high: str
    low: str
    zero: str


class Comparisons(Words):
    """Set a value beside what is usual."""

    above: str
    below: str
    equal: str
    usual: str
    share: str


class Claims(Words):
    """Say what goes together, or, where that would not fit the value, how the item scores."""

    against: str
    for_: str = Field(alias="for")
    level_against: str
    level_for: str
    owed: str


class ReferenceWords(Words):
    """Name a reference: within a sentence, in full, and as a line of points."""

    short: str
    long: str
    base: str


class Facts(Words):
    """Hold what is said alike to every reader of one language; `measures` are counting words by a label's ending."""

    facts: Mapping[str, KindFacts]
    comparisons: Comparisons
    sides: Mapping[str, Sides]
    claims: Claims
    references: Mapping[str, ReferenceWords]
    notes: Mapping[str, str]
    measures: Mapping[str, str]


class Frames(Words):
    """Hold the sentences of one reader in one language."""

    for_: str = Field(alias="for")
    against: str
    together_for: str
    together_against: str
    owed: str
    missing: Mapping[Missing, str]
    neutral: str
    reference: str

    @field_validator("missing")
    @classmethod
    def _every_one(cls, missing: Mapping[Missing, str]) -> Mapping[Missing, str]:
        if set(missing) != set(Missing):
            raise ValueError("each of the five reasons needs its words")
        return missing

    def reason(self, *, favours: bool, together: bool) -> str:
        """Return the frame of a reason."""
        if together:
            return self.together_for if favours else self.together_against
        return self.for_ if favours else self.against


class Specific(Words):
    """Hold what one feature says in its own words."""

    some: str | None = None
    none: str | None = None
    less: str | None = None
    high: str | None = None
    low: str | None = None
    zero: str | None = None


class Changes(Words):
    """Hold the sentences about changes and advice."""

    moved: str
    same: str
    unknown: str
    nothing: str
    advice: str
    levers: Mapping[str, str]


@cache
def read_facts(language: Language) -> Facts:
    """Return what is said alike to every reader (risk/sentences/facts.yaml)."""
    return parse(Facts, _document("facts")[language], language)


@cache
def read_frames(audience: Audience, language: Language) -> Frames:
    """Return one reader's sentences (risk/sentences/<audience>.yaml); only the bank's need not name the lists."""
    frames = parse(Frames, _document(audience)[language], language)
    if audience is not Audience.BANK:
        told = [frames.against, frames.together_against, frames.owed, *frames.missing.values()]
        if lacking := [text for text in told if "{lists}" not in text]:
            raise WordingUnfit(f"措辞缺少 {{lists}}：{lacking[0]}")
    return frames


@cache
def read_specific(language: Language) -> Mapping[str, Specific]:
    """Return the features that speak in words of their own (risk/sentences/specific.yaml)."""
    return {name: parse(Specific, told[language], language) for name, told in _document("specific").items()}


@cache
def read_changes(language: Language) -> Changes:
    """Return the sentences about changes and advice (risk/sentences/changes.yaml)."""
    return parse(Changes, _document("changes")[language], language)


def sentence_files() -> tuple[str, ...]:
    """Name every file of sentences, below the room."""
    return tuple(f"{FOLDER.name}/{path.name}" for path in sorted(FOLDER.glob("*.yaml")))


def parse(form: type[Form], told: Any, language: Language) -> Form:
    """Return the templates in their form after looking at every one.

    Raises WordingUnfit where one is missing, surplus, gappy or causal.
    """
    try:
        words = form.model_validate(told)
    except ValidationError as fault:
        raise WordingUnfit(f"措辞文件不合规格：{fault.errors()[0]['loc']}。") from fault
    for place, text in _texts(told):
        _check(place, text, language, free=form is Specific)
    return words


def _document(name: str) -> Any:
    return load_strict((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def _texts(told: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(told, Mapping):
        for key, part in told.items():
            yield from _texts(part, f"{place}.{key}" if place else str(key))
    else:
        yield place, str(told)


def _check(place: str, text: str, language: Language, *, free: bool) -> None:
    """Refuse a template whose gaps are not those of its place; a feature's own words are free to name its value."""
    found = _found(place, text)
    wanted = found & {"value"} if free else _gaps(place)
    if found - {"lists"} != wanted - {"lists"} or wanted - found:
        raise WordingUnfit(f"措辞 {place} 的空位应为{sorted(wanted)}，现为{sorted(found)}：{text}")
    if causal := [word for word in CAUSAL[language] if word in text.lower()]:
        raise WordingUnfit(f"措辞 {place} 含因果用语“{causal[0]}”，只可说相关：{text}")


def _found(place: str, text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError as fault:
        raise WordingUnfit(f"措辞 {place} 的花括号不成对：{text}") from fault


def _gaps(place: str) -> set[str]:
    if place.startswith(FLAGS):
        return {"label"}
    parts = place.split(".")
    endings = [".".join(parts[at:]) for at in range(len(parts))] + parts[:1]
    return next((GAPS[ending] for ending in endings if ending in GAPS), set())
