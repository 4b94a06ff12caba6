"""The assessors: each measures one dimension and reports observations; none of them knows a bound."""
