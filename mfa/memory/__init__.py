"""What memories do: preferences read by fixed rules, applied to plans, fenced for models."""
