"""The matching library: who with whom, why, and the proof. It knows no engine, no broker and no database."""
