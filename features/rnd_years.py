"""Which year do two figures share? Accounts and R&D statistics of one year come months apart.

Between them the latest figures are of different years, and one over the other would be neither year's share.
"""

from features.arithmetic import Floats, same_year_ratio


def over_revenue(
    rnd_expense_latest_2y: Floats,
    rnd_expense_previous_2y: Floats,
    rnd_expense_days_latest_2y: Floats,
    operations_revenue_latest_2y: Floats,
    operations_revenue_previous_2y: Floats,
    operations_report_days_latest_2y: Floats,
) -> Floats:
    """Return R&D expense over revenue of the same year."""
    return same_year_ratio(
        rnd_expense_latest_2y,
        operations_revenue_latest_2y,
        rnd_expense_previous_2y,
        operations_revenue_previous_2y,
        rnd_expense_days_latest_2y,
        operations_report_days_latest_2y,
    )


def over_cost(
    rnd_expense_latest_2y: Floats,
    rnd_expense_previous_2y: Floats,
    rnd_expense_days_latest_2y: Floats,
    operations_total_cost_latest_2y: Floats,
    operations_total_cost_previous_2y: Floats,
    operations_report_days_latest_2y: Floats,
) -> Floats:
    """Return R&D expense over total cost of the same year."""
    return same_year_ratio(
        rnd_expense_latest_2y,
        operations_total_cost_latest_2y,
        rnd_expense_previous_2y,
        operations_total_cost_previous_2y,
        rnd_expense_days_latest_2y,
        operations_report_days_latest_2y,
    )


def tax_over_accounting(
    rnd_tax_expense_latest_2y: Floats,
    rnd_tax_expense_previous_2y: Floats,
    rnd_tax_expense_days_latest_2y: Floats,
    rnd_expense_latest_2y: Floats,
    rnd_expense_previous_2y: Floats,
    rnd_expense_days_latest_2y: Floats,
) -> Floats:
    """Return R&D expense of the same year, tax basis over accounting basis."""
    return same_year_ratio(
        rnd_tax_expense_latest_2y,
        rnd_expense_latest_2y,
        rnd_tax_expense_previous_2y,
        rnd_expense_previous_2y,
        rnd_tax_expense_days_latest_2y,
        rnd_expense_days_latest_2y,
    )


def statistics_over_accounting(
    rnd_statistics_expense_latest_2y: Floats,
    rnd_statistics_expense_previous_2y: Floats,
    rnd_statistics_expense_days_latest_2y: Floats,
    rnd_expense_latest_2y: Floats,
    rnd_expense_previous_2y: Floats,
    rnd_expense_days_latest_2y: Floats,
) -> Floats:
    """Return R&D expense of the same year, statistics basis over accounting basis."""
    return same_year_ratio(
        rnd_statistics_expense_latest_2y,
        rnd_expense_latest_2y,
        rnd_statistics_expense_previous_2y,
        rnd_expense_previous_2y,
        rnd_statistics_expense_days_latest_2y,
        rnd_expense_days_latest_2y,
    )
