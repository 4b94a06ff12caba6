"""What people see of one pack: the page `report.html` and the lines in a terminal, in the same words."""
