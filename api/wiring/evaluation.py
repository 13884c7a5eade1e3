"""How is the method tried on real sources?"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from api.evaluation_desk import Evaluation
from api.wiring.acting import as_bureau
from data.spec.access import Access, Purpose
from data.spec.errors import Refusal
from data.spec.progress import Progress
from data.store import Store
from models.outside import Outside, evaluate_cumcm2020c, evaluate_jinan

PLACES = (Path("..") / "shared" / "data", Path(__file__).resolve().parents[3] / "shared" / "data")
"""Where real sources lie unless said otherwise: beside the working folder, or beside the project."""


class SourceMissing(Refusal):
    """The folder of the source is not there."""

    code = "source-missing"
    status = 404


class Evaluator(Protocol):
    """Evaluate on one source in an empty store."""

    def __call__(self, store: Store, folder: Path, *, access: Access, at: datetime, progress: Progress) -> Outside:
        """Load the folder into the store and evaluate."""


EVALUATORS: Mapping[str, Evaluator] = {"cumcm2020c": evaluate_cumcm2020c, "jinan": evaluate_jinan}


class OutsideEvaluation:
    """Evaluate in a temporary store that is gone afterwards."""

    def evaluate(self, source: str, folder: Path | None, *, at: datetime, progress: Progress) -> Evaluation:
        """Evaluate on the source in the folder, by default beside the project."""
        place = _place(source, folder)
        access = as_bureau(at, purpose=Purpose.TRAINING)
        with TemporaryDirectory(prefix="lukeping-") as temporary:
            store = Store.create(f"sqlite:///{Path(temporary) / 'evaluation.db'}", at=at)
            try:
                outside = EVALUATORS[source](store, place, access=access, at=at, progress=progress)
            finally:
                store.close()
        return Evaluation(source=source, figures=outside.figures, sentences=outside.sentences)


def _place(source: str, folder: Path | None) -> Path:
    candidates = [folder] if folder else [place / source for place in PLACES]
    found = next((place for place in candidates if place.is_dir()), None)
    if found is None:
        raise SourceMissing(f"没有找到来源 {source} 的文件夹 {candidates[0]}。", help="请给出文件夹的位置。")
    return found
