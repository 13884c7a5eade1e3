"""Is what a role may do decided by the table, and by nothing else?"""

import pytest

from risk.permissions import LABELS, PERMITTED, Relation, Role, Scope, ScopeMissing, relation, scopes_of


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("role", Role)
def test_a_role_gets_what_the_table_says_and_only_under_a_granted_scope(role: Role, scope: Scope) -> None:
    allowed = PERMITTED[scope].get(role)
    if allowed is not None:
        assert relation(role, scope, granted=frozenset({scope})) is allowed
        with pytest.raises(ScopeMissing):
            relation(role, scope, granted=frozenset(Scope) - {scope})
    else:
        with pytest.raises(ScopeMissing):
            relation(role, scope, granted=frozenset(Scope))


def test_every_scope_has_a_label_and_somebody_who_may() -> None:
    assert set(LABELS) == set(Scope) == set(PERMITTED)
    assert all(PERMITTED.values())


def test_lenders_see_their_own_rows_only() -> None:
    for role in (Role.BANK, Role.GUARANTOR):
        seen = {PERMITTED[scope][role] for scope in scopes_of(role)}
        assert seen <= {Relation.OWN, Relation.PUBLIC}


def test_an_enterprise_reaches_what_is_about_itself_only() -> None:
    assert {PERMITTED[scope][Role.ENTERPRISE] for scope in scopes_of(Role.ENTERPRISE)} <= {
        Relation.SUBJECT,
        Relation.PUBLIC,
    }
    assert Scope.ASSESSMENTS_WRITE not in scopes_of(Role.ENTERPRISE)


def test_operator_and_auditor_read_no_enterprise() -> None:
    assert scopes_of(Role.OPERATOR) == {Scope.CATALOGUE_READ}
    assert scopes_of(Role.AUDITOR) == {Scope.CATALOGUE_READ, Scope.AUDIT_READ}
