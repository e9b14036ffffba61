"""What the conductor can tell from what happened: estimates, findings, a timeline, patterns."""
