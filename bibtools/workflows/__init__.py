"""What the commands do, as functions a script can call."""
