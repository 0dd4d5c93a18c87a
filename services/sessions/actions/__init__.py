"""Actions: what members have agreed to do, and until when."""
