"""What must hold: subjects, controls, clauses, roles, appetite, rulebooks and the profile of a case. Pure."""
