"""Files of tables that people keep: how they are written, their columns and their rows."""
