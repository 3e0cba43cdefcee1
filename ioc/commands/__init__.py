"""The command groups, one a module of its name; each defers what is heavy to the command that needs it."""
