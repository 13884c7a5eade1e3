"""How is the method tried on real sources?"""

from datetime import datetime
from pathlib import Path

from api.desks import Evaluation
from data.spec.errors import Refusal
from data.spec.progress import Progress

DEFAULT_FOLDER = Path("..") / "shared" / "data"


class SourceMissing(Refusal):
    """The folder of the source is not there."""

    code = "source-missing"
    status = 404


class OutsideEvaluation:
    """Evaluate in a temporary store that is gone afterwards."""

    def evaluate(self, source: str, folder: Path | None, *, at: datetime, progress: Progress) -> Evaluation:
        """Evaluate on the source in the folder, by default beside the project."""
        place = folder or DEFAULT_FOLDER / source
        if not place.is_dir():
            raise SourceMissing(f"没有找到来源 {source} 的文件夹 {place}。", help="请给出文件夹的位置。")
        raise NotImplementedError
