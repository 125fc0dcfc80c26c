"""The command line: options, words on a screen, exit codes."""
