"""What every outside system shares: limits, deadlines, retries, the breaker, reading answers."""
