"""Sentences say what goes together, at most five each way, and only entitled features speak."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.spec.missing import Missing
from risk.reasons import SHOWN, choose, read_templates, say_value, sentence

SAID = {
    "falling risk, low value": ((-1, 12.0, -8.04), "净利润率为12.0%；该项取值偏低的企业违约较多（-8.0分）"),
    "falling risk, high value": ((-1, 12.0, 8.04), "净利润率为12.0%；该项取值偏高的企业违约较少（+8.0分）"),
    "rising risk, high value": ((1, 12.0, -8.04), "净利润率为12.0%；该项取值偏高的企业违约较多（-8.0分）"),
    "rising risk, low value": ((1, 12.0, 8.04), "净利润率为12.0%；该项取值偏低的企业违约较少（+8.0分）"),
}


@pytest.mark.parametrize(("case", "expected"), SAID.values(), ids=SAID.keys())
def test_a_sentence_tells_value_side_and_points(case: tuple[int, float, float], expected: str) -> None:
    direction, value, points = case

    said = sentence("净利润率", value=value / 100, unit="/1", points=points, direction=direction, missing=None)

    assert said == expected


@pytest.mark.parametrize("missing", list(Missing))
@pytest.mark.parametrize("points", [-3.0, 3.0])
def test_every_reason_of_missing_has_its_words(missing: Missing, points: float) -> None:
    said = sentence("研发费用", value=None, unit="元", points=points, direction=-1, missing=missing)

    assert "缺失" in said
    assert "为None" not in said


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (12_345_678.0, "元", "1,234.6万元"),
        (0.0512, "/1", "5.1%"),
        (1.0, "是/否", "是"),
        (0.0, "是/否", "否"),
        (3.0, "项", "3项"),
        (2.5, "年", "2.5年"),
    ],
)
def test_values_are_said_as_people_say_them(value: float, unit: str, words: str) -> None:
    assert say_value(value, unit) == words


def test_no_template_claims_a_cause() -> None:
    for template in read_templates().values():
        assert not set("因致使") & set(template)


@given(
    st.dictionaries(st.sampled_from("abcdefghijkl"), st.floats(-50, 50)), st.frozensets(st.sampled_from("abcdefghijkl"))
)
def test_chosen_reasons_are_entitled_one_sided_and_few(points: dict[str, float], entitled: frozenset[str]) -> None:
    for positive in (True, False):
        chosen = choose(points, entitled, positive=positive)

        assert len(chosen) <= SHOWN
        assert set(chosen) <= entitled
        assert all((points[name] > 0) is positive and points[name] != 0 for name in chosen)
        assert [abs(points[name]) for name in chosen] == sorted((abs(points[name]) for name in chosen), reverse=True)
