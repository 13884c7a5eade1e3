"""Which tables, labels and files can the mathematics of the score not work on?

Refusal
├── LabelsUnusable      labels-unusable
├── OneClassOnly        one-class-only
├── TooFewDefaults      too-few-defaults
├── TableUnusable       table-unusable
├── InfiniteValues      infinite-values
├── NameReserved        column-name-reserved
├── NameRepeated        column-name-repeated
├── LengthsDiffer       lengths-differ
├── RowsMisaligned      rows-misaligned
├── LabelAmongFeatures  label-among-features
├── DirectionUnusable   direction-unusable
├── FeatureMismatch     feature-mismatch
├── IntervalUnavailable interval-unavailable
├── ModelDamaged        model-damaged
├── ModelExists         model-exists
├── ModelUnknown        model-unknown
├── ModelNotLive        model-not-live
├── CardMismatch        card-mismatch
├── AnalysisMissing     analysis-missing
└── DemonstrationModel  demonstration-model
"""

from data.spec.errors import Refusal


class LabelsUnusable(Refusal):
    """The labels are not 0 and 1."""

    code = "labels-unusable"


class OneClassOnly(Refusal):
    """All rows carry the same label: there is nothing to tell apart."""

    code = "one-class-only"


class TooFewDefaults(Refusal):
    """One class has fewer independent firms than an honest calibration needs."""

    code = "too-few-defaults"


class TableUnusable(Refusal):
    """The table is not one: no rows, no columns, or a column of a kind that no model can read."""

    code = "table-unusable"


class InfiniteValues(Refusal):
    """A number is infinite."""

    code = "infinite-values"


class NameReserved(Refusal):
    """A column bears a name that explanations use themselves."""

    code = "column-name-reserved"


class NameRepeated(Refusal):
    """Two columns bear the same name."""

    code = "column-name-repeated"


class LengthsDiffer(Refusal):
    """Table, labels, groups and dates do not have the same number of rows."""

    code = "lengths-differ"


class RowsMisaligned(Refusal):
    """Table, labels, groups and dates are indexed differently."""

    code = "rows-misaligned"


class LabelAmongFeatures(Refusal):
    """A feature is the label under another name."""

    code = "label-among-features"


class DirectionUnusable(Refusal):
    """A direction is declared for no column, for a category without order, or is not -1, 0 or 1."""

    code = "direction-unusable"


class FeatureMismatch(Refusal):
    """The columns are not the model's, or their declarations have changed since it was trained."""

    code = "feature-mismatch"


class IntervalUnavailable(Refusal):
    """The model was fitted without refits, so that it has no interval."""

    code = "interval-unavailable"


class ModelDamaged(Refusal):
    """The files of the model are not those that were written."""

    code = "model-damaged"


class ModelExists(Refusal):
    """A model of this name stands on the shelf already."""

    code = "model-exists"
    status = 409


class ModelUnknown(Refusal):
    """No model of this name stands on the shelf, or no champion is named for the card."""

    code = "model-unknown"
    status = 404


class ModelNotLive(Refusal):
    """The model was trained on too few defaults to be used for decisions."""

    code = "model-not-live"
    status = 409


class CardMismatch(Refusal):
    """The model was trained for another card than the one it is to answer for."""

    code = "card-mismatch"
    status = 409


class AnalysisMissing(Refusal):
    """A library that only analysts need is not installed."""

    code = "analysis-missing"
    status = 501


class DemonstrationModel(Refusal):
    """The model was trained on demonstration data and may not judge a real enterprise."""

    code = "demonstration-model"
    status = 409
