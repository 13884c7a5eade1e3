"""How are contributions told in sentences that a credit officer can repeat (method.md 6)?"""

from collections.abc import Iterable, Mapping

from data.spec.missing import Missing
from data.spec.table import Unit
from data.spec.tables import TABLES
from features.catalogue import FEATURES
from features.context import INDUSTRIES, STAGES
from risk.assessment import Reason, Reference
from risk.lineage import rests_on_others
from risk.quantities import plain, say_points, say_value
from risk.readers import Audience, Language
from risk.wording import ReferenceWords, Specific, read_changes, read_facts, read_frames, read_specific

KINDS: Mapping[str, str] = {
    Unit.ITEM: "count",
    Unit.PERSON: "count",
    Unit.YUAN: "amount",
    Unit.RATIO: "ratio",
    Unit.DAY: "days",
    Unit.MONTH: "span",
    Unit.YEAR: "span",
    Unit.HOUR: "span",
    Unit.LEVEL: "rank",
    Unit.POINT: "rank",
    Unit.FLAG: "flag",
    Unit.TIMES: "span",
}
"""Which kind of sentence each unit calls for."""

NAMED = 3
"""So many of the features told together are named; the others are counted."""

_PLACE: Mapping[Language, int] = {Language.ZH: 0, Language.EN: 1}


def sentence(reason: Reason, reference: Reference, *, audience: Audience, language: Language) -> str:
    """Return a reason's sentence for one reader: fact, what is usual, what goes together with default, points."""
    frames, favours = read_frames(audience, language), reason.points > 0
    frame = frames.owed if reason.value is None else frames.reason(favours=favours, together=len(reason.parts) > 1)
    return _opened(frame.format(**_gaps(reason, reference, language)), language)


def missing_sentence(feature: str, label: str, missing: str, *, audience: Audience, language: Language) -> str:
    """Return what is said of a value that is unknown and no reason: why, and that it costs nothing."""
    template = read_frames(audience, language).missing[Missing(missing)]
    told = template.format(label=label_of(feature, label, language), lists=lists_of((feature,), language))
    return _opened(told, language)


def moved_sentence(
    feature: str, before: float | None, after: float | None, points: float, *, language: Language
) -> str:
    """Return what is said of a feature that moved a score: its values on both days, and the points."""
    changes, known = read_changes(language), FEATURES.get(feature)
    label = known.label if known else feature
    unit = known.unit if known and not rests_on_others(known.tables) else Unit.FLAG if known else ""
    old, new = (
        changes.unknown if one is None else say_value(one, unit, label=label, language=language)
        for one in (before, after)
    )
    template = changes.same if old == new else changes.moved
    named = label_of(feature, label, language)
    return _opened(template.format(label=named, before=old, after=new, points=say_points(points)), language)


def lever_sentence(lever: str, bound: float, *, language: Language) -> str:
    """Return what a firm would do by a lever, and how far."""
    return read_changes(language).levers[lever].format(bound=f"{bound:.0%}")


def reference_words(reference: Reference, language: Language) -> ReferenceWords:
    """Return the reference's names with grade, industry and stage filled in."""
    place, words = _PLACE[language], read_facts(language).references[reference.kind]
    industry = INDUSTRIES[reference.industry][place] if reference.industry else ""
    stage = STAGES[reference.stage][place] if reference.stage else ""
    filled = {"grade": reference.grade, "industry": industry, "stage": stage}
    return ReferenceWords(**{name: text.format(**filled) for name, text in words.model_dump().items()})


def label_of(feature: str, label: str, language: Language) -> str:
    """Return a feature's label in a language; one that the catalogue no longer has keeps the label it bore."""
    if language is Language.ZH:
        return label
    return FEATURES[feature].label_en if feature in FEATURES else label


def lists_of(features: Iterable[str], language: Language) -> str:
    """Return the lists that the features rest on, in the order in which they are first read."""
    tables = dict.fromkeys(table for name in features if name in FEATURES for table in FEATURES[name].tables)
    told = [f"《{TABLES[name].label}》" for name in tables if name in TABLES]
    fallback = {Language.ZH: "相关名单", Language.EN: "the lists concerned"}[language]
    return ("" if language is Language.ZH else ", ").join(told) or fallback


def kind_of(feature: str, unit: str) -> str:
    """Return the kind of sentence: a bare flag of what derives from other firms is a trace, not a yes or no."""
    if unit == Unit.FLAG and feature in FEATURES and FEATURES[feature].unit != Unit.FLAG:
        return "trace"
    return KINDS.get(unit, "span")


def side_of(reason: Reason) -> str:
    """Tell on which side the value lies: high, low, zero; or level where the points speak for the other side.

    A higher value of a feature whose risk rises argues against a firm. Where the value is not on the side that the
    points call for (other features act with it, or it is just the usual one), nothing may be said of high or low.
    """
    beside, value = _beside(reason), reason.value
    if not reason.direction or value is None:
        return "level"
    if (reason.points < 0) == (reason.direction > 0):
        return "high" if beside > 0 else "level"
    if value == 0 and (reason.typical is None or reason.typical >= 0):
        return "zero"
    return "low" if beside < 0 else "level"


def _beside(reason: Reason) -> int:
    """Return 1 for a value above what is usual, -1 below, 0 where both are said alike; a flag stands by itself.

    Where nothing is known to be usual, any value but zero is on the side that the points call for.
    """
    value, typical = reason.value or 0.0, reason.typical
    if reason.unit == Unit.FLAG:
        return 1 if value else -1
    if typical is None:
        wanted = 1 if (reason.points < 0) == (reason.direction > 0) else -1
        return wanted if value else min(wanted, 0)
    if say_value(value, reason.unit) == say_value(typical, reason.unit):
        return 0
    return 1 if value > typical else -1


def _gaps(reason: Reason, reference: Reference, language: Language) -> dict[str, str]:
    short = reference_words(reference, language).short
    return {
        "label": label_of(reason.feature, reason.label, language),
        "fact": _fact(reason, language),
        "compare": _compare(reason, short, language),
        "claim": _claim(reason, short, language),
        "points": say_points(reason.points),
        "others": _others(reason, language),
        "lists": lists_of([part.feature for part in reason.parts] or [reason.feature], language),
    }


def _fact(reason: Reason, language: Language) -> str:
    value = reason.value or 0.0
    own = read_specific(language).get(reason.feature, Specific())
    generic = read_facts(language).facts[kind_of(reason.feature, reason.unit)]
    template = (own.some or generic.some) if value else (own.none or generic.none)
    if value < 0 and own.some:
        template, value = (own.less, -value) if own.less else (generic.some, value)
    label = label_of(reason.feature, reason.label, language)
    return template.format(label=label, value=say_value(value, reason.unit, label=reason.label, language=language))


def _compare(reason: Reason, short: str, language: Language) -> str:
    """Set the value beside the usual one; what derives from other firms is told bare."""
    kind, words = kind_of(reason.feature, reason.unit), read_facts(language).comparisons
    if reason.typical is None or kind == "trace":
        return ""
    if kind == "flag":
        return words.share.format(reference=short, typical=f"{reason.typical:.0%}")
    numberless = reason.value == 0 and read_specific(language).get(reason.feature, Specific()).none
    other = (words.usual, words.usual) if numberless else (words.below, words.above)
    template = {1: other[1], 0: words.equal, -1: other[0]}[_beside(reason)]
    typical = say_value(reason.typical, reason.unit, label=reason.label, language=language)
    return template.format(reference=short, typical=typical)


def _claim(reason: Reason, short: str, language: Language) -> str:
    claims, favours = read_facts(language).claims, reason.points > 0
    if reason.value is None:
        return claims.owed
    side = side_of(reason)
    if side == "level":
        return (claims.level_for if favours else claims.level_against).format(reference=short)
    own = getattr(read_specific(language).get(reason.feature, Specific()), side)
    words = own or getattr(read_facts(language).sides[kind_of(reason.feature, reason.unit)], side)
    return (claims.for_ if favours else claims.against).format(side=words)


def _others(reason: Reason, language: Language) -> str:
    """Name the features that are told together with the strongest."""
    names = [label_of(part.feature, part.label, language) for part in reason.parts if part.feature != reason.feature]
    more = len(names) - NAMED
    if language is Language.EN:
        return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
    return "、".join(f"“{plain(name)}”" for name in names[:NAMED]) + (f"等{len(names)}项" if more > 0 else "")


def _opened(text: str, language: Language) -> str:
    return text[:1].upper() + text[1:] if language is Language.EN else text
