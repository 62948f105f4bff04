"""The broker whose fills are made here: what practice and PAPER have in common."""
