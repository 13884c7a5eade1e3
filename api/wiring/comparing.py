"""How is a comparison of candidates told to the doors?"""

from api.desks import Candidate, CandidateTable, Figure
from models.candidates import NAMES, CardComparison
from models.retraining import Order
from models.uncertainty import FIGURES


def table_told(found: CardComparison, order: Order) -> CandidateTable:
    """Return the comparison in plain values."""
    comparison = found.comparison
    candidates = [
        Candidate(
            name=str(name),
            label=NAMES.get(str(name), str(name)),
            figures={
                figure: Figure(value=row[figure], low=row[f"{figure}_low"], high=row[f"{figure}_high"])
                for figure in (*FIGURES, "behind")
            },
        )
        for name, row in comparison.table.to_dict("index").items()
    ]
    return CandidateTable(
        card=order.card,
        label=found.label,
        validation=comparison.validation,
        rows=comparison.rows,
        defaults=comparison.defaults,
        features=found.features,
        candidates=tuple(candidates),
        recommended=comparison.recommended,
        reason=comparison.reason,
        demonstration=order.demonstration,
        notes=tuple(finding.message for finding in comparison.findings),
    )
