"""What is asked for about identity. The routes send it, so that secrets stay with them: no command has a path here."""
