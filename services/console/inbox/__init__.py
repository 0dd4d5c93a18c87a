"""The inbox: what somebody was told, and which mails they want."""
