"""Drafts of what has to be written about a model, guessed from its data, each guess marked for a person."""
