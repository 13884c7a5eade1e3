"""Does a filing bring old trouble under cover? A person looks; the rule refuses nothing."""

import operator

from risk.policies.rule import Condition, Rulebook, Stage

RULEBOOK = Rulebook(
    about_loan=False,
    rules=(
        Condition(
            name="not_overdue_at_disbursement",
            label="放款日没有逾期",
            fact="days_past_due_at_disbursement",
            parameter="overdue_days_max",
            holds=operator.le,
            stage=Stage.FILE,
            to_person=True,
            otherwise="放款日已有逾期，请核查是否把已出险的贷款纳入补偿。",
        ),
        Condition(
            name="normal_at_disbursement",
            label="放款日五级分类为正常",
            fact="five_class_at_disbursement",
            parameter="five_class_max",
            holds=operator.le,
            stage=Stage.FILE,
            to_person=True,
            otherwise="放款日已列为关注或更差，请核查是否把已出险的贷款纳入补偿。",
        ),
        Condition(
            name="does_not_repay_same_bank",
            label="不用于偿还本行原有贷款",
            fact="repays_same_bank",
            parameter="repays_same_bank_max",
            holds=operator.le,
            stage=Stage.FILE,
            to_person=True,
            otherwise="贷款偿还了本行原有的贷款，请核查是否借新还旧、把旧风险转入补偿。",
        ),
    ),
)
