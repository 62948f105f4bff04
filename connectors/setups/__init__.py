"""One trade that a person spells out, judged: its legs, its figures, the case for and against."""
