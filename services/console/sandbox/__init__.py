"""The clock of a sandbox: time goes by when somebody says so."""
