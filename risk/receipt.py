"""What exactly was a score made of: which trees, calibration, scale, declarations, policies and values?"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from models.calibration import Calibrator
from models.card import ModelCard
from models.fitted import Model
from risk.wording import sentence_files

POLICIES = (
    "master_scale.yaml",
    "limits.yaml",
    "obliged.yaml",
    "levers.yaml",
    "startup_card.yaml",
    "../models/label_rule.yaml",
    *sentence_files(),
)
"""The documents that an answer follows: who is in default, scores, grades, reasons and wording."""

PARTS: Mapping[str, str] = {
    "model": "模型的树",
    "calibration": "校准",
    "reference": "理由的参照",
    "baseline": "对照评分卡",
    "scale": "分值刻度",
    "declarations": "特征声明",
    "policy": "主标尺、限值与措辞",
    "values": "特征取值",
}


def receipt_of(
    model: Model,
    card: ModelCard,
    *,
    fingerprints: Mapping[str, str],
    values: Mapping[str, float | None],
    baseline: str = "",
    shift: float = 0.0,
) -> dict[str, str]:
    """Return the sha256 of each part that made a score, by the names in PARTS.

    `baseline` is the card beside, `shift` the product's intercept (log-odds).
    """
    return {
        "model": model.digest,
        "calibration": _calibration(model, shift),
        "reference": model.head.background.digest if model.head.background else "",
        "baseline": _digest({"beside": baseline}),
        "scale": _digest({**card.scale.__dict__, "margin": card.margin}),
        **plain_receipt(fingerprints, values),
    }


def plain_receipt(fingerprints: Mapping[str, str], values: Mapping[str, float | None]) -> dict[str, str]:
    """Return the sha256 of what an answer without a model was made of, by the names in PARTS."""
    return {
        "declarations": _digest(dict(fingerprints)),
        "policy": policy_digest(),
        "values": _digest(dict(values)),
    }


@cache
def policy_digest() -> str:
    """Return the sha256 of the policy documents of a score."""
    return _digest({name: (Path(__file__).parent / name).read_text(encoding="utf-8") for name in POLICIES})


def _calibration(model: Model, shift: float) -> str:
    head = model.head
    lines: tuple[Calibrator, ...] = (head.calibrator, *head.refit_calibrators)
    plain = TypeAdapter(tuple[Calibrator, ...]).dump_python(lines, mode="json")
    return _digest({"lines": plain, "widening": head.widening, "product": shift})


def _digest(content: Mapping[str, object]) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
