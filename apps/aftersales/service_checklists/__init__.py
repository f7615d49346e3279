"""Checklists: what is to be looked at on a visit or in the workshop, and what was found."""
