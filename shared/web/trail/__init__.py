"""The audit trail at the edge: which requests leave a line, whose data they show, and who reads the trail."""
