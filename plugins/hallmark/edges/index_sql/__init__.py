"""The index of the pages: one SQLite file, derived from the ledger and the packs, never evidence."""

from hallmark.edges.index_sql.index import SqlIndex
from hallmark.edges.index_sql.rows import CaseRow, Filter, Line, Sort

__all__ = ["CaseRow", "Filter", "Line", "Sort", "SqlIndex"]
