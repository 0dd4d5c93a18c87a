"""The inbox: what somebody was told, and which of it they have read."""
