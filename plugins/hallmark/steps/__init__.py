"""What each task of a case does, without knowing who calls it."""
