"""How is one question about one enterprise put to the engine?"""

from datetime import date

import numpy as np
import pandas as pd


def spine_row(enterprise_id: int, *, as_of: date, own_loan: str | None = "") -> pd.DataFrame:
    """Return a spine of one row (see `features.engine.compute`).

    own_loan: the number of the loan being judged, "" where it has none yet, None on the behaviour card.
    """
    day = np.array([as_of], dtype="datetime64[s]")
    return pd.DataFrame({"enterprise_id": [enterprise_id], "as_of": day, "own_loan": [own_loan]})
