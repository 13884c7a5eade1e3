"""Which endpoints do banks and guarantors call? One a file, named verb_noun."""
