"""How is an answer that was given told to one reader, in one language?

Nothing is worked out again: the facts, points and reference are those that were kept with the answer.
"""

from dataclasses import dataclass
from math import fsum

from data.spec.table import GROUP_LABELS, Group
from features.catalogue import FEATURES
from risk.assessment import Assessment, Explanation, Reason, Told
from risk.quantities import say_points
from risk.readers import Audience, Language
from risk.reasons import missing_sentence, reference_words, sentence
from risk.wording import read_facts, read_frames

GROUP_LABELS_EN = {
    Group.PROFILE: "Profile",
    Group.QUALIFICATIONS: "Qualifications",
    Group.RND: "R&D",
    Group.OPERATIONS: "Operations and finance",
    Group.PATENTS: "Intellectual property",
    Group.PROJECTS: "Projects and results",
    Group.PLATFORMS: "Platforms and instruments",
    Group.CONTRACTS: "Technology contracts",
    Group.TALENT: "Talent",
    Group.CONDUCT: "Conduct and guarantees",
    Group.LENDING: "Lending",
}


def explain(answer: Assessment, *, audience: Audience, language: Language) -> Explanation:
    """Return the sentences of an answer for one reader; all empty where there is no score."""
    teller = _Teller(answer, audience, language)
    return Explanation(
        assessment_id=answer.id,
        audience=audience,
        language=language,
        reference=teller.reference(),
        note=read_facts(language).notes[answer.reference.note] if answer.reference and answer.reference.note else "",
        reasons_for=tuple(map(teller.reason, answer.reasons_for)),
        reasons_against=tuple(map(teller.reason, answer.reasons_against)),
        neutral=teller.neutral(),
        unknown=teller.unknown(),
    )


@dataclass(frozen=True)
class _Teller:
    answer: Assessment
    audience: Audience
    language: Language

    def reference(self) -> str:
        told = self.answer.reference
        if told is None:
            return ""
        named = reference_words(told, self.language).long
        return read_frames(self.audience, self.language).reference.format(reference=named, score=f"{told.score:.1f}")

    def reason(self, one: Reason) -> Told:
        """Return a reason in this reader's words; an answer from before references were kept keeps its own."""
        if self.answer.reference is None:
            return Told(about=one.feature, points=one.points, sentence=one.sentence)
        said = sentence(one, self.answer.reference, audience=self.audience, language=self.language)
        return Told(about=one.feature, points=one.points, sentence=said)

    def neutral(self) -> tuple[Told, ...]:
        reasons = (*self.answer.reasons_for, *self.answer.reasons_against)
        told = {name for one in reasons for name in features_of(one)}
        found = []
        for group in self.answer.groups:
            rest = [name for name in self.answer.contributions if _group_of(name) == group.group and name not in told]
            points = fsum([group.points, *(-one.points for one in reasons if one.group == group.group)])
            if rest or say_points(points) != "0.0":
                said = self._line(group.group, len(rest), points)
                found.append(Told(about=group.group, points=points, sentence=said))
        return tuple(found)

    def _line(self, group: str, count: int, points: float) -> str:
        labels = GROUP_LABELS if self.language is Language.ZH else GROUP_LABELS_EN
        frame = read_frames(self.audience, self.language).neutral
        return frame.format(group=labels[Group(group)], count=count, points=say_points(points))

    def unknown(self) -> tuple[Told, ...]:
        reasons = (*self.answer.reasons_for, *self.answer.reasons_against)
        told = {name for one in reasons for name in features_of(one)}
        return tuple(
            Told(
                about=name,
                points=self.answer.contributions[name],
                sentence=missing_sentence(
                    name,
                    FEATURES[name].label if name in FEATURES else name,
                    why,
                    audience=self.audience,
                    language=self.language,
                ),
            )
            for name, why in self.answer.missing.items()
            if name in self.answer.contributions and name not in told
        )


def features_of(reason: Reason) -> tuple[str, ...]:
    """Return the features that a reason tells together, or the one it tells."""
    return tuple(part.feature for part in reason.parts) or (reason.feature,)


def _group_of(feature: str) -> str:
    return FEATURES[feature].group if feature in FEATURES else ""
